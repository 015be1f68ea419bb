-- Tables that are cut by time: old rows leave by the partition, never one by one. A room says which
-- of its tables are; from then on partitions are made ahead, by the migration and by every server's
-- clock. There is no default partition: it would forbid to take one out while the table is written.
create table store.timed (
  name      text primary key,                  -- 'events.event'
  every     text not null default 'month' check (every in ('day', 'week', 'month')),
  prefix    text,                              -- its bounds are ids of this kind; null: milliseconds
  own_key   text,                              -- the key of each partition, where time is no part of it
  storage   text not null default ''
);

-- Every partition that ever was; what became of those that are gone stands here for good.
create table store.partition (
  of         text   not null references store.timed (name),
  from_ms    bigint not null,                  -- of the first one: 0, whatever is older
  until_ms   bigint not null,
  name       text   not null unique,
  state      text   not null default 'attached'
             check (state in ('attached', 'archived', 'detached', 'dropped')),
  file       text,
  sha256     text,                             -- of the file
  row_count  bigint,
  dropped_ms bigint,
  primary key (of, from_ms),
  check (until_ms > from_ms),
  check (state = 'attached' or (file is not null and sha256 is not null and row_count is not null))
);

create function store.cut_by_time(p_name text, p_prefix text, p_own_key text default null,
                                  p_storage text default '')
returns void language sql volatile as $fn$
  insert into store.timed (name, prefix, own_key, storage)
  values (p_name, p_prefix, p_own_key, p_storage)
$fn$;

-- The ten characters that an id made at this instant begins with (Crockford base 32, protocol/ids.ts).
create function store.time_text(p_ms bigint) returns text language sql immutable as $fn$
  select string_agg(substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ',
                           ((p_ms >> (5 * (9 - i))) & 31)::int + 1, 1), '' order by i)
    from generate_series(0, 9) i
$fn$;

-- The limits of the stretches around an instant: one before it, its own, three to come.
create function store.stretches(p_every text, p_now bigint)
returns table (from_ms bigint, until_ms bigint) language sql immutable as $fn$
  select (extract(epoch from s at time zone 'UTC') * 1000)::bigint,
         (extract(epoch from (s + ('1 ' || p_every)::interval) at time zone 'UTC') * 1000)::bigint
    from generate_series(-1, 3) n
   cross join lateral (
     select date_trunc(p_every, to_timestamp(p_now / 1000.0) at time zone 'UTC')
            + n * ('1 ' || p_every)::interval as s) x
$fn$;

-- Makes one partition and puts it in its place. Writers of the table go on meanwhile: to attach takes
-- no lock that they wait for.
create function store.add_partition(t store.timed, p_from bigint, p_until bigint)
returns void language plpgsql volatile as $fn$
declare
  part text := t.name || case when p_from = 0 then '_before' else to_char(
    to_timestamp(p_from / 1000.0) at time zone 'UTC',
    case t.every when 'month' then '_YYYY_MM' else '_YYYY_MM_DD' end) end;
  bounds text[] := array[
    case when p_from = 0 then 'minvalue' else quote_literal(
      case when t.prefix is null then p_from::text else t.prefix || store.time_text(p_from) end) end,
    quote_literal(
      case when t.prefix is null then p_until::text else t.prefix || store.time_text(p_until) end)];
begin
  insert into store.partition (of, from_ms, until_ms, name) values (t.name, p_from, p_until, part);
  execute format('create table %s (like %s including all) %s', part, t.name, t.storage);
  if t.own_key is not null then
    execute format('alter table %s add primary key (%s)', part, t.own_key);
  end if;
  execute format('alter table %s attach partition %s for values from (%s) to (%s)',
                 t.name, part, bounds[1], bounds[2]);
end $fn$;

-- Makes what is missing around this instant, for all tables; answers with how many that was. One
-- process at a time; with the owner's rights, since the application may alter no table.
create function store.make_partitions(p_now bigint)
returns int language plpgsql volatile security definer
set search_path = pg_catalog set lock_timeout = '2s' as $fn$
declare
  t store.timed;
  s record;
  first bigint;
  made int := 0;
begin
  for t in select * from store.timed order by name for update loop
    if not exists (select from store.partition p where p.of = t.name) then
      select max(x.from_ms) into first from store.stretches(t.every, p_now) x
       where x.from_ms <= p_now;
      perform store.add_partition(t, 0, first);
      made := made + 1;
    end if;
    -- Where the stretches were longer once, what is left of the first one.
    for s in
      select greatest(x.from_ms, (select max(p.until_ms) from store.partition p
                                   where p.of = t.name and p.from_ms < x.until_ms
                                     and p.until_ms > x.from_ms)) as from_ms, x.until_ms
        from store.stretches(t.every, p_now) x where x.from_ms >= 0 order by 1
    loop
      continue when s.from_ms >= s.until_ms;
      perform store.add_partition(t, s.from_ms, s.until_ms);
      made := made + 1;
    end loop;
  end loop;
  return made;
end $fn$;

-- Until when every table has its partitions without a gap, from this instant on.
create function store.partitioned_until(p_now bigint)
returns table (name text, until_ms bigint) language sql stable as $fn$
  select t.name, coalesce((
    select min(p.until_ms) from store.partition p
     where p.of = t.name and p.until_ms > p_now and p.state <> 'dropped'
       and not exists (select from store.partition q
                        where q.of = p.of and q.from_ms <= p.until_ms and q.until_ms > p.until_ms)
       and exists (select from store.partition q
                    where q.of = p.of and q.from_ms <= p_now and q.until_ms > p_now)), p_now)
    from store.timed t
$fn$;

-- Up to which instant this table's rows lie in archives only; 0 where all are still here.
create function store.archived_until(p_of text)
returns bigint language sql stable as $fn$
  select coalesce(max(p.until_ms), 0) from store.partition p
   where p.of = p_of and p.state in ('detached', 'dropped')
$fn$;

revoke execute on function store.cut_by_time, store.make_partitions, store.add_partition from public;
grant select on store.timed, store.partition to warifu_app;
grant execute on function store.make_partitions, store.partitioned_until, store.archived_until,
  store.time_text, store.stretches to warifu_app;
