-- After the yes, whole: captures in part and several, over one hold or over a payment's holds (its
-- own and its increments), refunds, and what a merchant is owed by them. The rest of this room's
-- money after the yes stands in 0021 to 0024.
--
--   account's lane    capture   DR cardholder        CR clearing:<day>
--                     forward   DR clearing:<day>    CR due_to:<merchant's lane>
--   merchant's lane   arrive    DR due_from:<lane>   CR payable:<merchant>
--
-- The part of a capture that is above its holds (`over`) is a hold of its own, taken at once, and
-- named by the capture. What the account has not got for it is carried by a receivable:
--   account's lane    forced    DR receivable:<account>   CR cardholder
--                     recover   DR cardholder             CR receivable:<account>   as money comes in

-- What is to reach a merchant's lane: + is owed to them, - is owed by them. The relay numbers it.
create table ledger.forward (
  lane        smallint not null,
  entry       text     not null check (entry in ('capture', 'refund')),
  reference   text     not null,
  to_lane     smallint not null,
  payment     text     not null,
  merchant    text     not null,
  currency    text     not null,
  amount      bigint   not null check (amount <> 0),
  at_ms       bigint   not null,
  seq         bigint,                          -- given as it is forwarded, per pair of lanes
  primary key (lane, entry, reference)
);
create index forward_waiting on ledger.forward (lane, to_lane, at_ms) where seq is null;
create unique index forward_sent on ledger.forward (lane, to_lane, seq) where seq is not null;

-- The account through which one settlement day's (UTC) captures go; it returns to nothing.
create function ledger.clearing(p_ms bigint) returns text language sql immutable as $fn$
  select 'clearing:' || ledger.day_of(p_ms)
$fn$;

-- What comes in pays first what is owed beyond all funds. The caller holds the account's lock;
-- `p_cause` names what came in, once.
create function ledger.recover(p_lane smallint, p_account text, p_cause text, p_now bigint)
returns void language plpgsql volatile as $fn$
declare
  a ledger.account;
  take bigint;
begin
  select * into a from ledger.account where lane = p_lane and id = p_account;
  take := least(a.receivable, ledger.free_of(a));
  if take <= 0 then return; end if;
  insert into ledger.leg
    (lane, owner, payment, entry, reference, seq, account, layer, currency, amount, created_ms)
  values
    (p_lane, p_account, p_cause, 'recover', p_cause, 0, p_account, 1, a.currency, take, p_now),
    (p_lane, p_account, p_cause, 'recover', p_cause, 1, 'receivable:' || p_account, 1, a.currency,
     -take, p_now);
  update ledger.account set debits_posted = debits_posted + take, receivable = receivable - take
   where lane = p_lane and id = p_account;
end $fn$;

-- Whether `p_over` may be taken above what is held, when `p_total` is captured in all: within what
-- the person approved, or else the card's ceiling; of free funds, or else where it may be forced.
create function ledger.over_verdict(a ledger.account, p_holds text[], p_total bigint, p_over bigint,
                                    p_approved bigint)
returns text language sql stable set enable_seqscan = off as $fn$
  select case
    when p_total > coalesce(p_approved, x.base + x.base * k.over_capture / 10000)
                                                               then 'amount_above_authorized'
    when k.force_post                                          then 'ok'
    when a.status <> 'open' or not k.active                    then 'card_not_active'
    when p_over > ledger.free_of(a)                            then 'insufficient_funds'
    else 'ok' end
    from (select sum(h.amount) filter (where h.payment not like 'cap_%')::bigint as base,
                 max(h.card) as card
            from ledger.hold h
           where h.lane = a.lane and h.account = a.id and h.payment = any (p_holds)) x
    join ledger.card k on k.lane = a.lane and k.id = x.card
$fn$;

-- Takes what is above the holds. It counts as spent, as any payment of this day does.
create function ledger.take_over(a ledger.account, p_hold text, p_reference text, p_over bigint,
                                 p_now bigint)
returns void language plpgsql volatile set enable_seqscan = off as $fn$
declare
  h ledger.hold;
  lack bigint := greatest(p_over - greatest(ledger.free_of(a), 0), 0);
