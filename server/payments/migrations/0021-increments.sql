-- Increments: more is to be held for a payment that is authorised. Its cardholder is asked for the
-- additional amount; only their yes makes a hold, under the same checks as a payment.

-- Enters the question under the merchant's key, one at a time. `ok`: the person is to be asked.
create function payments.ask_increment(p_lane smallint, p_payment text, p_merchant text, p_key text,
                                       p_digest bytea, p_increment text, p_amount bigint,
                                       p_deadline bigint, p_event text, p_entry payments.entry,
                                       p_now bigint)
returns table (code text, answer jsonb, payment jsonb) language plpgsql volatile as $fn$
declare
  c record;
  p payments.payment;
  i payments.increment;
begin
  select * into c from store.once(p_lane, p_merchant, p_key, p_digest, p_increment, p_now);
  if c.code <> 'fresh' then return query select c.code, c.answer, null::jsonb; return; end if;
  select * into p from payments.payment x
   where x.lane = p_lane and x.id = p_payment for no key update;
  if p.status <> 'authorized' or p.card not like 'crd_%'
     or exists (select from payments.increment x
                 where x.lane = p_lane and x.payment = p_payment and x.status = 'requires_action') then
    perform store.forget(p_lane, p_merchant, p_key);
    return query select 'payment_state'::text, null::jsonb, null::jsonb;
    return;
  end if;
  insert into payments.increment (lane, id, payment, amount, status, created_ms, deadline_ms)
  values (p_lane, p_increment, p_payment, p_amount, 'requires_action', p_now, p_deadline)
  returning * into i;
  update payments.payment x set version = x.version + 1
   where x.lane = p_lane and x.id = p_payment returning * into p;
  perform payments.note(p_lane, p_payment, p_entry, 'asked', p_now);
  perform payments.tell(p, p_event, 'payment.increment_asked',
                        jsonb_build_object('increment', p_increment, 'asked', p_amount), p_now);
  perform store.keep(p_lane, p_merchant, p_key, to_jsonb(i) || jsonb_build_object('currency', p.currency));
  return query select 'ok'::text, to_jsonb(i) || jsonb_build_object('currency', p.currency), to_jsonb(p);
end $fn$;

create function payments.increment_asked(p_lane smallint, p_increment text, p_approval text)
returns void language sql volatile as $fn$
  update payments.increment set approval = p_approval where lane = p_lane and id = p_increment
$fn$;

-- What came of the question. 'approve': decided as a payment is, under the account's lock.
create function payments.decide_increment(p_lane smallint, p_increment text, p_said text,
                                          p_expires bigint, p_day int, p_month int, p_event text,
                                          p_entry payments.entry, p_now bigint)
returns text language plpgsql volatile as $fn$
declare
  i payments.increment;
  p payments.payment;
  v text;
begin
  select * into i from payments.increment where lane = p_lane and id = p_increment;
  select * into p from payments.payment
   where lane = p_lane and id = i.payment for no key update;
  select * into i from payments.increment
   where lane = p_lane and id = p_increment for no key update;
  if i.status is null or i.status <> 'requires_action' then return 'payment_state'; end if;
  if p_said = 'expired' and i.deadline_ms > p_now then return 'payment_state'; end if;
  v := case
    when p_said = 'expired'        then 'payment_expired'
    when p_said <> 'approve'       then 'approval_denied'
    when i.deadline_ms <= p_now    then 'payment_expired'
    when p.status <> 'authorized'  then 'payment_state'
    else ((ledger.authorize(
            array[(1, store.lane_of(p.account), p.card, i.id, i.amount, p.currency, p.merchant,
                   p.category, null)::ledger.ask], p_now, p_expires, p_day, p_month))[1]).outcome
  end;
  update payments.increment
     set status = case v when 'ok' then 'authorized' when 'payment_expired' then 'expired'
                         else 'declined' end,
         declined_because = case when v not in ('ok', 'payment_expired') then v end
   where lane = p_lane and id = p_increment;
  if i.approval is not null and p_said = 'approve' and v <> 'ok' then
    perform approvals.in_vain(p_lane, i.approval, v);
  end if;
  if i.approval is not null and p_said = 'expired' then
    perform approvals.close(p_lane, i.approval, 'expired', null, p_now);
  end if;
  update payments.payment
     set version = version + 1,
         incremented = case v when 'ok' then coalesce(incremented, 0) + i.amount else incremented end
   where lane = p_lane and id = p.id returning * into p;
  perform payments.note(p_lane, p.id, p_entry, v, p_now);
  perform payments.tell(p, p_event, case v when 'ok' then 'payment.incremented'
                                           else 'payment.increment_ended' end,
                        jsonb_build_object('increment', i.id, 'asked', i.amount,
                                           'because', nullif(v, 'ok')), p_now);
  return v;
end $fn$;

-- Holds that time has ended, many in one statement: each hold by its own time. A payment of which
-- nothing is held any more has ended. Accounts are locked in one order; a payment that somebody
-- else is at has its turn later.
create type payments.lapsing as (payment text, event text, request text);

