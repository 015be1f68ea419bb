-- What was asked of another company's acquirer, by the digest of the entry device's message: no
-- number, no amount. `asked`: no answer yet; it is asked for again under the same reference, or
-- reversed.
create schema network;

create table network.authorization (
  digest         bytea    primary key check (octet_length(digest) = 32),
  state          text     not null check (state in
                   ('asked', 'approved', 'insufficient_funds', 'card_not_active', 'card_expired',
                    'security_code_wrong', 'reversing', 'reversed')),
  asked_at_ms    bigint   not null
);
create index unanswered on network.authorization (asked_at_ms) where state in ('asked', 'reversing');

grant usage on schema network to vault_app;
grant select, insert on network.authorization to vault_app;
grant update (state, asked_at_ms) on network.authorization to vault_app;
