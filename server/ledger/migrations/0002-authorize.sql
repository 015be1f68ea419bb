-- Authorisation, batched. Requests of one account are decided in arrival order under its row lock.
-- Plans are pinned: rows are found by key only, whatever the tables' sizes were when a plan was
-- cached, and a batch is never joined with itself.

-- `ord`: its place in the batch, counted from 1 without gaps. Without a card it is passed over.
-- `declined`: what was said against it before; it ends by that, and its account is told.
create type ledger.ask as (
  ord int, lane smallint, card text, payment text, amount bigint, currency text,
  merchant text, category text, declined text
);

-- How one ended: 'ok' or the decline; by which account, and its card's last digits for the receipt.
create type ledger.ended as (outcome text, account text, digits text);

-- What a card has spent in the windows that count now, and what else changes as it pays.
create type ledger.spent as (
  day bigint, month bigint, day_count int, month_count int, uses int, among text[]
);

-- What is known of one ask, under the locks. `shared`: its account has others in this batch.
create type ledger.fact as (
  ord int, lane smallint, account text, card text, last4 text, payment text, amount bigint,
  currency text, merchant text, code text, shared boolean
);

-- Why this card may not pay at this merchant; null where it may.
create function ledger.whom(p_only text[], p_never text[], p_cats text[], p_not_cats text[],
                            p_merchant text, p_category text)
returns text language sql immutable as $fn$
  select case
    when p_only is not null and coalesce(p_merchant <> all (p_only), true) then 'merchant_not_allowed'
    when p_merchant = any (p_never)                                        then 'merchant_not_allowed'
    when p_cats is not null and coalesce(p_category <> all (p_cats), true) then 'category_not_allowed'
    when p_category = any (p_not_cats)                                     then 'category_not_allowed'
  end
$fn$;

-- 'ok', or the first that speaks against it.
create function ledger.verdict(k ledger.card, a ledger.account, q ledger.ask, v ledger.spent,
                               p_free bigint, p_day int)
returns text language sql immutable as $fn$
  select case
    when a.id is null                              then 'card_unknown'
    when v.uses = 0                                then 'card_used_up'
    when p_day > k.last_day                        then 'card_expired'
    when not k.active or a.status <> 'open'        then 'card_not_active'
    when q.currency <> a.currency                  then 'currency_mismatch'
    when q.amount > k.per_transaction              then 'limit_exceeded'
    when q.amount > k.per_day - v.day              then 'limit_exceeded'
    when q.amount > k.per_month - v.month          then 'limit_exceeded'
    when v.day_count >= k.count_day                then 'count_exceeded'
    when v.month_count >= k.count_month            then 'count_exceeded'
    else coalesce(
      ledger.whom(v.among, k.merchants_never, k.categories_only, k.categories_never,
                  q.merchant, q.category),
      case when q.amount > p_free then 'insufficient_funds' end, 'ok')
  end
$fn$;

create function ledger.spent_of(k ledger.card, p_day int, p_month int)
returns ledger.spent language sql immutable as $fn$
  select (case when k.day = p_day then k.day_spent else 0 end,
          case when k.month = p_month then k.month_spent else 0 end,
          case when k.day = p_day then k.day_count else 0 end,
          case when k.month = p_month then k.month_count else 0 end,
          k.uses_left, k.merchants_only)::ledger.spent
$fn$;

create function ledger.free_of(a ledger.account)
returns bigint language sql immutable as $fn$
  select a.credits_posted + a.credit_limit - a.debits_posted - a.debits_pending
$fn$;

-- Asks of accounts that have several in this batch: one after the other, each sees what the ones
-- before it took.
create function ledger.decide_shared(facts ledger.fact[], asks ledger.ask[], p_day int, p_month int)
returns ledger.fact[] language plpgsql stable
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $fn$
declare
  r record;
  here text;                                   -- the account being walked
  free bigint;                                 -- what is left of it
  cards text[]; i int;                         -- its cards that were met
  so_far ledger.spent[]; v ledger.spent;
  f ledger.fact;
begin
  for r in
    select x.ord as at, asks[x.ord] as ask, k as card, a as account
      from unnest(facts) x
      join ledger.card k on k.lane = x.lane and k.id = x.card
      join ledger.account a on a.lane = k.lane and a.id = k.account
     where x.shared
     order by k.lane, k.account, x.ord
  loop
    if (r.account).id is distinct from here then
      here := (r.account).id; free := ledger.free_of(r.account); cards := '{}'; so_far := '{}';
    end if;
    i := array_position(cards, (r.card).id);
    if i is null then
      cards := cards || (r.card).id; so_far := so_far || ledger.spent_of(r.card, p_day, p_month);
      i := cardinality(cards);
    end if;
    v := so_far[i];
    f := facts[r.at];
    f.code := coalesce((r.ask).declined,
                       ledger.verdict(r.card, r.account, r.ask, v, free, p_day));
    facts[r.at] := f;
    if f.code = 'ok' then
      free := free - f.amount;
      v.day := v.day + f.amount; v.month := v.month + f.amount;
      v.day_count := v.day_count + 1; v.month_count := v.month_count + 1;
      v.uses := v.uses - 1;
      if (r.card).locks and v.among is null then v.among := array[f.merchant]; end if;
      so_far[i] := v;
    end if;
  end loop;
  return facts;
end $fn$;

