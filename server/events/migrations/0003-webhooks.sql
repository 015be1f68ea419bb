-- Webhooks (Standard Webhooks 1.0): a merchant's endpoints, what is to be delivered to each, and
-- every attempt. The log is spread to endpoints under one cursor, so no process spreads a row twice.
create table events.endpoint (
  id                 text     primary key,
  merchant           text     not null,
  url                text     not null,
  description        text     not null,
  types              text[]   not null,          -- which events; none named: all
  enabled            boolean  not null default true,
  disabled_because   text     check (disabled_because in ('by_merchant', 'failing', 'gone')),
  secret             bytea    not null,          -- sealed under a key of the server
  old_secret         bytea,                      -- signs beside the new one until it ends
  old_secret_ends_ms bigint,
  failing_since_ms   bigint,                     -- of the first failure since the last success
  version            int      not null default 1,
  metadata           jsonb    not null,
  since_ms           bigint   not null,          -- what happened before is heard by asking only
  created_ms         bigint   not null,
  deleted_ms         bigint,
  check (enabled = (disabled_because is null)),
  check ((old_secret is null) = (old_secret_ends_ms is null))
);
create index endpoint_merchant on events.endpoint (merchant, id);

create table events.delivery (
  lane        smallint not null,                 -- the event's
  endpoint    text     not null,
  event       text     not null,
  subject     text     not null,
  type        text     not null,
  sequence    int      not null,
  state       text     not null default 'pending' check (state in ('pending', 'delivered', 'failed')),
  attempts    int      not null default 0,       -- of this round; begun again by a resend
  next_ms     bigint   not null,
  leased_ms   bigint,                            -- until then one process is at it
  created_ms  bigint   not null,
  ended_ms    bigint,
  primary key (lane, endpoint, event),
  check ((state = 'pending') = (ended_ms is null))
) partition by range (event);
select store.cut_by_time('events.delivery', 'evt_', null, 'with (fillfactor = 80)');
create index delivery_due on events.delivery (next_ms) where state = 'pending';
create index delivery_subject on events.delivery (endpoint, subject, sequence) where state = 'pending';

create table events.attempt (
  lane      smallint not null,
  endpoint  text     not null,
  event     text     not null,
  number    int      not null,
  at_ms     bigint   not null,
  took_ms   int      not null,
  status    int,
  error     text,
  answer    text     not null,                   -- the first characters of what came back
  primary key (lane, endpoint, event, number)
) partition by range (event);
select store.cut_by_time('events.attempt', 'evt_');

create table events.spreading (
  one  boolean primary key default true check (one),
  xid  xid8    not null,
  id   text    not null
);
insert into events.spreading (xid, id) values (events.horizon(), '');

-- Takes the next page of the log and writes down which endpoint is to hear of what. Answers with
-- how many events were read; 0 too where another process is at it.
create function events.spread(p_limit int, p_now bigint)
returns int language plpgsql volatile as $fn$
declare
  here events.spreading;
  n int;
begin
  select * into here from events.spreading for update skip locked;
  if not found then return 0; end if;
  if not exists (select from events.endpoint w where w.enabled and w.deleted_ms is null) then
    -- Nobody listens: follow the log from afar, so that no past is read when somebody does.
    update events.spreading s set xid = q.xid, id = ''
      from (select events.horizon() as xid) q
     where q.xid::text::bigint > s.xid::text::bigint + 1000;
    return 0;
  end if;
  with read as materialized (
    select e.xid, e.id, e.lane, e.audience, e.type, e.subject, e.sequence, e.created_ms
      from events.event e
     where e.xid >= here.xid and (e.xid, e.id) > (here.xid, here.id)
       and e.xid < (select events.horizon())
     order by e.xid, e.id limit p_limit
  ), made as (
    insert into events.delivery
      (lane, endpoint, event, subject, type, sequence, next_ms, created_ms)
    select r.lane, w.id, r.id, r.subject, r.type, r.sequence, p_now, p_now
      from read r
      join events.endpoint w on w.merchant = r.audience
     where w.enabled and w.deleted_ms is null and r.created_ms >= w.since_ms
       and (w.types = '{}' or r.type = any (w.types))
    on conflict do nothing
  ), last as (
    select r.xid, r.id from read r order by r.xid desc, r.id desc limit 1
  ), moved as (
    update events.spreading s set xid = last.xid, id = last.id from last
  )
  select count(*) into n from read;
  return n;
end $fn$;

-- Leases what is due, a few to an endpoint. Of one subject the earlier event goes first, until it
-- was tried once: an endpoint that answers hears everything in order.
create function events.lease(p_limit int, p_each int, p_until bigint, p_now bigint)
returns table (endpoint text, event text) language sql volatile as $fn$
  with due as (
    select d.lane, d.endpoint, d.event
      from events.delivery d
      join events.endpoint w on w.id = d.endpoint and w.enabled and w.deleted_ms is null
     where d.state = 'pending' and d.next_ms <= p_now and coalesce(d.leased_ms, 0) <= p_now
       and not exists (
         select 1 from events.delivery o
          where o.endpoint = d.endpoint and o.subject = d.subject and o.state = 'pending'
            and o.sequence < d.sequence and (o.attempts = 0 or coalesce(o.leased_ms, 0) > p_now))
       and (select count(*) from events.delivery b
             where b.endpoint = d.endpoint and b.state = 'pending' and b.leased_ms > p_now) < p_each
     order by d.next_ms, d.sequence
     limit p_limit
       for update of d skip locked
  )
  update events.delivery d set leased_ms = p_until
    from due where d.lane = due.lane and d.endpoint = due.endpoint and d.event = due.event
  returning d.endpoint, d.event
$fn$;

grant select, insert, update on events.endpoint, events.delivery to warifu_app;
grant select, insert on events.attempt to warifu_app;
grant select, update on events.spreading to warifu_app;
grant execute on function events.spread, events.lease to warifu_app;
