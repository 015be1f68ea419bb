-- After the yes: captures in part and several, increments with an approval of their own, and what
-- lets go of a hold. A payment's holds are its own and one for each increment that was approved.
create table payments.increment (
  lane              smallint not null,
  id                text     not null,         -- also the name of its hold
  payment           text     not null,
  amount            bigint   not null check (amount > 0),
  status            text     not null
                    check (status in ('requires_action', 'authorized', 'declined', 'cancelled', 'expired')),
  declined_because  text,
  approval          text,                      -- null where the person could not be asked
  created_ms        bigint   not null,
  deadline_ms       bigint   not null,
  primary key (lane, id)
) with (fillfactor = 80);
create index increment_payment on payments.increment (lane, payment, id);
create index increment_open on payments.increment (deadline_ms) where status = 'requires_action';
grant select, insert, update on payments.increment to warifu_app;

-- A payment's holds, its own first.
create function payments.holds_of(p payments.payment) returns text[] language sql stable as $fn$
  select array[p.id] || case when p.incremented is null then '{}'::text[] else
    array(select i.id from payments.increment i
           where i.lane = p.lane and i.payment = p.id and i.status = 'authorized' order by i.id) end
    || coalesce(p.overcaptures, '{}')
$fn$;

-- What may still be captured.
create function payments.capturable(p payments.payment) returns bigint language sql immutable as $fn$
  select case p.status when 'authorized'
    then p.amount + coalesce(p.incremented, 0) + coalesce(p.overcaptured, 0) - p.captured
         - coalesce(p.released, 0) else 0 end
$fn$;

-- What its person approved in all, by a yes or by a consent; null where nobody was asked.
create function payments.approved(p payments.payment) returns bigint language sql immutable as $fn$
  select case when p.approval is not null or p.initiator = 'merchant'
    then p.amount + coalesce(p.incremented, 0) end
$fn$;

-- Where a payment stands when nothing is held for it any more.
create function payments.status_at_end(p payments.payment, p_else text)
returns text language sql immutable as $fn$
  select case when p.captured = 0 then p_else
              when p.settled = p.captured then 'settled' else 'captured' end
$fn$;

-- Questions about increments that are still open end with the payment.
create function payments.end_increments(p payments.payment, p_to text, p_now bigint)
returns void language plpgsql volatile as $fn$
declare
  i payments.increment;
begin
  for i in
    update payments.increment x set status = p_to
     where x.lane = p.lane and x.payment = p.id and x.status = 'requires_action' returning x.*
  loop
    if i.approval is not null then
      perform approvals.close(i.lane, i.approval, p_to, null, p_now);
    end if;
  end loop;
end $fn$;

-- Ends a payment without taking (more) money. What was captured stays: then it is
-- the rest that is let go, and the payment was captured.
create function payments.finish(p_lane smallint, p_payment text, p_to text,
                                p_because text, p_sources text[], p_overdue boolean,
                                p_event text, p_entry payments.entry, p_now bigint)
returns table (code text, answer jsonb) language plpgsql volatile as $fn$
declare
  p payments.payment;
  rest bigint;
  ends text;
  hold text;
begin
  select * into p from payments.payment
   where lane = p_lane and id = p_payment for no key update;
  if p.status is null or p.status <> all (p_sources)
     or (p_overdue and p.status = 'requires_action' and p.action_deadline_ms > p_now) then
    return query
      select case p.status when 'expired' then 'payment_expired' else 'payment_state' end, to_jsonb(p);
    return;
  end if;
  if p.approval is not null then
    perform approvals.close(
      p_lane, p.approval,
      case when p_overdue then 'expired' when p_to = 'declined' then 'denied' else p_to end,
      nullif(p_because, 'approval_denied'), p_now);
  end if;
  rest := payments.capturable(p);
  ends := payments.status_at_end(p, p_to);
  if p.status = 'authorized' then
    perform payments.end_increments(p, 'cancelled', p_now);
    foreach hold in array payments.holds_of(p) loop
      perform ledger.release(store.lane_of(p.account), p.account, hold, p_now);
    end loop;
  end if;
  update payments.payment
     set status = ends, declined_because = p_because, version = version + 1,
         released = case when rest > 0 then coalesce(released, 0) + rest else released end
   where lane = p_lane and id = p_payment
  returning * into p;
  perform payments.note(p_lane, p_payment, p_entry, p_to, p_now);
  perform payments.tell(p, p_event, case when p.captured = 0 then 'payment.' || p_to
                                         else 'payment.released' end,
                        case when p.captured = 0 then '{}'
                             else jsonb_build_object('released', rest, 'captured', p.captured) end,
                        p_now);
  return query select 'ok'::text, to_jsonb(p);
end $fn$;

