-- Adjustments: money that people move, with a reason; a second person has agreed before the row is
-- made. And what the clock found wrong.
create table settlement.adjustment (
  lane        smallint not null,               -- the merchant's, or the account's
  id          text     not null,
  merchant    text,
  card        text,
  amount      bigint   not null check (amount <> 0),   -- + is given, - is taken
  currency    text     not null,
  reason      text     not null,
  reference   text     not null unique,        -- names the act: made once
  reverses    text     unique,                 -- the adjustment that this one takes back
  asked_by    text     not null,
  by          text     not null,
  created_ms  bigint   not null,
  primary key (lane, id),
  check ((merchant is null) <> (card is null)),
  check (asked_by <> by)
);
create index adjustment_id on settlement.adjustment (id);

create table settlement.alert (
  lane        smallint not null,
  id          text     not null,               -- what it is about: the same thing is one row
  kind        text     not null check (kind in ('clearing_left')),
  account     text     not null,
  currency    text     not null,
  amount      bigint   not null,
  created_ms  bigint   not null,
  primary key (lane, id)
);

-- Days (UTC, since 1970) after which clearing was looked at.
create table settlement.closing (
  day     int    primary key,
  at_ms   bigint not null,
  alerts  int    not null
);

-- Looks once, after a day has ended, whether clearing has returned to nothing; what has not is an
-- alert. Answers with how many there are, or null where this day has been looked at.
create function settlement.close_clearing(p_now bigint)
returns int language plpgsql volatile as $fn$
declare
  n int;
begin
  insert into settlement.closing (day, at_ms, alerts)
  values (ledger.day_of(p_now) - 1, p_now, 0) on conflict do nothing;
  if not found then return null; end if;
  insert into settlement.alert (lane, id, kind, account, currency, amount, created_ms)
  select l.lane, l.account || '/' || l.currency, 'clearing_left', l.account, l.currency, l.amount, p_now
    from ledger.clearing_left(p_now) l
  on conflict (lane, id) do update set amount = excluded.amount, created_ms = excluded.created_ms;
  get diagnostics n = row_count;
  update settlement.closing set alerts = n where day = ledger.day_of(p_now) - 1;
  return n;
end $fn$;

-- Settlements against the ledger: sums are the items', items are the movements, fees are legs.
create function settlement.check_lane(p_lane smallint)
returns setof ledger.fault language sql stable as $fn$
  with items as materialized (
    select i.settlement, count(*) filter (where i.entry <> 'fee') as n,
           coalesce(sum(i.amount) filter (where i.entry = 'capture'), 0)::bigint as gross,
           coalesce(-sum(i.amount) filter (where i.entry = 'refund'), 0)::bigint as refunds,
           coalesce(-sum(i.amount) filter (where i.entry = 'fee'), 0)::bigint as fees,
           coalesce(sum(i.amount) filter (where i.entry = 'adjustment'), 0)::bigint as adjustments
      from settlement.item i where i.lane = p_lane group by 1
  ), books as materialized (
    select b.settlement, b.movements, b.amount, b.fees from ledger.settled_in(p_lane) b
  )
  select s.lane, 'settlement_is_its_items', s.id || '/' || w.what, w.items, w.kept
    from settlement.settlement s left join items i on i.settlement = s.id
   cross join lateral (values
     ('items', s.items::bigint, coalesce(i.n, 0)), ('gross', s.gross, coalesce(i.gross, 0)),
     ('refunds', s.refunds, coalesce(i.refunds, 0)), ('fees', s.fees, coalesce(i.fees, 0)),
     ('adjustments', s.adjustments, coalesce(i.adjustments, 0))) w(what, kept, items)
   where s.lane = p_lane and w.kept <> w.items
  union all
  select s.lane, 'settlement_is_the_ledger', s.id || '/' || w.what, w.books, w.kept
    from settlement.settlement s left join books b on b.settlement = s.id
   cross join lateral (values
     ('items', s.items::bigint, coalesce(b.movements, 0)), ('fees', s.fees, coalesce(b.fees, 0)),
     ('amount', s.gross - s.refunds + s.adjustments, coalesce(b.amount, 0))) w(what, kept, books)
   where s.lane = p_lane and s.created_ms >= (select ledger.since()) and w.kept <> w.books
  union all
  select p.lane, 'payout_is_its_legs', p.id, p.amount, ledger.paid_out(p.lane, p.merchant, p.id)
    from settlement.payout p
   where p.lane = p_lane and p.created_ms >= (select ledger.since())
     and p.amount <> ledger.paid_out(p.lane, p.merchant, p.id)
$fn$;

grant select, insert on settlement.adjustment to warifu_app;
grant select, insert, update on settlement.alert, settlement.closing to warifu_app;
grant execute on all functions in schema settlement to warifu_app;
