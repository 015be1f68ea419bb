-- The money statements as before (0007, 0008); the ledger is told at which merchant, of which kind.
alter table payments.payment add column category text;    -- the store's, when the payment was made

-- What a decision is: the payment ends by it. Everything else leaves it where it was.
create or replace function payments.is_decision(p_code text)
returns boolean language sql immutable as $fn$
  select p_code in ('ok', 'card_not_active', 'currency_mismatch', 'limit_exceeded',
                    'insufficient_funds', 'count_exceeded', 'card_used_up',
                    'merchant_not_allowed', 'category_not_allowed')
$fn$;

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

create or replace function payments.charge(p_batch jsonb, p_now bigint, p_expires bigint,
                                p_day int, p_month int)
returns table (ord int, code text, answer jsonb)
language plpgsql volatile
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $fn$
declare
  asks  payments.charging[];
  work  payments.charge[];
  codes text[];                                -- by ord: 'ok', the decline, or null: not opened
  said  record;
begin
  asks := array(select a from jsonb_populate_recordset(null::payments.charging, p_batch) a
                 order by a.ord);
  work := payments.gather(asks, p_now, p_day, p_month);
  codes := array(select case when w.refusal is null then w.decline end from unnest(work) w);

  for said in
    select l.ord, l.code from ledger.authorize(
      array(select (a.ord, store.lane_of(work[a.ord].card), work[a.ord].card, a.payment, a.amount,
                    a.currency, a.merchant, c.category)::ledger.ask
              from unnest(asks) a
              left join lateral merchants.category_of(work[a.ord].store) c on true
             where work[a.ord].refusal is null and work[a.ord].decline is null),
      p_now, p_expires, p_day, p_month) l
  loop
    codes[said.ord] := said.code;
  end loop;

  perform payments.enter(asks, work, codes, p_now);
  if exists (select from unnest(asks) a where a.initiator = 'merchant') then
    perform tokens.spend(array(
      select t from unnest(payments.token_asks(asks)) t where t.absent and codes[t.ord] = 'ok'),
      p_day, p_month);
  end if;
  if exists (select from unnest(work) w where w.claimed = 'fresh' and w.refusal is not null) then
    perform store.forget_all(array(
      select (a.lane, a.merchant, a.key, null, null)::store.keeping
        from unnest(asks) a
       where work[a.ord].claimed = 'fresh' and work[a.ord].refusal is not null));
  end if;

  return query
    select w.ord,
           case w.refusal when 'seen' then 'ok' else coalesce(w.refusal, 'ok') end,
           case when w.refusal is null or w.refusal = 'seen' then
             payments.first_answer(w.resource, coalesce(w.first, '{}')) end
      from unnest(work) w;
end $fn$;
