-- The relay: what was captured and refunded in an account's lane reaches the merchant's lane. Every
-- statement writes in one lane only, so each lane is zero-sum by itself at any instant; two lanes
-- agree up to the number that has arrived, not by a snapshot.
create table ledger.sending (
  lane     smallint not null,
  to_lane  smallint not null,
  seq      bigint   not null default 0,        -- the last number given
  primary key (lane, to_lane)
) with (fillfactor = 60);
create table ledger.receiving (
  lane       smallint not null,
  from_lane  smallint not null,
  seq        bigint   not null default 0,      -- the last number that has arrived
  primary key (lane, from_lane)
) with (fillfactor = 60);

-- What a merchant is owed in one currency; below zero: what it owes. `zone` is where its day ends.
create table ledger.payable (
  lane       smallint not null,
  merchant   text     not null,
  currency   text     not null,
  zone       text     not null default 'UTC',
  balance    bigint   not null default 0,
  due_ms     bigint,                           -- end of the first day that is not settled
  closed_ms  bigint   not null default 0,      -- end of the last day that is
  primary key (lane, merchant, currency)
) with (fillfactor = 60);
create index payable_due on ledger.payable (due_ms) where due_ms is not null;

-- Each thing that changed what a merchant is owed, as it arrived; marked by the settlement it is in.
create table ledger.movement (
  lane        smallint not null,
  entry       text     not null check (entry in ('capture', 'refund', 'adjustment')),
  reference   text     not null,
  merchant    text     not null,
  currency    text     not null,
  payment     text,
  amount      bigint   not null check (amount <> 0),
  at_ms       bigint   not null,
  from_lane   smallint,
  seq         bigint,
  settlement  text,
  primary key (lane, entry, reference)
) with (fillfactor = 80);
create index movement_open on ledger.movement (lane, merchant, currency, at_ms, reference)
  where settlement is null;

-- The instant at which the day of `p_ms` ends there, and what that day is called.
create function ledger.day_end(p_zone text, p_ms bigint)
returns bigint language sql immutable as $fn$
  select (extract(epoch from (date_trunc('day', to_timestamp(p_ms / 1000.0) at time zone p_zone)
                              + interval '1 day') at time zone p_zone) * 1000)::bigint
$fn$;
create function ledger.day_called(p_zone text, p_ms bigint)
returns text language sql immutable as $fn$
  select to_char(to_timestamp(p_ms / 1000.0) at time zone p_zone, 'YYYY-MM-DD')
$fn$;

-- Numbers what waits in this lane for that one, and moves it out of clearing. One sends at a time:
-- the cursor's row is the queue.
create function ledger.send(p_lane smallint, p_to smallint, p_limit int, p_now bigint)
returns int language plpgsql volatile set enable_seqscan = off as $fn$
declare
  last bigint;
  n int;
begin
  insert into ledger.sending (lane, to_lane) values (p_lane, p_to) on conflict do nothing;
  select s.seq into last from ledger.sending s
   where s.lane = p_lane and s.to_lane = p_to for no key update;
  with waiting as materialized (
    select f.entry, f.reference, row_number() over (order by f.at_ms, f.reference, f.entry) as at
      from (select * from ledger.forward f
             where f.lane = p_lane and f.to_lane = p_to and f.seq is null
             order by f.at_ms limit p_limit) f
  ), numbered as (
    update ledger.forward f set seq = last + w.at from waiting w
     where f.lane = p_lane and f.entry = w.entry and f.reference = w.reference and f.seq is null
    returning f.*
  ), entered as (
    insert into ledger.leg
      (lane, owner, payment, entry, reference, seq, account, layer, currency, amount, created_ms)
    select f.lane, 'due_to:' || p_to, f.payment, 'forward', f.reference, s.seq,
           case s.seq when 0 then ledger.clearing(f.at_ms) else 'due_to:' || p_to end, 1,
           f.currency, case s.seq when 0 then f.amount else -f.amount end, p_now
      from numbered f cross join (values (0::smallint), (1::smallint)) s(seq)
  )
  select count(*) into n from numbered;
  update ledger.sending s set seq = s.seq + n where s.lane = p_lane and s.to_lane = p_to;
  return n;
end $fn$;

