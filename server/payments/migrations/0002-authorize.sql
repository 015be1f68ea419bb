-- The money statement. One round trip decides a batch of presented cards: the terminal's counter,
-- the approval, limits and funds, the hold and its legs, the answer, the event and the timeline move
-- together or not at all. The vault was asked before and knows nothing of money. What belongs to one
-- request stands at its `ord` in every array, so that arrays are read side by side, and a batch is
-- never joined with itself. Each room locks, judges and moves its rows in one statement.

-- One presented card, as the server brings it, by the order of these fields. `ord` counts from 1
-- without gaps. `given`: the yes was taken by an answer of its own. Digests are hexadecimal, and
-- where one of several words may stand, they stand with a bar between.
create type payments.presented as (
  ord int, payment text, lane smallint, request text, event text,
  terminal text, terminal_lane smallint, counter bigint, digest text,
  content_digest text, factors text, match_number text, given boolean,
  presentments text, actions text, card text, card_lane smallint
);

-- With what the payment's row says of it, read under its lock.
create type payments.work as (
  merchant text, amount bigint, currency text, category text, approval text, refusal text,
  version int, pushed boolean
);

-- Locks each payment and judges what only its row can tell: a card must come in the way and at the
-- step that its payment waits for. A batch names no payment and no terminal twice. What another
-- transaction has changed since this statement began is read anew as its lock is taken (READ
-- COMMITTED).
create function payments.judge(asks payments.presented[], p_now bigint, p_sources text[])
returns payments.work[] language plpgsql volatile
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $fn$
declare
  work payments.work[];
  ords int[];
  twice boolean;
begin
  select coalesce(array_agg(
           (p.merchant, p.amount, p.currency, p.category, p.approval,
            case
              when p.terminal is distinct from p.presenter then 'already_claimed'
              when p.account <> k.account                  then 'card_already_chosen'
              when p.status = 'expired'                    then 'payment_expired'
              when p.status <> all (p_sources)             then 'payment_state'
              when p.presentment <> all (p.presentments)   then 'payment_state'
              when p.action_deadline_ms <= p_now           then 'payment_expired'
              when p.action <> all (p.actions)             then 'payment_state'
              when k.account is null                       then 'card_unknown'
            end, p.version,
            p.presentment in ('code', 'phone', 'beacon', 'reader'))::payments.work
           order by p.ord), '{}'),
         array_agg(p.ord order by p.ord),
         count(distinct p.id) < count(*) or count(distinct p.presenter) < count(*)
    into work, ords, twice
    from (select a.ord, p.id, a.terminal as presenter, a.card_lane, a.card as shown,
                 string_to_array(a.presentments, '|') as presentments,
                 string_to_array(a.actions, '|') as actions, p.merchant, p.amount, p.currency,
                 p.category, p.approval, p.terminal, p.account, p.status, p.presentment,
                 p.action, p.action_deadline_ms, p.version
            from unnest(asks) a
            join payments.payment p on p.lane = a.lane and p.id = a.payment
           order by p.lane, p.id
             for no key update of p) p
    left join lateral ledger.card_of(p.card_lane, p.shown) k on true;
  if twice then
    raise exception 'payments.authorize: one ask per payment and per terminal in a batch';
  end if;
  if cardinality(work) = cardinality(asks) then return work; end if;

  -- Where some are of no payment, each at its place.
  return array(
    select coalesce(work[array_position(ords, a.ord)],
                    row(null, null, null, null, null, 'not_found', null, false)::payments.work)
      from unnest(asks) a order by a.ord);
end $fn$;

-- Answers with the answers, in the order of the batch. A line for each: `p_evidence` the signed request,
-- `p_ways` how its hops are told.
create function payments.authorize(asks payments.presented[], p_evidence text, p_ways text,
                                   p_now bigint, p_expires bigint, p_day int, p_month int,
                                   p_sources text[])
returns jsonb language plpgsql volatile set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $fn$
declare
  work     payments.work[];
  verdicts terminals.verdict[];
  yeses    approvals.verdict[];
  ends     ledger.ended[];
begin
  work := payments.judge(asks, p_now, p_sources);

  -- 1. The counter. Every request that is new takes it, also one that is refused below.
  verdicts := terminals.advance(array(
    select (a.ord, a.terminal_lane, a.terminal, a.counter,
            decode(a.digest, 'hex'))::terminals.ask from unnest(asks) a));

  -- 2. The approval: this content, this terminal, in time, with the factors asked for.
  yeses := approvals.decide(array(
    select (x.ord, x.lane, x.approval, x.terminal, decode(x.content_digest, 'hex'),
            string_to_array(x.factors, '|'), x.match_number, x.given)::approvals.ask
      from unnest(asks, work, verdicts) x where x.code is null and x.refusal is null), p_now);

  -- 3. Status, limits, funds, hold and legs. 'ok' or the reason of a decline.
  ends := ledger.authorize(
    array(select (x.ord, x.card_lane,
                  case when coalesce(x.code, x.refusal, x.said) is null then x.card end, x.payment,
                  x.amount, x.currency, x.merchant, x.category, null)::ledger.ask
            from unnest(asks, work, verdicts, yeses) x),
    p_now, p_expires, p_day, p_month);

  return payments.record(asks, work, verdicts, yeses, ends, string_to_array(p_evidence, e'\n'),
                         string_to_array(p_ways, e'\n'), p_now);
end $fn$;
