-- Readers that cardholders plug into their phones, and the sales that were offered to them. Of a
-- sale's key only the public half stands here, in the offer.
create table devices.reader (
  id           text     primary key,
  name         text     not null,
  cardholder   text     not null,
  terminal     text     not null,
  state        text     not null check (state in ('active', 'removed')),
  version      int      not null default 1,
  created_ms   bigint   not null,
  removed_ms   bigint,
  check ((state = 'removed') = (removed_ms is not null))
);
create index reader_cardholder on devices.reader (cardholder, id);
create index reader_terminal on devices.reader (terminal, created_ms) where state = 'active';

create table devices.reader_sale (
  payment      text     primary key,
  terminal     text     not null,
  reader       text     not null references devices.reader (id),
  offer        text     not null,
  ended        boolean  not null default false,
  made_ms      bigint   not null
);
create index reader_sale_open on devices.reader_sale (made_ms) where not ended;

grant select, insert, update on devices.reader, devices.reader_sale to warifu_app;
