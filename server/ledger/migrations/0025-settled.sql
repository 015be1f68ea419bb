-- What the books say of a settlement and of a payout, for the room that keeps those. And the end of a
-- day: what the bank gave back goes out again though nothing else was sold.
create function ledger.end_day(p_lane smallint, p_merchant text, p_currency text,
                               p_cut bigint, p_payout text, p_amount bigint, p_now bigint)
returns void language plpgsql volatile set enable_seqscan = off as $fn$
declare
  a ledger.payable;
  first_ms bigint;                             -- of what belongs to a later day
  waits bigint;
begin
  select * into a from ledger.payable
   where lane = p_lane and merchant = p_merchant and currency = p_currency for no key update;
  select min(m.at_ms), coalesce(sum(m.amount), 0) into first_ms, waits from ledger.movement m
   where m.lane = p_lane and m.merchant = p_merchant and m.currency = p_currency
     and m.settlement is null;
  a.balance := a.balance - greatest(p_amount, 0);
  a.due_ms := case when first_ms is not null or a.balance - waits > 0
                   then ledger.day_end(a.zone, greatest(first_ms, ledger.day_end(a.zone, p_cut - 1))) end;
  update ledger.payable
     set closed_ms = ledger.day_end(a.zone, p_cut - 1), due_ms = a.due_ms, balance = a.balance
   where lane = p_lane and merchant = p_merchant and currency = p_currency;
  if p_amount > 0 then
    insert into ledger.leg
      (lane, owner, payment, entry, reference, seq, account, layer, currency, amount, created_ms)
    values
      (p_lane, p_merchant, p_payout, 'payout', p_payout, 0, 'payable:' || p_merchant, 1, p_currency,
       p_amount, p_now),
      (p_lane, p_merchant, p_payout, 'payout', p_payout, 1, 'payouts', 1, p_currency, -p_amount, p_now);
  end if;
end $fn$;

-- The zone in which a merchant's days end. No day of the new one has the name of one that was settled
-- in the old one.
create function ledger.put_zone(p_lane smallint, p_merchant text, p_zone text)
returns void language plpgsql volatile as $fn$
declare
  a ledger.payable;
begin
  insert into ledger.zone values (p_lane, p_merchant, p_zone)
  on conflict (lane, merchant) do update set zone = excluded.zone;
  for a in
    select * from ledger.payable where lane = p_lane and merchant = p_merchant
     order by currency for no key update
  loop
    a.closed_ms := case when a.closed_ms > 0 then ledger.day_end(p_zone, a.closed_ms - 1) else 0 end;
    a.due_ms := case when a.due_ms is not null
                     then ledger.day_end(p_zone, greatest(a.due_ms - 1, a.closed_ms)) end;
    update ledger.payable set zone = p_zone, closed_ms = a.closed_ms, due_ms = a.due_ms
     where lane = p_lane and merchant = p_merchant and currency = a.currency;
  end loop;
end $fn$;

-- Takes the next movements up to the cut into a settlement.
create function ledger.take_movements(p_lane smallint, p_merchant text, p_currency text,
                                      p_cut bigint, p_settlement text, p_limit int)
returns setof ledger.moved language sql volatile set enable_seqscan = off as $fn$
  with next as materialized (
    select m.entry, m.reference from ledger.movement m
     where m.lane = p_lane and m.merchant = p_merchant and m.currency = p_currency
       and m.settlement is null and m.at_ms < p_cut
     order by m.at_ms, m.reference limit p_limit for no key update
  )
  update ledger.movement m set settlement = p_settlement from next n
   where m.lane = p_lane and m.entry = n.entry and m.reference = n.reference
     and m.settlement is null
  returning m.entry, m.reference, m.payment, m.amount, m.at_ms
$fn$;

create function ledger.settled_in(p_lane smallint)
returns table (settlement text, movements bigint, amount bigint, fees bigint)
language sql stable as $fn$
  select m.settlement, count(*), sum(m.amount)::bigint, coalesce(sum(f.amount), 0)::bigint
    from ledger.movement m
    left join ledger.leg f
      on f.lane = m.lane and f.owner = m.merchant and f.payment = m.payment and f.entry = 'fee'
     and f.reference = m.reference and f.seq = 0
   where m.lane = p_lane and m.settlement is not null
   group by m.settlement
$fn$;

create function ledger.paid_out(p_lane smallint, p_merchant text, p_payout text)
returns bigint language sql stable set enable_seqscan = off as $fn$
  select coalesce(sum(l.amount), 0)::bigint from ledger.leg l
   where l.lane = p_lane and l.owner = p_merchant and l.payment = p_payout and l.entry = 'payout'
     and l.reference = p_payout and l.seq = 0
$fn$;

-- The account that a card spends of.
create function ledger.account_of(p_card text)
returns table (account text, currency text, credit_limit bigint)
language sql stable set enable_seqscan = off as $fn$
  select a.id, a.currency, a.credit_limit
    from ledger.card k join ledger.account a on a.lane = k.lane and a.id = k.account
   where k.lane = store.lane_of(p_card) and k.id = p_card
$fn$;

-- What merchants are owed; of one merchant.
create function ledger.owed_to(p_merchant text)
returns table (currency text, amount bigint, zone text, due_ms bigint)
language sql stable set enable_seqscan = off as $fn$
  select p.currency, p.balance, p.zone, p.due_ms from ledger.payable p
   where p.lane = store.lane_of(p_merchant) and p.merchant = p_merchant order by p.currency
$fn$;

grant execute on all functions in schema ledger to warifu_app;
