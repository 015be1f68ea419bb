-- S2: SIMs that an operator admitted for a cardholder, what was written into them, the bridges that
-- read them, and the key pairs to which their records are sealed, one for each card company.
create schema sims;

create table sims.company (
  kid            text     primary key check (kid ~ '^sim\.[0-9]{1,3}\.[0-9]{1,4}$'),
  selector       smallint not null check (selector between 0 and 255),
  version        smallint not null check (version > 0),
  state          text     not null check (state in ('active', 'deactivated', 'destroyed')),
  wrapped        bytea    not null check (octet_length(wrapped) between 24 and 512),
  point          bytea    not null check (octet_length(point) = 65),
  thumbprint     text     not null unique check (length(thumbprint) = 43),
  created_at_ms  bigint   not null,
  unique (selector, version)
);
-- The newest one is written into SIMs; older active ones still open.

create table sims.sim (
  sim            text     primary key,
  iccid          text     not null unique check (iccid ~ '^89[0-9]{16,18}$'),
  cardholder     text     not null,
  state          text     not null check (state in ('admitted', 'personalised', 'removed')),
  created_at_ms  bigint   not null
);
create index sim_cardholder on sims.sim (cardholder);

-- What a SIM's records hold, by their number; null where a record was emptied.
create table sims.record (
  sim            text     not null references sims.sim (sim),
  number         smallint not null check (number between 1 and 254),
  card           text     references cards.card (card),
  selector       smallint not null check (selector between 0 and 255),
  written_at_ms  bigint   not null,
  primary key (sim, number)
);

create table sims.bridge (
  sim            text     not null references sims.sim (sim),
  terminal       text     not null references terminals.terminal (terminal),
  thumbprint     text     not null check (length(thumbprint) = 43),
  point          bytea    not null check (octet_length(point) = 65),
  linked_at_ms   bigint   not null,
  primary key (sim, terminal)
);

-- Every sealed record that was opened, with the payment it was for: a retry gets the same answer,
-- another payment is told that it was replayed.
create table sims.used (
  digest         bytea    primary key check (octet_length(digest) = 32),
  content_digest bytea    not null check (octet_length(content_digest) = 32),
  at_ms          bigint   not null
);

grant usage on schema sims to vault_app;
grant select, insert on all tables in schema sims to vault_app;
grant update (state) on sims.company, sims.sim to vault_app;
grant update (card, selector, written_at_ms) on sims.record to vault_app;
grant update (thumbprint, point, linked_at_ms) on sims.bridge to vault_app;
