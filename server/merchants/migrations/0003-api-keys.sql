-- API keys that are restricted, that end and that are rolled; and what was asked with them.
alter table merchants.api_key
  add column name                 text not null default '',
  add column scopes               text[],       -- null: everything
  add column requests_per_second  int check (requests_per_second > 0),
  add column expires_ms           bigint;

-- Written in batches, after the answers: a log, not a record of money. Secrets are masked before.
create table merchants.request (
  id               text    primary key,         -- req_…: its time is in it
  merchant         text    not null,
  api_key          text    not null,
  method           text    not null,
  path             text    not null,
  status           int     not null,
  took_ms          int     not null,
  error            text,
  idempotency_key  text,
  request_body     text    not null,
  response_body    text    not null,
  at_ms            bigint  not null
);
create index request_merchant on merchants.request (merchant, id);

grant select, insert on merchants.request to warifu_app;