begin
  select * into h from ledger.hold
   where lane = a.lane and account = a.id and payment = p_hold;
  insert into ledger.hold (lane, account, payment, card, amount, held, captured, created_ms, expires_ms)
  values (a.lane, a.id, p_reference, h.card, p_over, 0, p_over, p_now, p_now);
  insert into ledger.leg
    (lane, owner, payment, entry, reference, seq, account, layer, currency, amount, created_ms)
  select a.lane, a.id, p_reference, l.entry, p_reference, l.seq, l.account, 1, a.currency, l.amount,
         p_now
    from (values ('capture', 2, a.id,                   p_over),
                 ('capture', 3, ledger.clearing(p_now), -p_over),
                 ('forced',  0, 'receivable:' || a.id,  lack),
                 ('forced',  1, a.id,                   -lack)) l(entry, seq, account, amount)
   where l.amount <> 0;
  update ledger.account
     set debits_posted = debits_posted + p_over, credits_posted = credits_posted + lack,
         receivable = receivable + lack
   where lane = a.lane and id = a.id;
  update ledger.card k
     set day_spent = case when k.day = ledger.day_of(p_now) then k.day_spent else 0 end + p_over,
         day_count = case when k.day = ledger.day_of(p_now) then k.day_count else 0 end,
         month_spent = case when k.month = ledger.month_of(p_now) then k.month_spent else 0 end
                       + p_over,
         month_count = case when k.month = ledger.month_of(p_now) then k.month_count else 0 end,
         day = ledger.day_of(p_now), month = ledger.month_of(p_now)
   where k.lane = a.lane and k.id = h.card;
end $fn$;

-- What of `p_holds`, in this order, gives `p_amount`; the rest of each hold where it is the last.
-- `p_approved`: what the person approved in all; null where nobody did.
create function ledger.capture(p_lane smallint, p_account text, p_holds text[], p_merchant text,
                               p_reference text, p_amount bigint, p_final boolean,
                               p_approved bigint, p_now bigint)
returns text language plpgsql volatile set enable_seqscan = off as $fn$
declare
  a ledger.account;
  h ledger.hold;
  money text;
  held bigint; taken bigint;
  due bigint;                                  -- what is still to be found
  over bigint;                                 -- what is above all that is held
  take bigint; gone bigint;                    -- taken of this hold; no longer held of it
  freed bigint := 0;
  v text;
begin
  select * into a from ledger.account
   where lane = p_lane and id = p_account for no key update;
  money := a.currency;
  select sum(x.held), sum(x.captured) into held, taken from ledger.hold x
   where x.lane = p_lane and x.account = p_account and x.payment = any (p_holds);
  if coalesce(held, 0) = 0 then return 'payment_state'; end if;
  due := least(p_amount, held);
  over := p_amount - due;
  if over > 0 then
    v := ledger.over_verdict(a, p_holds, taken + p_amount, over, p_approved);
    if v <> 'ok' then return v; end if;
  end if;

  for h in
    select * from ledger.hold x
     where x.lane = p_lane and x.account = p_account and x.payment = any (p_holds) and x.held > 0
     order by array_position(p_holds, x.payment) for no key update
  loop
    take := least(due, h.held);
    gone := case when p_final then h.held else take end;
    continue when gone = 0;
    insert into ledger.leg
      (lane, owner, payment, entry, reference, seq, account, layer, currency, amount, created_ms)
    select p_lane, p_account, h.payment, 'capture', p_reference, l.seq, l.account, l.layer, money,
           l.amount, p_now
      from (values (0, p_account,              0, -gone), (1, 'clearing',             0,  gone),
                   (2, p_account,              1,  take), (3, ledger.clearing(p_now), 1, -take)
           ) l(seq, account, layer, amount)
     where l.amount <> 0;
    update ledger.hold x set held = x.held - gone, captured = x.captured + take
     where x.lane = p_lane and x.account = p_account and x.payment = h.payment;
    if gone > take then perform ledger.unspend(h, gone - take); end if;
    due := due - take; freed := freed + gone;
  end loop;

  update ledger.account
     set debits_pending = debits_pending - freed, debits_posted = debits_posted + p_amount - over
   where lane = p_lane and id = p_account;
  if over > 0 then perform ledger.take_over(a, p_holds[1], p_reference, over, p_now);
  elsif a.receivable > 0 then
    perform ledger.recover(p_lane, p_account, 'capture/' || p_reference, p_now);
  end if;
  insert into ledger.forward (lane, entry, reference, to_lane, payment, merchant, currency, amount,
                              at_ms)
  values (p_lane, 'capture', p_reference, store.lane_of(p_merchant), p_holds[1], p_merchant, money,
          p_amount, p_now);
  return 'ok';
