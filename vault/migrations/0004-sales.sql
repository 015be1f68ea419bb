-- Sales by reader (S3): that one was offered, by which vault process, and how it ended. Of its key
-- pair nothing is kept but a digest of the signed offer: the private half is in memory alone.
create schema sales;

create table sales.sale (
  sale           text     primary key,
  chain          text     not null,
  instance       text     not null,
  terminal       text     not null,
  reader         text     not null references entry.device (device),
  offer_digest   bytea    not null check (octet_length(offer_digest) = 32),
  state          text     not null check (state in ('open', 'ended')),
  because        text     check (because in ('authorized', 'declined', 'cancelled', 'expired',
                                             'broken', 'restarted')),
  born_at_ms     bigint   not null,
  expires_at_ms  bigint   not null check (expires_at_ms > born_at_ms),
  ended_at_ms    bigint,
  check ((state = 'ended') = (because is not null and ended_at_ms is not null))
);
create index open_sales on sales.sale (chain) where state = 'open';

grant usage on schema sales to vault_app;
grant select, insert on sales.sale to vault_app;
grant update (state, because, ended_at_ms) on sales.sale to vault_app;
