-- The outbox as a log that any process can tail. A row's place is (xid, id): the transaction that
-- wrote it, then its own id. A reader takes only rows of transactions below the oldest that still
-- runs (pg_snapshot_xmin), so nothing can appear behind a place that was read.
alter table events.event
  add column xid   xid8 not null default pg_current_xact_id(),
  add column also  text;                       -- a second reader: the cardholder who pays

drop index events.event_audience;
create index event_audience on events.event (audience, xid, id);
create index event_also on events.event (also, xid, id) where also is not null;
create index event_log on events.event (xid);

-- Appends one event that two may read.
create function events.append_shared(p_item events.item, p_also text, p_now bigint)
returns void language sql volatile as $fn$
  insert into events.event (lane, id, audience, also, type, subject, sequence, data, created_ms)
  values (p_item.lane, p_item.id, p_item.audience, p_also, p_item.type, p_item.subject,
          p_item.sequence, p_item.data, p_now)
$fn$;

grant execute on function events.append_shared to warifu_app;
