-- Who sells: merchants, their stores, and the API keys of their programs, kept as SHA-256.
create schema if not exists merchants;

create table merchants.merchant (
  id          text    primary key,
  name        text    not null,
  created_ms  bigint  not null,
  closed_ms   bigint                          -- takes no payment any more; what was taken is settled
);

create table merchants.store (
  id          text    primary key,
  merchant    text    not null references merchants.merchant (id),
  name        text    not null,
  place       text    not null,
  created_ms  bigint  not null,
  -- What kind of shop it is (ISO 18245): cards have controls by it.
  category    text    not null default '5999' check (category ~ '^[0-9]{4}$')
);
create index store_merchant on merchants.store (merchant, id);

create table merchants.api_key (
  id          text    primary key,
  merchant    text    not null references merchants.merchant (id),
  digest      bytea   not null unique,
  prefix      text    not null,
  last4       text    not null,
  created_ms  bigint  not null,
  revoked_ms  bigint,
  name        text    not null default '',
  scopes      text[],                         -- null: everything
  requests_per_second  int check (requests_per_second > 0),
  expires_ms  bigint,
  check (octet_length(digest) = 32)
);
create index api_key_merchant on merchants.api_key (merchant, id);

grant usage on schema merchants to warifu_app;
grant select, insert on merchants.merchant, merchants.store to warifu_app;
grant update on merchants.merchant to warifu_app;
grant select, insert, update on merchants.api_key to warifu_app;
