-- A merchant's money as its day is settled (the settlement room conducts): movements are taken once,
-- fees are charged, what is left goes out. All of it in the merchant's lane, under the payable's lock.
--
--   fee         DR payable:<merchant>   CR fees
--   payout      DR payable:<merchant>   CR payouts        asked of the bank
--   paid        DR payouts              CR bank           the bank has done it
--   returned    DR payouts              CR payable        the bank could not
create type ledger.moved as (
  entry text, reference text, payment text, amount bigint, at_ms bigint
);

-- Payables whose first day that is not settled ended by then.
create function ledger.days_to_settle(p_until bigint, p_limit int)
returns table (lane smallint, merchant text, currency text)
language sql stable set enable_seqscan = off as $fn$
  select p.lane, p.merchant, p.currency from ledger.payable p
   where p.due_ms <= p_until order by p.due_ms limit p_limit
$fn$;

-- The day that is to be settled, under lock: its end, how many movements are there, and what stood
-- on the payable before them.
create function ledger.day_to_settle(p_lane smallint, p_merchant text, p_currency text)
returns table (day text, zone text, cut_ms bigint, movements int, carried bigint)
language plpgsql volatile set enable_seqscan = off as $fn$
declare
  a ledger.payable;
begin
  select * into a from ledger.payable
   where lane = p_lane and merchant = p_merchant and currency = p_currency for no key update;
  if a.due_ms is null then return; end if;
  return query
    select ledger.day_called(a.zone, a.due_ms - 1), a.zone, a.due_ms,
           (count(*) filter (where m.at_ms < a.due_ms))::int,
           a.balance - coalesce(sum(m.amount), 0)::bigint
      from ledger.movement m
     where m.lane = p_lane and m.merchant = p_merchant and m.currency = p_currency
       and m.settlement is null;
end $fn$;

-- Charges a fee for each of these (reference, payment, the fee as `amount`).
create function ledger.charge_fees(p_lane smallint, p_merchant text, p_currency text,
                                   fees ledger.moved[], p_now bigint)
returns void language sql volatile set enable_seqscan = off as $fn$
  insert into ledger.leg
    (lane, owner, payment, entry, reference, seq, account, layer, currency, amount, created_ms)
  select p_lane, p_merchant, f.payment, 'fee', f.reference, s.seq,
         case s.seq when 0 then 'payable:' || p_merchant else 'fees' end, 1, p_currency,
         case s.seq when 0 then f.amount else -f.amount end, p_now
    from unnest(fees) f cross join (values (0::smallint), (1::smallint)) s(seq);
  update ledger.payable
     set balance = balance - (select coalesce(sum(f.amount), 0) from unnest(fees) f)
   where lane = p_lane and merchant = p_merchant and currency = p_currency
$fn$;

-- What the bank did with a payout; what it could not pay is owed again, and goes into the next day.
create function ledger.end_payout(p_lane smallint, p_merchant text, p_currency text, p_payout text,
                                  p_amount bigint, p_paid boolean, p_now bigint)
returns void language plpgsql volatile as $fn$
begin
  if not p_paid then perform ledger.owe(p_lane, p_merchant, p_currency, p_amount, p_now); end if;
  insert into ledger.leg
    (lane, owner, payment, entry, reference, seq, account, layer, currency, amount, created_ms)
  select p_lane, p_merchant, p_payout, case when p_paid then 'paid' else 'returned' end, p_payout,
         s.seq, case when s.seq = 0 then 'payouts' when p_paid then 'bank'
                     else 'payable:' || p_merchant end, 1, p_currency,
         case s.seq when 0 then p_amount else -p_amount end, p_now
    from (values (0::smallint), (1::smallint)) s(seq);
end $fn$;

grant execute on all functions in schema ledger to warifu_app;
