-- What a minute came to, so that charts need not count payments again. A minute is counted when
-- most of its payments have ended, and once more when all must have; the newest are counted as asked.
create table payments.minute (
  minute       bigint  not null,               -- since 1970
  merchant     text    not null,
  presentment  text    not null,
  currency     text    not null,
  status       text    not null,
  reason       text    not null,               -- why declined, else empty
  count        int     not null,
  amount       bigint  not null,
  primary key (minute, merchant, presentment, currency, status, reason)
);
create table payments.counted (
  minute  bigint  primary key,
  final   boolean not null
);
create index counted_again on payments.counted (minute) where not final;

-- How long the platform took over requests that move money: by minute and endpoint, as counts of
-- bands, each wider than the one before (payments/latency.ts).
create table payments.latency (
  minute  bigint  not null,
  name    text    not null,
  bands   int[]   not null,
  primary key (minute, name)
);

-- The payments that were created in a span of ids, lane by lane, in the words of payments.minute.
create function payments.count_span(p_from text, p_to text)
returns table (minute bigint, merchant text, presentment text, currency text, status text,
               reason text, count int, amount bigint)
language sql stable as $fn$
  select p.created_ms / 60000, p.merchant, p.presentment, p.currency, p.status,
         coalesce(p.declined_because, ''), count(*)::int, sum(p.amount)::bigint
    from generate_series(0, 63) g(lane)
   cross join lateral (
     select * from payments.payment p
      where p.lane = g.lane and p.id >= p_from and p.id < p_to) p
   group by 1, 2, 3, 4, 5, 6
$fn$;

create function payments.count_minute(p_minute bigint, p_from text, p_to text, p_final boolean)
returns void language plpgsql as $fn$
begin
  insert into payments.counted (minute, final) values (p_minute, p_final)
  on conflict (minute) do update set final = excluded.final where not payments.counted.final;
  delete from payments.minute m where m.minute = p_minute;
  insert into payments.minute
  select p_minute, s.merchant, s.presentment, s.currency, s.status, s.reason,
         sum(s.count)::int, sum(s.amount)::bigint
    from payments.count_span(p_from, p_to) s group by 2, 3, 4, 5, 6;
end $fn$;

-- Adds band by band.
create function payments.add_latency(p_minute bigint, p_name text, p_bands int[])
returns void language sql as $fn$
  insert into payments.latency (minute, name, bands) values (p_minute, p_name, p_bands)
  on conflict (minute, name) do update
     set bands = (select array_agg(a + b order by n)
                    from unnest(payments.latency.bands, excluded.bands) with ordinality u(a, b, n))
$fn$;

grant select, insert, update, delete on payments.minute, payments.counted, payments.latency
  to warifu_app;
grant execute on function payments.count_span, payments.count_minute, payments.add_latency
  to warifu_app;