-- Writes what was decided: holds and their legs, what cards have spent, what accounts have pending.
-- Answers with how each fact ended, in their order.
create function ledger.enter(facts ledger.fact[], p_now bigint, p_expires bigint,
                             p_day int, p_month int)
returns ledger.ended[] language plpgsql volatile
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $fn$
declare
  ends ledger.ended[];
begin
  with every as materialized (
    select f.* from unnest(facts) f
  ), yes as (
    select * from every where code = 'ok'
  ), held as (
    insert into ledger.hold (lane, account, payment, card, amount, held, created_ms, expires_ms)
    select lane, account, payment, card, amount, amount, p_now, p_expires from yes
  ), entered as (
    insert into ledger.leg
      (lane, owner, payment, entry, reference, seq, account, layer, currency, amount, created_ms)
    select y.lane, y.account, y.payment, 'hold', y.payment, s.seq,
           case s.seq when 0 then y.account else 'clearing' end, 0, y.currency,
           case s.seq when 0 then y.amount else -y.amount end, p_now
      from yes y cross join (values (0::smallint), (1::smallint)) s(seq)
  ), spent as (
    update ledger.card k
       set day_spent   = case when k.day = p_day then k.day_spent else 0 end + g.total,
           month_spent = case when k.month = p_month then k.month_spent else 0 end + g.total,
           day_count   = case when k.day = p_day then k.day_count else 0 end + g.times,
           month_count = case when k.month = p_month then k.month_count else 0 end + g.times,
           uses_left   = k.uses_left - g.times,
           merchants_only = case when k.locks then coalesce(k.merchants_only, array[g.merchant])
                                 else k.merchants_only end,
           day = p_day, month = p_month
      from (select lane, card, sum(amount)::bigint as total, count(*)::int as times,
                   min(merchant) as merchant from yes group by lane, card) g
     where k.lane = g.lane and k.id = g.card
  ), pending as (
    update ledger.account a
       set debits_pending = a.debits_pending + g.total
      from (select lane, account, sum(amount)::bigint as total from yes group by lane, account) g
     where a.lane = g.lane and a.id = g.account
  )
  select coalesce(array_agg(case when ord is not null then (code, account, last4)::ledger.ended end),
                  '{}')
    into ends from every;
  return ends;
end $fn$;

-- Each fact at its ask's place, where some have no card, or one that nobody knows.
create function ledger.at_their_places(known ledger.fact[], asks ledger.ask[])
returns ledger.fact[] language plpgsql immutable as $fn$
declare
  facts ledger.fact[] := array_fill(null::ledger.fact, array[cardinality(asks)]);
  f ledger.fact;
  q ledger.ask;
begin
  foreach f in array known loop facts[f.ord] := f; end loop;
  foreach q in array asks loop
    continue when (facts[q.ord]).ord is not null or (q.card is null and q.declined is null);
    f := null;
    f.ord := q.ord; f.code := coalesce(q.declined, 'card_unknown');
    facts[q.ord] := f;
  end loop;
  return facts;
end $fn$;

-- Decides a batch; answers with an end at each ask's place, null where it was passed over.
create function ledger.authorize(asks ledger.ask[], p_now bigint, p_expires bigint,
                                 p_day int, p_month int)
returns ledger.ended[] language plpgsql volatile
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $fn$
declare
  facts  ledger.fact[];
  shared boolean;
begin
  -- One global order of locks, (lane, account), whatever the batch. What another transaction has
  -- changed since this statement began is read anew as its lock is taken: account and card are as
  -- they stand under the lock (READ COMMITTED, "The Locking Clause").
  select coalesce(array_agg(f.fact order by (f.fact).ord), '{}'), bool_or((f.fact).shared)
    into facts, shared
    from (select ((l.ask).ord, (l.card).lane, (l.card).account, (l.card).id, (l.card).last4,
                  (l.ask).payment, (l.ask).amount, (l.ask).currency, (l.ask).merchant,
                  coalesce((l.ask).declined,
                           ledger.verdict(l.card, l.account, l.ask,
                                          ledger.spent_of(l.card, p_day, p_month),
                                          ledger.free_of(l.account), p_day)),
                  count(*) over (partition by (l.card).lane, (l.card).account) > 1
                 )::ledger.fact as fact
            from (select q as ask, k as card, a as account
                    from unnest(asks) q
                    join ledger.card k on k.lane = q.lane and k.id = q.card
                    join ledger.account a on a.lane = k.lane and a.id = k.account
                   order by k.lane, k.account, q.ord
                     for no key update of a, k) l) f;
  if cardinality(facts) < cardinality(asks) then
    facts := ledger.at_their_places(facts, asks);
  end if;
  if shared then facts := ledger.decide_shared(facts, asks, p_day, p_month); end if;
  return ledger.enter(facts, p_now, p_expires, p_day, p_month);
end $fn$;

-- Which account a card spends, and its last four digits for the receipt.
create function ledger.card_of(p_lane smallint, p_card text)
returns table (account text, last4 text) language sql stable as $fn$
  select k.account, k.last4 from ledger.card k where k.lane = p_lane and k.id = p_card
$fn$;

grant execute on function ledger.authorize, ledger.at_their_places, ledger.enter,
  ledger.decide_shared, ledger.verdict,
  ledger.spent_of, ledger.free_of, ledger.whom, ledger.card_of to warifu_app;
