-- What limits count in, what they hear of money that was held and not taken, and money that is put on
-- an account. Capture, release and refund stand in 0020.

-- The windows that an instant lies in (UTC), as the application counts them.
create function ledger.day_of(p_ms bigint) returns int language sql immutable as $fn$
  select (p_ms / 86400000)::int
$fn$;
create function ledger.month_of(p_ms bigint) returns int language sql immutable as $fn$
  select extract(year from t)::int * 12 + extract(month from t)::int - 1
    from (select to_timestamp(p_ms / 1000.0) at time zone 'UTC' as t) x
$fn$;

-- What was held and is not taken counts no longer in the window that it was held in.
create function ledger.unspend(h ledger.hold, p_amount bigint)
returns void language sql volatile set enable_seqscan = off as $fn$
  update ledger.card k
     set day_spent   = case when k.day = ledger.day_of(h.created_ms)
                            then greatest(k.day_spent - p_amount, 0) else k.day_spent end,
         day_count   = case when k.day = ledger.day_of(h.created_ms) and p_amount = h.amount
                            then greatest(k.day_count - 1, 0) else k.day_count end,
         month_spent = case when k.month = ledger.month_of(h.created_ms)
                            then greatest(k.month_spent - p_amount, 0) else k.month_spent end,
         month_count = case when k.month = ledger.month_of(h.created_ms) and p_amount = h.amount
                            then greatest(k.month_count - 1, 0) else k.month_count end
   where k.lane = h.lane and k.id = h.card
$fn$;

-- Puts money on an account. Posted: DR funding (what was paid in), CR cardholder. The reference
-- makes it once: the same one again adds nothing, and with another amount it is refused.
create function ledger.fund(p_lane smallint, p_account text, p_reference text, p_amount bigint,
                            p_currency text, p_now bigint)
returns text language plpgsql volatile as $fn$
declare
  a ledger.account;
  before bigint;
begin
  select * into a from ledger.account
   where lane = p_lane and id = p_account for no key update;
  if a.id is null then return 'not_found'; end if;
  if a.currency <> p_currency then return 'currency_mismatch'; end if;
  before := ledger.entered(p_lane, p_account, 'fund', p_reference);
  if before is not null then
    return case when before = p_amount then 'seen' else 'idempotency_key_reused' end;
  end if;
  if a.status <> 'open' then return 'card_not_active'; end if;

  insert into ledger.leg
    (lane, owner, payment, entry, reference, seq, account, layer, currency, amount, created_ms)
  values
    (p_lane, p_account, p_reference, 'fund', p_reference, 0, p_account, 1, p_currency, -p_amount, p_now),
    (p_lane, p_account, p_reference, 'fund', p_reference, 1, 'funding', 1, p_currency,  p_amount, p_now);
  update ledger.account set credits_posted = credits_posted + p_amount
   where lane = p_lane and id = p_account;
  if a.receivable > 0 then
    perform ledger.recover(p_lane, p_account, 'fund/' || p_reference, p_now);
  end if;
  return 'ok';
end $fn$;

create function ledger.used_up(p_limit int)
returns table (card text) language sql stable as $fn$
  select k.id from ledger.card k where k.uses_left = 0 and k.active order by k.id limit p_limit
$fn$;

create function ledger.lapsed(p_now bigint, p_limit int)
returns table (payment text) language sql stable as $fn$
  select payment from ledger.hold
   where held > 0 and expires_ms <= p_now order by expires_ms limit p_limit
$fn$;

grant execute on function ledger.day_of, ledger.month_of, ledger.unspend, ledger.fund, ledger.used_up, ledger.lapsed to warifu_app;
