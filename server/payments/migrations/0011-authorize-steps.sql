-- The money statement as before (0010-controls); in addition, a presented card must come in the way and at
-- the step that its payment waits for, with the number that the till shows, and a yes may have been
-- given before, by an answer of its own.
alter type payments.presented
  add attribute presentments text[], add attribute actions text[],
  add attribute match_number text, add attribute given boolean;

create or replace function payments.judge(asks payments.presented[], p_now bigint,
                                          p_sources text[])
returns payments.work[] language plpgsql volatile
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $fn$
begin
  perform 1 from payments.payment p
    join unnest(asks) a on p.lane = a.lane and p.id = a.payment
   order by p.lane, p.id
     for no key update of p;

  return array(
    select (a.ord, a.lane, a.payment, p.merchant, p.amount, p.currency, p.approval,
            case
              when p.id is null                           then 'not_found'
              when p.terminal is distinct from a.terminal then 'already_claimed'
              when c.chosen <> k.account                  then 'card_already_chosen'
              when p.status = 'expired'                   then 'payment_expired'
              when p.status <> all (p_sources)            then 'payment_state'
              when p.presentment <> all (a.presentments)  then 'payment_state'
              when p.action_deadline_ms <= p_now          then 'payment_expired'
              when p.action <> all (a.actions)            then 'payment_state'
              when k.account is null                      then 'card_unknown'
            end, k.account, k.last4, p.version)::payments.work
      from unnest(asks) a
      left join payments.payment p on p.lane = a.lane and p.id = a.payment
      left join lateral ledger.card_of(a.card_lane, a.card) k on true
      left join lateral (select store.chosen(p.lane, p.merchant, p.id) as chosen) c on true
     order by a.ord);
end $fn$;

create or replace function payments.authorize(p_batch jsonb, p_now bigint, p_expires bigint,
                                              p_day int, p_month int, p_sources text[])
returns table (ord int, replayed boolean, answer jsonb)
language plpgsql volatile
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $fn$
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
                    decode(a.content_digest, 'hex'), a.factors, a.match_number,
                    a.given)::approvals.ask
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
                    work[a.ord].currency, work[a.ord].merchant, p.category)::ledger.ask
              from unnest(asks) a
              join payments.payment p on p.lane = a.lane and p.id = a.payment
             where codes[a.ord] is null),
      p_now, p_expires, p_day, p_month) d
  loop
    codes[said.ord] := said.code;
  end loop;

  answers := payments.record(asks, work, verdicts, codes, p_now);
  return query
    select v.ord, v.code = 'replay', answers[v.ord] from unnest(verdicts) v;
end $fn$;
