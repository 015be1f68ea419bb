-- What the money statement leaves behind, set-based: payments moved, answers kept, events, timeline.

-- A code that the ledger gave: the person's yes was taken, and the payment ends here.
create function payments.is_decision(p_code text)
returns boolean language sql immutable as $fn$
  select p_code in ('ok', 'card_not_active', 'currency_mismatch', 'limit_exceeded',
                    'insufficient_funds')
$fn$;

create type payments.outcome as (
  ord int, code text, decided boolean, verdict text, answer jsonb,
  cardholder text, terminal_version int
);

create function payments.outcomes(work payments.work[], counted jsonb[], codes text[], p_now bigint)
returns payments.outcome[] language sql stable as $fn$
  select array(
    select (w.ord, c.code, v.verdict->>'code' = 'fresh' and payments.is_decision(c.code),
            v.verdict->>'code',
            case v.verdict->>'code'
              when 'replay' then v.verdict->'answer'
              else jsonb_build_object(
                'code', c.code, 'payment', w.payment, 'approval', w.approval, 'amount', w.amount,
                'currency', w.currency, 'decided_ms', p_now)
            end,
            v.verdict->>'cardholder', (v.verdict->>'version')::int)::payments.outcome
      from unnest(work) w
      join unnest(counted) with ordinality v(verdict, ord) on v.ord = w.ord
      join unnest(codes) with ordinality c(code, ord) on c.ord = w.ord
     order by w.ord)
$fn$;

create function payments.record(asks payments.presented[], work payments.work[],
                                counted jsonb[], codes text[], p_now bigint)
returns jsonb[] language plpgsql volatile as $fn$
declare
  ends payments.outcome[] := payments.outcomes(work, counted, codes, p_now);
begin
  update payments.payment p
     set status = case e.code when 'ok' then 'authorized' else 'declined' end,
         declined_because = nullif(e.code, 'ok'),
         card = a.card, card_last4 = w.last4, account = w.account, version = p.version + 1
    from unnest(asks) a join unnest(work) w on w.ord = a.ord join unnest(ends) e on e.ord = a.ord
   where p.lane = a.lane and p.id = a.payment and e.decided;

  perform terminals.answer(
    array(select (a.terminal_lane, a.terminal, a.counter, e.answer)::terminals.reply
            from unnest(asks) a join unnest(ends) e on e.ord = a.ord where e.verdict = 'fresh'));

  perform events.append(
    array(
      select (a.lane, a.event, w.merchant,
              case e.code when 'ok' then 'payment.authorized' else 'payment.declined' end,
              a.payment, w.version + 1,
              jsonb_build_object('amount', w.amount, 'currency', w.currency,
                                 'declined_because', nullif(e.code, 'ok')))::events.item
        from unnest(asks) a join unnest(work) w on w.ord = a.ord join unnest(ends) e on e.ord = a.ord
       where e.decided
      union all
      select (a.lane, a.event, e.cardholder, 'terminal.suspended', a.terminal, e.terminal_version,
              jsonb_build_object('reason', 'counter_forked'))::events.item
        from unnest(asks) a join unnest(ends) e on e.ord = a.ord
       where e.verdict = 'counter_forked'),
    p_now);

  -- A refused payment stops at the refusing hop: the last one that was reached.
  insert into payments.timeline (lane, payment, request, at_ms, name, outcome, hops)
  select a.lane, a.payment, a.request, p_now, 'presentCard', e.code,
         case e.code when 'ok' then a.hops || a.last_hop
                     else jsonb_set(a.hops, '{-1,outcome}', '"refused"') end
    from unnest(asks) a join unnest(ends) e on e.ord = a.ord
   where e.verdict <> 'replay' and e.code <> 'not_found';

  return array(select e.answer from unnest(ends) e order by e.ord);
end $fn$;

grant execute on function payments.authorize, payments.judge, payments.record, payments.outcomes,
  payments.is_decision to warifu_app;