-- Takes what was numbered into the merchant's lane, in its order, each once: what the cursor has
-- passed has arrived.
create function ledger.receive(p_lane smallint, p_from smallint, p_limit int, p_now bigint)
returns int language plpgsql volatile set enable_seqscan = off as $fn$
declare
  last bigint;
  n int;
  r record;
begin
  insert into ledger.receiving (lane, from_lane) values (p_lane, p_from) on conflict do nothing;
  select c.seq into last from ledger.receiving c
   where c.lane = p_lane and c.from_lane = p_from for no key update;
  with arrived as materialized (
    select f.* from ledger.forward f
     where f.lane = p_from and f.to_lane = p_lane and f.seq > last order by f.seq limit p_limit
  ), moved as (
    insert into ledger.movement (lane, entry, reference, merchant, currency, payment, amount, at_ms,
                                 from_lane, seq)
    select p_lane, f.entry, f.reference, f.merchant, f.currency, f.payment, f.amount, f.at_ms,
           p_from, f.seq from arrived f
    returning *
  ), entered as (
    insert into ledger.leg
      (lane, owner, payment, entry, reference, seq, account, layer, currency, amount, created_ms)
    select m.lane, m.merchant, m.payment, 'arrive', m.reference, s.seq,
           case s.seq when 0 then 'due_from:' || p_from else 'payable:' || m.merchant end, 1,
           m.currency, case s.seq when 0 then m.amount else -m.amount end, p_now
      from moved m cross join (values (0::smallint), (1::smallint)) s(seq)
  )
  select count(*) into n from moved;

  -- In one order of locks, whatever arrived.
  for r in
    select m.merchant, m.currency, sum(m.amount)::bigint as total, min(m.at_ms) as first_ms
      from ledger.movement m
     where m.lane = p_lane and (m.entry, m.reference) in
           (select f.entry, f.reference from ledger.forward f
             where f.lane = p_from and f.to_lane = p_lane and f.seq > last and f.seq <= last + n)
     group by m.merchant, m.currency order by m.merchant, m.currency
  loop
    perform ledger.owe(p_lane, r.merchant, r.currency, r.total, r.first_ms);
  end loop;
  update ledger.receiving c set seq = c.seq + n where c.lane = p_lane and c.from_lane = p_from;
  return n;
end $fn$;

-- Changes what a merchant is owed, and when its next day ends.
create function ledger.owe(p_lane smallint, p_merchant text, p_currency text, p_amount bigint,
                           p_at bigint)
returns void language plpgsql volatile as $fn$
declare
  a ledger.payable;
begin
  insert into ledger.payable (lane, merchant, currency, zone)
  values (p_lane, p_merchant, p_currency, ledger.zone_of(p_lane, p_merchant)) on conflict do nothing;
  select * into a from ledger.payable
   where lane = p_lane and merchant = p_merchant and currency = p_currency for no key update;
  a.due_ms := least(a.due_ms, ledger.day_end(a.zone, greatest(p_at, a.closed_ms)));
  update ledger.payable set balance = balance + p_amount, due_ms = a.due_ms
   where lane = p_lane and merchant = p_merchant and currency = p_currency;
end $fn$;

-- Where a merchant's day ends: said once for all of its currencies; else UTC.
create table ledger.zone (
  lane      smallint not null,
  merchant  text     not null,
  zone      text     not null,
  primary key (lane, merchant)
);
create function ledger.zone_of(p_lane smallint, p_merchant text)
returns text language sql stable as $fn$
  select coalesce((select z.zone from ledger.zone z where z.lane = p_lane and z.merchant = p_merchant),
                  'UTC')
$fn$;
-- Pairs of lanes between which something waits; `sent`: it is numbered and has not arrived.
create function ledger.between(p_limit int)
returns table (lane smallint, to_lane smallint, sent boolean) language sql stable as $fn$
  select s.lane, s.to_lane, true
    from ledger.sending s
    left join ledger.receiving c on c.lane = s.to_lane and c.from_lane = s.lane
   where s.seq > coalesce(c.seq, 0)
  union
  select f.lane, f.to_lane, false
    from (select w.lane, w.to_lane from ledger.forward w where w.seq is null limit p_limit) f
$fn$;

grant select, insert, update on ledger.sending, ledger.receiving, ledger.payable, ledger.movement,
  ledger.zone to warifu_app;
grant execute on function ledger.day_end, ledger.day_called, ledger.send, ledger.receive, ledger.owe,
  ledger.zone_of, ledger.between to warifu_app;
