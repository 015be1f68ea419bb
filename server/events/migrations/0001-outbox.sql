-- The outbox: what happened, written in the same statement as what it is about; a log that any
-- process can tail. A row's place is (xid, id): the transaction that wrote it, then its own id. A
-- reader takes only rows below events.horizon(): nothing can appear behind a place that was read.
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
  xid         xid8     not null default pg_current_xact_id(),
  also        text,                           -- a second reader: the cardholder who pays
  primary key (lane, id),
  check (sequence > 0)
) partition by range (id);
select store.cut_by_time('events.event', 'evt_');
-- Events of one transaction are few: their order is made while they are read.
create index event_audience on events.event (audience, xid);
create index event_also on events.event (also, xid) where also is not null;
create index event_log on events.event (xid);

-- The oldest transaction that this statement's snapshot does not see and that may yet write here:
-- whoever reads below it has all that there will ever be. pg_snapshot_xmin alone is the oldest of the
-- whole cluster, so one long write in any other database would hold every reader up; what another
-- database's session holds at this moment is left out, for a transaction never changes database.
-- STABLE, as it must be: it judges by the snapshot of the statement that reads. A session is looked
-- up after that snapshot was taken; one that has ended meanwhile is unknown, and so still waited for.
create function events.horizon() returns xid8 language sql stable as $fn$
  select least(
    pg_snapshot_xmax(pg_current_snapshot()),
    pg_current_xact_id_if_assigned(),
    (select min(x) from pg_snapshot_xip(pg_current_snapshot()) x
      where x::xid not in (
        select a.backend_xid from pg_stat_activity a
         where a.backend_xid is not null and a.datname <> current_database()
        union all
        select p.transaction from pg_prepared_xacts p where p.database <> current_database())))
$fn$;

create type events.item as (
  lane smallint, id text, audience text, type text, subject text, sequence int, data jsonb
);

create function events.append(items events.item[], p_now bigint)
returns void language sql volatile as $fn$
  insert into events.event (lane, id, audience, type, subject, sequence, data, created_ms)
  select i.lane, i.id, i.audience, i.type, i.subject, i.sequence, i.data, p_now
    from unnest(items) i
$fn$;

-- Appends one event that two may read.
create function events.append_shared(p_item events.item, p_also text, p_now bigint)
returns void language sql volatile as $fn$
  insert into events.event (lane, id, audience, also, type, subject, sequence, data, created_ms)
  values (p_item.lane, p_item.id, p_item.audience, p_also, p_item.type, p_item.subject,
          p_item.sequence, p_item.data, p_now)
$fn$;

grant usage on schema events to warifu_app;
grant select, insert on events.event to warifu_app;
grant execute on function events.append, events.append_shared, events.horizon to warifu_app;
