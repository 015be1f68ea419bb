-- The money statement as before (0002, 0003), written for speed. Its plans are pinned: rows are found
-- by key only, whatever the tables' sizes were when a plan was cached. What belongs to one request
-- stands at its `ord` in every array, so a batch is never joined with itself.
alter function payments.judge(payments.presented[], bigint, text[])
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off;

create or replace function payments.authorize(p_batch jsonb, p_now bigint, p_expires bigint,
                                              p_day int, p_month int, p_sources text[])
returns table (ord int, replayed boolean, answer jsonb)
language plpgsql volatile as $fn$
declare
  asks     payments.presented[];
  work     payments.work[];
  verdicts terminals.verdict[];
  codes    text[];                             -- null while nothing speaks against it
  answers  jsonb[];
  said     record;
begin
  asks := array(select a from jsonb_populate_recordset(null::payments.presented, p_batch) a
                 order by a.ord);
  if (select count(distinct a.payment) <> count(*) or count(distinct a.terminal) <> count(*)
        from unnest(asks) a) then
    raise exception 'payments.authorize: one ask per payment and per terminal in a batch';
  end if;
  work := payments.judge(asks, p_now, p_sources);

  -- 1. The counter. Every request that is new takes it, also one that is refused below.
  verdicts := array(
    select v from terminals.advance(
        array(select (a.ord, a.terminal_lane, a.terminal, a.counter,
                      decode(a.digest, 'hex'))::terminals.ask from unnest(asks) a)) v
     order by v.ord);
  codes := array(
    select case v.code when 'fresh' then work[v.ord].refusal else v.code end
      from unnest(verdicts) v);

  -- 2. The approval: this content, this terminal, in time, with the factors asked for.
  for said in
    select d.ord, d.code from approvals.decide(
      array(select (a.ord, a.lane, work[a.ord].approval, a.terminal,
                    decode(a.content_digest, 'hex'), a.factors)::approvals.ask
              from unnest(asks) a where codes[a.ord] is null), p_now) d
     where d.code <> 'ok'
  loop
    codes[said.ord] := said.code;
  end loop;

  -- 3. The claim names the account, so that the same key can never spend another one.
  perform store.choose(
    array(select (w.lane, w.merchant, w.payment, w.account)::store.choice
            from unnest(work) w where codes[w.ord] is null));

  -- 4. Status, limits, funds, hold and legs. 'ok' or the reason of a decline.
  for said in
    select d.ord, d.code from ledger.authorize(
      array(select (a.ord, a.card_lane, a.card, a.payment, work[a.ord].amount,
                    work[a.ord].currency)::ledger.ask
              from unnest(asks) a where codes[a.ord] is null),
      p_now, p_expires, p_day, p_month) d
  loop
    codes[said.ord] := said.code;
  end loop;

  answers := payments.record(asks, work, verdicts, codes, p_now);
  return query
    select v.ord, v.code = 'replay', answers[v.ord] from unnest(verdicts) v;
end $fn$;

drop function payments.record(payments.presented[], payments.work[], jsonb[], text[], bigint);
drop function payments.outcomes(payments.work[], jsonb[], text[], bigint);
drop type payments.outcome;
create type payments.outcome as (ord int, code text, verdict text, decided boolean, answer jsonb);

create function payments.record(asks payments.presented[], work payments.work[],
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

  -- A refused payment stops at the refusing hop: the last one that was reached.
  insert into payments.timeline (lane, payment, request, at_ms, name, outcome, hops)
  select a.lane, a.payment, a.request, p_now, 'presentCard', codes[a.ord],
         case codes[a.ord] when 'ok' then a.hops || a.last_hop
                           else jsonb_set(a.hops, '{-1,outcome}', '"refused"') end
    from unnest(asks) a
   where verdicts[a.ord].code <> 'replay' and codes[a.ord] <> 'not_found';

  return array(select e.answer from unnest(ends) e);
end $fn$;

grant execute on function payments.record to warifu_app;
