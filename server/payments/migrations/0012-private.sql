-- What a presentation came to, as before (0007); in addition, some of it no merchant reads.
create or replace function payments.record(asks payments.presented[], work payments.work[],
                                verdicts terminals.verdict[], codes text[], p_now bigint)
returns jsonb[] language plpgsql volatile
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $fn$
declare
  ends payments.outcome[];
begin
  ends := array(
    select (w.ord, codes[w.ord], v.code, v.code = 'fresh' and payments.is_decision(codes[w.ord]),
            case v.code
              when 'replay' then v.answer
              else jsonb_build_object(
                'code', codes[w.ord], 'payment', w.payment, 'approval', w.approval,
                'amount', w.amount, 'currency', w.currency, 'decided_ms', p_now)
            end)::payments.outcome
      from unnest(work) w cross join lateral (select (verdicts[w.ord]).*) v);

  update payments.payment p
     set status = case e.code when 'ok' then 'authorized' else 'declined' end,
         declined_because = nullif(e.code, 'ok'),
         card = asks[e.ord].card, card_last4 = work[e.ord].last4, account = work[e.ord].account,
         version = p.version + 1
    from unnest(ends) e
   where p.lane = asks[e.ord].lane and p.id = asks[e.ord].payment and e.decided;

  perform terminals.keep(
    array(select (a.terminal_lane, a.terminal, a.counter, decode(a.digest, 'hex'), a.evidence,
                  ends[a.ord].answer)::terminals.kept
            from unnest(asks) a where ends[a.ord].verdict = 'fresh'), p_now);

  perform events.append(
    array(
      select (w.lane, asks[w.ord].event, w.merchant,
              case codes[w.ord] when 'ok' then 'payment.authorized' else 'payment.declined' end,
              w.payment, w.version + 1,
              jsonb_build_object('amount', w.amount, 'currency', w.currency,
                                 'declined_because', nullif(codes[w.ord], 'ok')))::events.item
        from unnest(work) w
       where ends[w.ord].decided
      union all
      select (a.lane, a.event, verdicts[a.ord].cardholder, 'terminal.suspended', a.terminal,
              verdicts[a.ord].version,
              jsonb_build_object('reason', 'counter_forked'))::events.item
        from unnest(asks) a
       where verdicts[a.ord].code = 'counter_forked'),
    p_now);

  -- A refused payment stops at the refusing hop: the last one that was reached. What decides nothing
  -- is private where a person was asked who did not begin: it would tell that somebody was there.
  insert into payments.timeline (lane, payment, request, at_ms, name, outcome, hops, private)
  select a.lane, a.payment, a.request, p_now, 'presentCard', codes[a.ord],
         case codes[a.ord] when 'ok' then a.hops || a.last_hop
                           else jsonb_set(a.hops, '{-1,outcome}', '"refused"') end,
         not payments.is_decision(codes[a.ord])
           and p.presentment in ('code', 'phone', 'beacon', 'reader')
    from unnest(asks) a
    join payments.payment p on p.lane = a.lane and p.id = a.payment
   where verdicts[a.ord].code <> 'replay' and codes[a.ord] <> 'not_found';

  return array(select e.answer from unnest(ends) e);
end $fn$;
