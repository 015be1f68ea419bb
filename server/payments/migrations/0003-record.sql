-- What a presentation came to, set-based: payments moved, answers kept, events, timeline. A payment
-- that is decided says so itself, and by what: that row of its timeline is told from it.
create function payments.record(asks payments.presented[], work payments.work[],
                                verdicts terminals.verdict[], yeses approvals.verdict[],
                                ends ledger.ended[], evidence text[], ways text[],
                                p_now bigint)
returns jsonb language plpgsql volatile
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $fn$
declare
  answers jsonb;
  all_decided boolean;
begin
  with every as materialized (
    select x.*, x.code is null as is_fresh, c.came_to,
           x.code is null and coalesce(payments.is_decision(c.came_to), false) as decided,
           case x.code
             when 'replay' then x.answer
             else jsonb_build_object(
               'code', c.came_to, 'payment', x.payment, 'approval', x.approval,
               'amount', x.amount, 'currency', x.currency, 'decided_ms', p_now)
           end as reply
      from unnest(asks, work, verdicts, yeses, ends) x
     cross join lateral (select coalesce(x.code, x.refusal, x.said, x.outcome) as came_to) c
  ), moved as (
    update payments.payment p
       set status = case x.outcome when 'ok' then 'authorized' else 'declined' end,
           declined_because = nullif(x.outcome, 'ok'), card = x.card, card_last4 = x.digits,
           account = x.account, version = x.version + 1, presented_ms = p_now,
           request = x.request, way = ways[x.ord]::jsonb
      from every x
     where p.lane = x.lane and p.id = x.payment and x.decided
  ), kept as materialized (
    select terminals.keep(array(
      select (x.terminal_lane, x.terminal, x.counter, decode(x.digest, 'hex'), evidence[x.ord],
              x.reply)::terminals.kept from every x where x.is_fresh), p_now)
  ), told as materialized (
    select events.append(array(
      select (x.lane, x.event, x.merchant,
              case x.outcome when 'ok' then 'payment.authorized' else 'payment.declined' end,
              x.payment, x.version + 1,
              jsonb_build_object('amount', x.amount, 'currency', x.currency,
                                 'declined_because', nullif(x.outcome, 'ok')))::events.item
        from every x where x.decided), p_now)
  )
  select jsonb_agg(x.reply order by x.ord), bool_and(x.decided) into answers, all_decided
    from kept, told, every x;
  if not all_decided then
    perform payments.record_others(asks, work, verdicts, yeses, ends, ways, p_now);
  end if;
  return answers;
end $fn$;

-- What decided nothing, in the timeline: private where a person was asked who did not begin, as it
-- would tell that somebody was there. Who owns a terminal that is suspended is told.
create function payments.record_others(asks payments.presented[], work payments.work[],
                                       verdicts terminals.verdict[], yeses approvals.verdict[],
                                       ends ledger.ended[], ways text[], p_now bigint)
returns void language plpgsql volatile
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $fn$
begin
  insert into payments.timeline (lane, payment, request, at_ms, name, outcome, hops, private)
  select x.lane, x.payment, x.request, p_now, 'presentCard', c.came_to, ways[x.ord]::jsonb,
         x.pushed
    from unnest(asks, work, verdicts, yeses, ends) x
   cross join lateral (select coalesce(x.code, x.refusal, x.said, x.outcome) as came_to) c
   where x.refusal is distinct from 'not_found' and c.came_to <> 'replay'
     and not (x.code is null and payments.is_decision(c.came_to));

  perform events.append(array(
    select (x.lane, x.event, x.cardholder, 'terminal.suspended', x.terminal, x.sequence,
            jsonb_build_object('reason', 'counter_forked'))::events.item
      from unnest(asks, verdicts) x where x.code = 'counter_forked'), p_now);
end $fn$;

grant execute on function payments.authorize, payments.judge, payments.record,
  payments.record_others to warifu_app;
