-- Card schemes: which one a card belongs to, what of it a terminal was handed, and the key pairs
-- that cards are sealed to when they pay.

-- A pair per cardholder and epoch; the private half wrapped under the cardholder's key, so that it
-- ends with it. Of an epoch before the last one only the name stays.
create table keys.payment (
  kid              text     primary key check (length(kid) = 43),
  cardholder       text     not null,
  epoch            int      not null check (epoch > 0),
  state            text     not null check (state in ('active', 'deactivated', 'destroyed')),
  point            bytea    not null check (octet_length(point) = 65),
  wrapped          bytea    not null check (octet_length(wrapped) = 40 or state = 'destroyed'),
  wrapped_by       text     not null references keys.cardholder (kid),
  created_at_ms    bigint   not null,
  expires_at_ms    bigint   not null,
  unique (cardholder, epoch)
);
create unique index payment_active on keys.payment (cardholder) where state = 'active';

-- What a terminal was handed, where paying or activating asks for it again: the digest, the keyed
-- hash of the one-time number, the shared secret (wrapped under the cardholder's key).
create table cards.delivery (
  card             text     not null references cards.card (card),
  terminal         text     not null references terminals.terminal (terminal),
  digest           bytea    not null check (octet_length(digest) = 32),
  state            text     not null check (state in ('delivered', 'active', 'superseded')),
  number_mac       bytea    unique check (octet_length(number_mac) = 32),
  secret           bytea    check (octet_length(secret) = 40),
  created_at_ms    bigint   not null,
  expires_at_ms    bigint   not null,
  primary key (card, terminal, digest),
  check ((number_mac is null) = (secret is null))
);
create unique index delivery_current on cards.delivery (card, terminal)
  where state in ('delivered', 'active');

grant select, insert on keys.payment, cards.delivery to vault_app;
grant update (state, wrapped) on keys.payment to vault_app;
grant update (state) on cards.delivery to vault_app;
grant update (scheme) on cards.card to vault_app;
