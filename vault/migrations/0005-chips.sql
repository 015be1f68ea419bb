-- Proximity devices' chips: admitted by an operator, bound to one terminal by a code of their own.
-- Their keys are derived from masters and stand nowhere.
create schema if not exists chips;

create table chips.chip (
  device         text    primary key,
  carrier        text    not null,
  state          text    not null check (state in ('made', 'paired')),
  terminal       text,
  cardholder     text,
  -- The last code that counted, and what it was made over: the same again is no replay.
  counter        bigint  not null default 0 check (counter >= 0),
  last_digest    bytea,
  created_at_ms  bigint  not null,
  check ((state = 'paired') = (terminal is not null and cardholder is not null))
);
-- An epoch's codes are made for the paired ones, in the order of their ids.
create index chip_paired on chips.chip (device) where state = 'paired';

grant usage on schema chips to vault_app;
grant select, insert, update on chips.chip to vault_app;
