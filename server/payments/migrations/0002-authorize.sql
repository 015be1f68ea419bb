-- The money statement. One round trip decides a batch of presented cards: the terminal's counter,
-- the approval, the claim, limits and funds, the hold and its legs, the answer, the event and the
-- timeline move together or not at all. The vault was asked before and knows nothing of money.

-- One presented card, as the server brings it. `ord` counts from 1 without gaps.
create type payments.presented as (
  ord int, payment text, lane smallint, request text, event text,
  terminal text, terminal_lane smallint, counter bigint, digest text, evidence jsonb,
  content_digest text, factors text[], card text, card_lane smallint,
  hops jsonb, last_hop jsonb
);

-- With what the payment's row says of it, read under its lock.
create type payments.work as (
  ord int, lane smallint, payment text, merchant text, amount bigint, currency text,
  approval text, refusal text, account text, last4 text, version int
);

-- Reads each payment and judges what only its row can tell. No payment of a batch is named twice.
create function payments.judge(asks payments.presented[], p_now bigint, p_sources text[])
returns payments.work[] language plpgsql volatile as $fn$
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
              when p.deadline_ms <= p_now                 then 'payment_expired'
              when k.account is null                      then 'card_unknown'
            end, k.account, k.last4, p.version)::payments.work
      from unnest(asks) a
      left join payments.payment p on p.lane = a.lane and p.id = a.payment
      left join lateral ledger.card_of(a.card_lane, a.card) k on true
      left join lateral (select store.chosen(p.lane, p.merchant, p.id) as chosen) c on true
     order by a.ord);
end $fn$;

create function payments.authorize(p_batch jsonb, p_now bigint, p_expires bigint,
                                   p_day int, p_month int, p_sources text[])
returns table (ord int, replayed boolean, answer jsonb)
language plpgsql volatile as $fn$
declare
  asks    payments.presented[];
  work    payments.work[];
  counted jsonb[];                             -- what terminals.advance said, by ord
  codes   text[];                              -- null while nothing speaks against it, by ord
  answers jsonb[];
begin
  asks := array(select a from jsonb_populate_recordset(null::payments.presented, p_batch) a
                 order by a.ord);
  if (select count(distinct a.payment) <> count(*) or count(distinct a.terminal) <> count(*)
        from unnest(asks) a) then
    raise exception 'payments.authorize: one ask per payment and per terminal in a batch';
  end if;
  work := payments.judge(asks, p_now, p_sources);

  -- 1. The counter. Every request that is new takes it, also one that is refused below.
  counted := array(
    select to_jsonb(v) from terminals.advance(
        array(select (a.ord, a.terminal_lane, a.terminal, a.counter, decode(a.digest, 'hex'),
                      a.evidence)::terminals.ask from unnest(asks) a order by a.ord), p_now) v
     order by v.ord);
  codes := array(
    select case v.verdict->>'code' when 'fresh' then w.refusal else v.verdict->>'code' end
      from unnest(counted) with ordinality v(verdict, ord) join unnest(work) w on w.ord = v.ord
     order by w.ord);

  -- 2. The approval: this content, this terminal, in time, with the factors asked for.
  codes := array(
    select coalesce(c.code, nullif(d.code, 'ok'))
      from unnest(codes) with ordinality c(code, ord)
      left join approvals.decide(
          array(select (a.ord, w.lane, w.approval, a.terminal, decode(a.content_digest, 'hex'),
                        a.factors)::approvals.ask
                  from unnest(asks) a
                  join unnest(work) w on w.ord = a.ord
                  join unnest(codes) with ordinality c(code, ord) on c.ord = a.ord
                 where c.code is null order by a.ord), p_now) d on d.ord = c.ord
     order by c.ord);

  -- 3. The claim names the account, so that the same key can never spend another one.
  perform store.choose(
    array(select (w.lane, w.merchant, w.payment, w.account)::store.choice
            from unnest(work) w join unnest(codes) with ordinality c(code, ord) on c.ord = w.ord
           where c.code is null));

  -- 4. Status, limits, funds, hold and legs. 'ok' or the reason of a decline.
  codes := array(
    select coalesce(c.code, d.code)
      from unnest(codes) with ordinality c(code, ord)
      left join ledger.authorize(
          array(select (a.ord, a.card_lane, a.card, w.payment, w.amount, w.currency)::ledger.ask
                  from unnest(asks) a
                  join unnest(work) w on w.ord = a.ord
                  join unnest(codes) with ordinality c(code, ord) on c.ord = a.ord
                 where c.code is null order by a.ord),
          p_now, p_expires, p_day, p_month) d on d.ord = c.ord
     order by c.ord);

  answers := payments.record(asks, work, counted, codes, p_now);
  return query
    select a.ord, v.verdict->>'code' = 'replay', r.answer
      from unnest(asks) a
      join unnest(counted) with ordinality v(verdict, ord) on v.ord = a.ord
      join unnest(answers) with ordinality r(answer, ord) on r.ord = a.ord;
end $fn$;