-- Takes of what is authorised. No amount: all that is left. Above it: as far as was approved, or the
-- program lets it (ledger.over_verdict). `p_final`: the rest is let go. Without a
-- key it is the platform's own automatic capture: the status lets it happen once.
create function payments.capture(p_lane smallint, p_payment text, p_merchant text, p_key text,
                                 p_digest bytea, p_capture text, p_amount bigint, p_final boolean,
                                 p_sources text[], p_event text, p_entry payments.entry,
                                 p_now bigint)
returns table (code text, answer jsonb) language plpgsql volatile as $fn$
declare
  c record;
  p payments.payment;
  v text;
  takes bigint;
  rest bigint;
  over bigint;
begin
  if p_key is not null then
    select * into c from store.once(p_lane, p_merchant, p_key, p_digest, p_payment, p_now);
    if c.code <> 'fresh' then
      return query select coalesce(c.answer->>'code', c.code), c.answer->'payment';
      return;
    end if;
  end if;
  select * into p from payments.payment
   where lane = p_lane and id = p_payment for no key update;
  takes := coalesce(p_amount, payments.capturable(p));
  rest := greatest(payments.capturable(p) - takes, 0);
  over := nullif(greatest(takes - payments.capturable(p), 0), 0);
  v := case when p.status = any (p_sources)
            then ledger.capture(store.lane_of(p.account), p.account, payments.holds_of(p), p.merchant,
                                p_capture, takes, p_final, payments.approved(p), p_now)
            else 'payment_state' end;
  if v = 'ok' then
    if p_final or rest = 0 then perform payments.end_increments(p, 'cancelled', p_now); end if;
    update payments.payment
       set status = case when p_final or rest = 0 then 'captured' else status end,
           captured = captured + takes, version = version + 1,
           released = case when p_final and rest > 0 then coalesce(released, 0) + rest
                           else released end,
           overcaptured = case when over is null then overcaptured
                               else coalesce(overcaptured, 0) + over end,
           overcaptures = case when over is null then overcaptures
                               else overcaptures || p_capture end
     where lane = p_lane and id = p_payment
    returning * into p;
    perform payments.tell(p, p_event, 'payment.captured',
                          jsonb_strip_nulls(jsonb_build_object(
                            'capture', p_capture, 'captured', takes, 'over', over,
                            'final', p.status = 'captured')), p_now);
  end if;
  -- The platform's own capture that comes second, from another process, is nobody's act.
  if p_key is not null or v <> 'payment_state' then
    perform payments.note(p_lane, p_payment, p_entry, v, p_now);
  end if;
  if p_key is not null then
    perform payments.settle_claim(p_lane, p_merchant, p_key, v,
                                  jsonb_build_object('code', v, 'payment', to_jsonb(p)));
  end if;
  return query select v, to_jsonb(p);
end $fn$;

-- Gives back of what was captured, several times and never more, over all of the payment's holds.
create function payments.refund(p_lane smallint, p_payment text, p_merchant text,
                                p_key text, p_digest bytea, p_refund text,
                                p_amount bigint, p_sources text[], p_event text,
                                p_entry payments.entry, p_now bigint)
returns table (code text, answer jsonb) language plpgsql volatile as $fn$
declare
  c record;
  p payments.payment;
  v text;
  r jsonb;
  due bigint;
begin
  select * into c from store.once(p_lane, p_merchant, p_key, p_digest, p_payment, p_now);
  if c.code <> 'fresh' then
    return query select coalesce(c.answer->>'code', c.code), c.answer->'refund';
    return;
  end if;
  select * into p from payments.payment
   where lane = p_lane and id = p_payment for no key update;
  due := coalesce(p_amount, p.captured - p.refunded);
  v := case when p.status is null or p.status <> all (p_sources) then 'payment_state'
            when p.status = 'authorized' and p.captured = 0 then 'payment_state'
            when due <= 0 then 'amount_above_captured'
            else ledger.refund(store.lane_of(p.account), p.account, payments.holds_of(p), p.merchant,
                               p_refund, due, p_now) end;
  if v = 'ok' then
    insert into payments.refund (lane, payment, id, amount, created_ms)
    values (p_lane, p_payment, p_refund, due, p_now)
    returning to_jsonb(refund) || jsonb_build_object('currency', p.currency) into r;
    update payments.payment set refunded = refunded + due, version = version + 1
     where lane = p_lane and id = p_payment
    returning * into p;
    perform payments.tell(p, p_event, 'payment.refunded',
                          jsonb_build_object('refund', p_refund, 'refunded', due), p_now);
  end if;
  perform payments.note(p_lane, p_payment, p_entry, v, p_now);
  perform payments.settle_claim(p_lane, p_merchant, p_key, v,
                                jsonb_build_object('code', v, 'refund', r));
  return query select v, r;
end $fn$;

grant execute on all functions in schema payments to warifu_app;
