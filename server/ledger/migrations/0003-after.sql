-- After the yes: release, capture, refund. Each is its own event with its own reference, entered
-- once; each returns a code and leaves nothing half done.

-- Takes `p_amount` of what is held and releases the rest. Posted: DR cardholder, CR clearing.
create function ledger.capture(p_lane smallint, p_account text, p_payment text,
                               p_reference text, p_amount bigint, p_now bigint)
returns text language plpgsql volatile as $fn$
declare
  h ledger.hold;
  money text;
begin
  select currency into money from ledger.account
   where lane = p_lane and id = p_account for no key update;
  select * into h from ledger.hold
   where lane = p_lane and account = p_account and payment = p_payment for no key update;
  if h.payment is null or h.held = 0 then return 'payment_state'; end if;
  if p_amount > h.held then return 'amount_above_authorized'; end if;

  insert into ledger.leg
    (lane, owner, payment, entry, reference, seq, account, layer, currency, amount, created_ms)
  values
    (p_lane, p_account, p_payment, 'capture', p_reference, 0, p_account,  0, money, -h.held,   p_now),
    (p_lane, p_account, p_payment, 'capture', p_reference, 1, 'clearing', 0, money,  h.held,   p_now),
    (p_lane, p_account, p_payment, 'capture', p_reference, 2, p_account,  1, money,  p_amount, p_now),
    (p_lane, p_account, p_payment, 'capture', p_reference, 3, 'clearing', 1, money, -p_amount, p_now);
  update ledger.hold set held = 0, captured = captured + p_amount
   where lane = p_lane and account = p_account and payment = p_payment;
  update ledger.account
     set debits_pending = debits_pending - h.held, debits_posted = debits_posted + p_amount
   where lane = p_lane and id = p_account;
  return 'ok';
end $fn$;

-- Gives back a hold that nothing was captured of: cancelled or expired.
create function ledger.release(p_lane smallint, p_account text, p_payment text, p_now bigint)
returns text language plpgsql volatile as $fn$
declare
  h ledger.hold;
  money text;
begin
  select currency into money from ledger.account
   where lane = p_lane and id = p_account for no key update;
  select * into h from ledger.hold
   where lane = p_lane and account = p_account and payment = p_payment for no key update;
  if h.payment is null or h.held = 0 then return 'payment_state'; end if;

  insert into ledger.leg
    (lane, owner, payment, entry, reference, seq, account, layer, currency, amount, created_ms)
  values
    (p_lane, p_account, p_payment, 'release', p_payment, 0, p_account,  0, money, -h.held, p_now),
    (p_lane, p_account, p_payment, 'release', p_payment, 1, 'clearing', 0, money,  h.held, p_now);
  update ledger.hold set held = 0
   where lane = p_lane and account = p_account and payment = p_payment;
  update ledger.account set debits_pending = debits_pending - h.held
   where lane = p_lane and id = p_account;
  return 'ok';
end $fn$;

-- Posted the other way: DR clearing, CR cardholder; never more than was captured.
create function ledger.refund(p_lane smallint, p_account text, p_payment text,
                              p_reference text, p_amount bigint, p_now bigint)
returns text language plpgsql volatile as $fn$
declare
  h ledger.hold;
  money text;
begin
  select currency into money from ledger.account
   where lane = p_lane and id = p_account for no key update;
  select * into h from ledger.hold
   where lane = p_lane and account = p_account and payment = p_payment for no key update;
  if h.payment is null then return 'payment_state'; end if;
  if p_amount > h.captured - h.refunded then return 'amount_above_captured'; end if;

  insert into ledger.leg
    (lane, owner, payment, entry, reference, seq, account, layer, currency, amount, created_ms)
  values
    (p_lane, p_account, p_payment, 'refund', p_reference, 0, p_account,  1, money, -p_amount, p_now),
    (p_lane, p_account, p_payment, 'refund', p_reference, 1, 'clearing', 1, money,  p_amount, p_now);
  update ledger.hold set refunded = refunded + p_amount
   where lane = p_lane and account = p_account and payment = p_payment;
  update ledger.account set credits_posted = credits_posted + p_amount
   where lane = p_lane and id = p_account;
  return 'ok';
end $fn$;

grant execute on function ledger.capture, ledger.release, ledger.refund to warifu_app;
