-- Money that moves by people's decision, not by a card: adjustments (with a reason and a second
-- person, which other rooms keep) and repayments. The reference makes each of them once.
--
--   adjustment of a cardholder   + : DR adjustments   CR cardholder      - : the other way
--   adjustment of a merchant     + : DR adjustments   CR payable         - : the other way
--   repayment                        DR funding       CR cardholder

-- What was entered under this reference; null where nothing was.
create function ledger.entered(p_lane smallint, p_owner text, p_entry text, p_reference text)
returns bigint language sql stable as $fn$
  select -l.amount from ledger.leg l
   where l.lane = p_lane and l.owner = p_owner and l.payment = p_reference and l.entry = p_entry
     and l.reference = p_reference and l.seq = 0
  union all
  select r.amount from ledger.remembered r
   where r.lane = p_lane and r.owner = p_owner and r.entry = p_entry and r.reference = p_reference
  limit 1
$fn$;

-- `p_amount` is given to the account, or taken where it is below zero: never more than is free.
create function ledger.correct(p_lane smallint, p_account text, p_entry text, p_reference text,
                               p_amount bigint, p_currency text, p_now bigint)
returns text language plpgsql volatile as $fn$
declare
  a ledger.account;
  before bigint;
begin
  if p_entry not in ('adjustment', 'repay') then
    raise exception 'ledger.correct: % is another function''s', p_entry;
  end if;
  select * into a from ledger.account
   where lane = p_lane and id = p_account for no key update;
  if a.id is null then return 'not_found'; end if;
  if a.currency <> p_currency then return 'currency_mismatch'; end if;
  before := ledger.entered(p_lane, p_account, p_entry, p_reference);
  if before is not null then
    return case when before = p_amount then 'seen' else 'idempotency_key_reused' end;
  end if;
  if a.credits_posted + a.credit_limit - a.debits_posted - a.debits_pending + p_amount < 0 then
    return 'insufficient_funds';
  end if;

  insert into ledger.leg
    (lane, owner, payment, entry, reference, seq, account, layer, currency, amount, created_ms)
  values
    (p_lane, p_account, p_reference, p_entry, p_reference, 0, p_account, 1, p_currency, -p_amount,
     p_now),
    (p_lane, p_account, p_reference, p_entry, p_reference, 1,
     case p_entry when 'repay' then 'funding' else 'adjustments' end, 1, p_currency, p_amount, p_now);
  update ledger.account
     set credits_posted = credits_posted + greatest(p_amount, 0),
         debits_posted = debits_posted + greatest(-p_amount, 0)
   where lane = p_lane and id = p_account;
  if a.receivable > 0 and p_amount > 0 then
    perform ledger.recover(p_lane, p_account, p_entry || '/' || p_reference, p_now);
  end if;
  return 'ok';
end $fn$;

-- The same for what a merchant is owed, which may go below zero. It is a movement of its day.
create function ledger.correct_payable(p_lane smallint, p_merchant text, p_reference text,
                                       p_amount bigint, p_currency text, p_now bigint)
returns text language plpgsql volatile as $fn$
declare
  before bigint;
begin
  perform ledger.owe(p_lane, p_merchant, p_currency, 0, p_now);       -- its lock
  before := ledger.entered(p_lane, p_merchant, 'adjustment', p_reference);
  if before is not null then
    return case when before = p_amount then 'seen' else 'idempotency_key_reused' end;
  end if;
  insert into ledger.leg
    (lane, owner, payment, entry, reference, seq, account, layer, currency, amount, created_ms)
  values
    (p_lane, p_merchant, p_reference, 'adjustment', p_reference, 0, 'payable:' || p_merchant, 1,
     p_currency, -p_amount, p_now),
    (p_lane, p_merchant, p_reference, 'adjustment', p_reference, 1, 'adjustments', 1, p_currency,
     p_amount, p_now);
  insert into ledger.movement (lane, entry, reference, merchant, currency, payment, amount, at_ms)
  values (p_lane, 'adjustment', p_reference, p_merchant, p_currency, null, p_amount, p_now);
  perform ledger.owe(p_lane, p_merchant, p_currency, p_amount, p_now);
  return 'ok';
end $fn$;

-- An account's posted movements in a span of time, and what stood on it before: a statement. What a
-- receivable carries is owed as well; a capture of several holds is one movement of its payment.
create function ledger.posted(p_lane smallint, p_account text, p_from bigint, p_until bigint)
returns table (entry text, reference text, payment text, amount bigint, at_ms bigint)
language sql stable set enable_seqscan = off as $fn$
  select l.entry, l.reference, coalesce(max(f.payment), max(l.payment)), sum(l.amount)::bigint,
         min(l.created_ms)
    from ledger.leg l
    left join ledger.forward f
      on f.lane = l.lane and f.entry = l.entry and f.reference = l.reference
   where l.lane = p_lane and l.owner = p_account
     and l.account in (p_account, 'receivable:' || p_account) and l.layer = 1
     and l.created_ms >= greatest(p_from, (select ledger.since())) and l.created_ms < p_until
   group by l.entry, l.reference having sum(l.amount) <> 0
   order by min(l.created_ms), l.reference
$fn$;
create function ledger.owed_at(p_lane smallint, p_account text, p_at bigint)
returns bigint language sql stable set enable_seqscan = off as $fn$
  select (select coalesce(sum(c.amount), 0) from ledger.carried c
           where c.lane = p_lane and c.account in (p_account, 'receivable:' || p_account)
             and c.layer = 1 and c.until_ms <= least(p_at, (select ledger.since())))::bigint
       + (select coalesce(sum(l.amount), 0) from ledger.leg l
           where l.lane = p_lane and l.owner = p_account
             and l.account in (p_account, 'receivable:' || p_account) and l.layer = 1
             and l.created_ms >= (select ledger.since()) and l.created_ms < p_at)::bigint
$fn$;

grant execute on all functions in schema ledger to warifu_app;