create function payments.lapsed(p_now bigint, p_limit int)
returns table (payment text) language sql stable set enable_seqscan = off as $fn$
  select distinct case when l.payment like 'inc_%'
    then (select i.payment from payments.increment i
           where i.lane = store.lane_of(l.payment) and i.id = l.payment)
    else l.payment end
    from ledger.lapsed(p_now, p_limit) l
$fn$;

create function payments.lapse(p_batch jsonb, p_hops jsonb, p_now bigint)
returns int language plpgsql volatile set enable_seqscan = off as $fn$
declare
  b record;
  p payments.payment;
  gone bigint;
  n int := 0;
begin
  for b in
    select e.*, x.account from jsonb_populate_recordset(null::payments.lapsing, p_batch) e
      join payments.payment x on x.lane = store.lane_of(e.payment) and x.id = e.payment
     order by store.lane_of(x.account), x.account, e.payment
  loop
    select * into p from payments.payment
     where lane = store.lane_of(b.payment) and id = b.payment and status = 'authorized'
       for no key update skip locked;
    continue when p.id is null;
    gone := ledger.lapse(store.lane_of(p.account), p.account, payments.holds_of(p), p_now);
    continue when gone = 0;
    p.released := coalesce(p.released, 0) + gone;
    if payments.capturable(p) = 0 then
      perform payments.end_increments(p, 'expired', p_now);
      p.status := payments.status_at_end(p, 'expired');
    end if;
    update payments.payment
       set status = p.status, released = p.released, version = version + 1
     where lane = p.lane and id = p.id returning * into p;
    perform payments.note(p.lane, p.id, (b.request, 'expire', p_hops)::payments.entry,
                          case p.status when 'expired' then 'expired' else 'released' end, p_now);
    perform payments.tell(p, b.event, case p.status when 'expired' then 'payment.expired'
                                                    else 'payment.released' end,
                          jsonb_build_object('released', gone, 'captured', p.captured), p_now);
    n := n + 1;
  end loop;
  return n;
end $fn$;

-- What time has to act on; holds have a statement of their own (`lapse`).
create function payments.due(p_now bigint, p_limit int)
returns table (act text, lane smallint, payment text, merchant text, presentment text, action text)
language plpgsql stable set enable_seqscan = off as $fn$
begin
  return query
    (select 'expire', p.lane, p.id, p.merchant, p.presentment, p.action from payments.payment p
      where p.status = 'requires_action' and p.action_deadline_ms <= p_now
      order by p.action_deadline_ms limit p_limit)
    union all
    (select 'increment', i.lane, i.id, null, null, null from payments.increment i
      where i.status = 'requires_action' and i.deadline_ms <= p_now
      order by i.deadline_ms limit p_limit)
    union all
    (select 'capture', p.lane, p.id, p.merchant, p.presentment, p.action from payments.payment p
      where p.status = 'authorized' and p.capture_method = 'automatic' limit p_limit)
    union all
    (select 'ask', a.lane, a.payment, null, null, null from payments.asking a limit p_limit);
end $fn$;

-- Settlement has these captures: where all of a payment is settled, it says so (`p_events`: an id for
-- each row). Answers with how many payments moved on.
create type payments.settled as (payment text, amount bigint, event text);
create function payments.settle(p_lane smallint, captures payments.settled[], p_now bigint)
returns void language plpgsql volatile set enable_seqscan = off as $fn$
declare
  c record;
  p payments.payment;
begin
  for c in
    select x.payment, sum(x.amount)::bigint as amount, min(x.event) as event
      from unnest(captures) x group by x.payment order by x.payment
  loop
    update payments.payment x
       set settled = coalesce(x.settled, 0) + c.amount,
           status = case when x.status = 'captured' and coalesce(x.settled, 0) + c.amount = x.captured
                         then 'settled' else x.status end,
           version = x.version + case when x.status = 'captured'
                                       and coalesce(x.settled, 0) + c.amount = x.captured
                                      then 1 else 0 end
     where x.lane = p_lane and x.id = c.payment returning * into p;
    if p.status = 'settled' then
      perform payments.tell(p, c.event, 'payment.settled', '{}', p_now);
    end if;
  end loop;
end $fn$;

-- Payments against the ledger: as much captured, refunded and held as its holds say.
create function payments.check_lane(p_lane smallint)
returns setof ledger.fault language sql stable as $fn$
  select p.lane, 'payment_is_its_holds', p.id || '/' || w.what, w.held, w.kept
    from payments.payment p
   cross join lateral ledger.held_for(store.lane_of(p.account), p.account, payments.holds_of(p)) h
   cross join lateral (values ('open', payments.capturable(p), h.held),
                              ('captured', p.captured, h.captured),
                              ('refunded', p.refunded, h.refunded)) w(what, kept, held)
   where p.lane = p_lane and p.account is not null and w.kept <> w.held
$fn$;

grant execute on all functions in schema payments to warifu_app;
