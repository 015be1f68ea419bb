-- A card is good until the last day of its month (UTC): the money statement knows that day itself,
-- and waits for no sweep to say no.
alter table ledger.card add column last_day int;   -- as `ledger.day_of`; null until it is made

-- Authorisation as before (0007), and a card past its last day is told so.
create or replace function ledger.authorize(asks ledger.ask[], p_now bigint, p_expires bigint,
                                            p_day int, p_month int)
returns table (ord int, code text) language plpgsql volatile
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $fn$
declare
  r record;
  verdict text;
  here text;                                   -- the account being walked
  free bigint;                                 -- what is left of it
  cards text[]; i int;                         -- its cards that were met
  so_far ledger.spent[]; v ledger.spent;
  o_at int[] := '{}'; o_code text[] := '{}';   -- places in `asks`, and what was decided
begin
  -- One global order of locks: (lane, account), whatever the batch.
  perform 1 from ledger.account a
   where (a.lane, a.id) in (select k.lane, k.account from ledger.card k
                              join unnest(asks) q on k.lane = q.lane and k.id = q.card)
   order by a.lane, a.id
     for no key update;

  -- A new snapshot, taken while the locks are held.
  for r in
    select q.at, q.amount, q.currency as asked_currency, q.merchant, q.category,
           k.id as card, k.account, k.active, k.per_transaction, k.per_day, k.per_month,
           k.count_day, k.count_month, k.locks, k.merchants_never, k.categories_only,
           k.categories_never, k.last_day,
           (k.id, case when k.day = p_day then k.day_spent else 0 end,
            case when k.month = p_month then k.month_spent else 0 end,
            case when k.day = p_day then k.day_count else 0 end,
            case when k.month = p_month then k.month_count else 0 end,
            k.uses_left, k.merchants_only)::ledger.spent as spent,
           a.status, a.currency,
           a.credits_posted + a.credit_limit - a.debits_posted - a.debits_pending as free
      from unnest(asks) with ordinality
             q(ord, lane, card, payment, amount, currency, merchant, category, at)
      left join ledger.card k on k.lane = q.lane and k.id = q.card
      left join ledger.account a on a.lane = k.lane and a.id = k.account
     order by k.lane, k.account, q.ord
  loop
    if r.account is distinct from here then
      here := r.account; free := r.free; cards := '{}'; so_far := '{}';
    end if;
    i := array_position(cards, r.card);
    if i is null then
      cards := cards || r.card; so_far := so_far || r.spent; i := cardinality(cards);
    end if;
    v := so_far[i];
    verdict := case
      when r.account is null                         then 'card_unknown'
      when v.uses = 0                                then 'card_used_up'
      when p_day > r.last_day                        then 'card_expired'
      when not r.active or r.status <> 'open'        then 'card_not_active'
      when r.asked_currency <> r.currency            then 'currency_mismatch'
      when r.amount > r.per_transaction              then 'limit_exceeded'
      when r.amount > r.per_day - v.day              then 'limit_exceeded'
      when r.amount > r.per_month - v.month          then 'limit_exceeded'
      when v.day_count >= r.count_day                then 'count_exceeded'
      when v.month_count >= r.count_month            then 'count_exceeded'
      else coalesce(
        ledger.whom(v.among, r.merchants_never, r.categories_only, r.categories_never,
                    r.merchant, r.category),
        case when r.amount > free then 'insufficient_funds' end, 'ok')
    end;
    if verdict = 'ok' then
      free := free - r.amount;
      v.day := v.day + r.amount; v.month := v.month + r.amount;
      v.day_count := v.day_count + 1; v.month_count := v.month_count + 1;
      v.uses := v.uses - 1;
      if r.locks and v.among is null then v.among := array[r.merchant]; end if;
      so_far[i] := v;
    end if;
    o_at := o_at || r.at::int; o_code := o_code || verdict;
  end loop;

  with yes as materialized (
    select k.lane, asks[d.at].payment, asks[d.at].amount, k.id as card, k.account,
           asks[d.at].currency,                -- the account's own: else it was refused above
           asks[d.at].merchant
      from unnest(o_at, o_code) d(at, code)
      join ledger.card k on k.lane = asks[d.at].lane and k.id = asks[d.at].card
     where d.code = 'ok'
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
  )
  update ledger.account a
     set debits_pending = a.debits_pending + g.total
    from (select lane, account, sum(amount)::bigint as total from yes group by lane, account) g
   where a.lane = g.lane and a.id = g.account;

  return query select asks[d.at].ord, d.code from unnest(o_at, o_code) d(at, code);
end $fn$;
