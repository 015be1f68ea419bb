-- What was asked with API keys.

-- How often each key was taken, by all processes together: of its last moments only, so it need not
-- outlive a crash.
create unlogged table merchants.pace (
  key    text    primary key,
  total  bigint  not null,
  at_ms  bigint  not null
) with (fillfactor = 50);
grant select, insert, update, delete on merchants.pace to warifu_app;

-- Written in batches, after the answers: a log, not a record of money. Secrets are masked before.
create table merchants.request (
  lane             smallint not null,           -- the merchant's
  id               text    not null,            -- req_…: its time is in it
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
  at_ms            bigint  not null,
  primary key (lane, id)
) partition by range (id);
select store.cut_by_time('merchants.request', 'req_');
create index request_merchant on merchants.request (merchant, id);

grant select, insert on merchants.request to warifu_app;