end $fn$;

-- Posted the other way; never more than was captured: the account's lock is held while it is asked.
create function ledger.refund(p_lane smallint, p_account text, p_holds text[], p_merchant text,
                              p_reference text, p_amount bigint, p_now bigint)
returns text language plpgsql volatile set enable_seqscan = off as $fn$
declare
  h ledger.hold;
  money text;
  owed bigint;                                 -- beyond all funds
  open bigint;
  due bigint := p_amount;
  give bigint;
begin
  select currency, receivable into money, owed from ledger.account
   where lane = p_lane and id = p_account for no key update;
  select sum(x.captured - x.refunded) into open from ledger.hold x
   where x.lane = p_lane and x.account = p_account and x.payment = any (p_holds);
  if open is null then return 'payment_state'; end if;
  if p_amount > open then return 'amount_above_captured'; end if;

  for h in
    select * from ledger.hold x
     where x.lane = p_lane and x.account = p_account and x.payment = any (p_holds)
       and x.captured > x.refunded
     order by array_position(p_holds, x.payment) for no key update
  loop
    give := least(due, h.captured - h.refunded);
    exit when give = 0;
    insert into ledger.leg
      (lane, owner, payment, entry, reference, seq, account, layer, currency, amount, created_ms)
    values
      (p_lane, p_account, h.payment, 'refund', p_reference, 0, p_account, 1, money, -give, p_now),
      (p_lane, p_account, h.payment, 'refund', p_reference, 1, ledger.clearing(p_now), 1, money,
       give, p_now);
    update ledger.hold x set refunded = x.refunded + give
     where x.lane = p_lane and x.account = p_account and x.payment = h.payment;
    due := due - give;
  end loop;

  update ledger.account set credits_posted = credits_posted + p_amount
   where lane = p_lane and id = p_account;
  if owed > 0 then
    perform ledger.recover(p_lane, p_account, 'refund/' || p_reference, p_now);
  end if;
  insert into ledger.forward (lane, entry, reference, to_lane, payment, merchant, currency, amount,
                              at_ms)
  values (p_lane, 'refund', p_reference, store.lane_of(p_merchant), p_holds[1], p_merchant, money,
          -p_amount, p_now);
  return 'ok';
end $fn$;

-- Gives back what is still held of one hold: cancelled, expired, or the rest after a capture.
create function ledger.release(p_lane smallint, p_account text, p_payment text,
                               p_now bigint)
returns text language plpgsql volatile as $fn$
declare
  h ledger.hold;
  money text;
  owed bigint;
begin
  select currency, receivable into money, owed from ledger.account
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
  if owed > 0 then
    perform ledger.recover(p_lane, p_account, 'release/' || p_payment, p_now);
  end if;
  perform ledger.unspend(h, h.held);
  return 'ok';
end $fn$;

-- Lets go of those of these holds whose time is over; answers with how much that was.
create function ledger.lapse(p_lane smallint, p_account text, p_holds text[], p_now bigint)
returns bigint language plpgsql volatile set enable_seqscan = off as $fn$
declare
  h ledger.hold;
  gone bigint := 0;
begin
  perform 1 from ledger.account where lane = p_lane and id = p_account for no key update;
  for h in
    select * from ledger.hold x
     where x.lane = p_lane and x.account = p_account and x.payment = any (p_holds)
       and x.held > 0 and x.expires_ms <= p_now order by x.payment
  loop
    perform ledger.release(p_lane, p_account, h.payment, p_now);
    gone := gone + h.held;
  end loop;
  return gone;
end $fn$;

create function ledger.held_for(p_lane smallint, p_account text, p_holds text[])
returns table (held bigint, captured bigint, refunded bigint)
language sql stable set enable_seqscan = off as $fn$
  select coalesce(sum(h.held), 0)::bigint, coalesce(sum(h.captured), 0)::bigint,
         coalesce(sum(h.refunded), 0)::bigint
    from ledger.hold h
   where h.lane = p_lane and h.account = p_account and h.payment = any (p_holds)
$fn$;

grant select, insert, update on ledger.forward to warifu_app;
grant execute on function ledger.clearing, ledger.recover, ledger.over_verdict, ledger.take_over,
  ledger.capture, ledger.refund, ledger.release,
  ledger.lapse, ledger.held_for to warifu_app;
