-- The outbox: what happened, written in the same statement as what it is about.
create schema if not exists events;

create table events.event (
  lane        smallint not null,
  id          text     not null,
  audience    text     not null,              -- the merchant or cardholder who may read it
  type        text     not null,
  subject     text     not null,
  sequence    int      not null,              -- grows by one per subject
  data        jsonb    not null,
  created_ms  bigint   not null,
  primary key (lane, id),
  check (sequence > 0)
);
create index event_audience on events.event (audience, id);

create type events.item as (
  lane smallint, id text, audience text, type text, subject text, sequence int, data jsonb
);

create function events.append(items events.item[], p_now bigint)
returns void language sql volatile as $fn$
  insert into events.event (lane, id, audience, type, subject, sequence, data, created_ms)
  select i.lane, i.id, i.audience, i.type, i.subject, i.sequence, i.data, p_now
    from unnest(items) i
$fn$;

grant usage on schema events to warifu_app;
grant select, insert on events.event to warifu_app;
grant execute on function events.append to warifu_app;
