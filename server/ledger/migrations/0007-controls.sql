-- Controls of a card beside its amounts: how often, with which kinds of merchant (ISO 18245), with
-- which merchants, for how many payments at all. They are facts of the hot path, beside what was
-- spent. And money that is put on an account: what a debit card spends.

alter table ledger.card
  add column count_day          int      not null default 2147483647,  -- payments in a day
  add column count_month        int      not null default 2147483647,
  add column day_count          int      not null default 0,
  add column month_count        int      not null default 0,
  add column uses_left          int,                                   -- null: without end
  add column locks              boolean  not null default false,       -- to its first merchant
  add column merchants_only     text[],
  add column merchants_never    text[],
  add column categories_only    text[],
  add column categories_never   text[],
  add constraint counts check
    (count_day >= 0 and count_month >= 0 and day_count >= 0 and month_count >= 0),
  add constraint used_no_more check (uses_left >= 0);

-- Used up, to be closed by whoever keeps the cards.
create index card_used_up on ledger.card (id) where uses_left = 0 and active;

alter table ledger.leg drop constraint leg_entry_check;
alter table ledger.leg add constraint leg_entry_check
  check (entry in ('hold', 'release', 'capture', 'refund', 'fund'));

alter type ledger.ask add attribute merchant text, add attribute category text;

create type ledger.spent as (
  card text, day bigint, month bigint, day_count int, month_count int, uses int, among text[]
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

-- Authorisation as before (0004), with controls. What a card has spent so far in this batch stands in
-- `so_far`, by the order in which its account's cards were met.
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
           k.categories_never,
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

-- The windows that an instant lies in (UTC), as the application counts them.
create function ledger.day_of(p_ms bigint) returns int language sql immutable as $fn$
  select (p_ms / 86400000)::int
$fn$;
create function ledger.month_of(p_ms bigint) returns int language sql immutable as $fn$
  select extract(year from t)::int * 12 + extract(month from t)::int - 1
    from (select to_timestamp(p_ms / 1000.0) at time zone 'UTC' as t) x
$fn$;

-- What was held and is not taken counts no longer in the window that it was held in.
create function ledger.unspend(h ledger.hold, p_amount bigint)
returns void language sql volatile set enable_seqscan = off as $fn$
  update ledger.card k
     set day_spent   = case when k.day = ledger.day_of(h.created_ms)
                            then greatest(k.day_spent - p_amount, 0) else k.day_spent end,
         day_count   = case when k.day = ledger.day_of(h.created_ms) and p_amount = h.amount
                            then greatest(k.day_count - 1, 0) else k.day_count end,
         month_spent = case when k.month = ledger.month_of(h.created_ms)
                            then greatest(k.month_spent - p_amount, 0) else k.month_spent end,
         month_count = case when k.month = ledger.month_of(h.created_ms) and p_amount = h.amount
                            then greatest(k.month_count - 1, 0) else k.month_count end
   where k.lane = h.lane and k.id = h.card
$fn$;

-- As before (0003), and the limits hear of it.
create or replace function ledger.capture(p_lane smallint, p_account text, p_payment text,
                                          p_reference text, p_amount bigint, p_now bigint)
returns text language plpgsql volatile as $fn$
declare
  h ledger.hold;
  money text;
begin
  select currency into money from ledger.account
   where lane = p_lane and id = p_account for no key update;
  select * into h from ledger.hold
   where lane = p_lane and account = p_account and payment = p_payment for no key update;
  if h.payment is null or h.held = 0 then return 'payment_state'; end if;
  if p_amount > h.held then return 'amount_above_authorized'; end if;

  insert into ledger.leg
    (lane, owner, payment, entry, reference, seq, account, layer, currency, amount, created_ms)
  values
    (p_lane, p_account, p_payment, 'capture', p_reference, 0, p_account,  0, money, -h.held,   p_now),
    (p_lane, p_account, p_payment, 'capture', p_reference, 1, 'clearing', 0, money,  h.held,   p_now),
    (p_lane, p_account, p_payment, 'capture', p_reference, 2, p_account,  1, money,  p_amount, p_now),
    (p_lane, p_account, p_payment, 'capture', p_reference, 3, 'clearing', 1, money, -p_amount, p_now);
  update ledger.hold set held = 0, captured = captured + p_amount
   where lane = p_lane and account = p_account and payment = p_payment;
  update ledger.account
     set debits_pending = debits_pending - h.held, debits_posted = debits_posted + p_amount
   where lane = p_lane and id = p_account;
  if p_amount < h.held then perform ledger.unspend(h, h.held - p_amount); end if;
  return 'ok';
end $fn$;

create or replace function ledger.release(p_lane smallint, p_account text, p_payment text,
                                          p_now bigint)
returns text language plpgsql volatile as $fn$
declare
  h ledger.hold;
  money text;
begin
  select currency into money from ledger.account
   where lane = p_lane and id = p_account for no key update;
  select * into h from ledger.hold
   where lane = p_lane and account = p_account and payment = p_payment for no key update;
  if h.payment is null or h.held = 0 then return 'payment_state'; end if;

  insert into ledger.leg
    (lane, owner, payment, entry, reference, seq, account, layer, currency, amount, created_ms)
  values
    (p_lane, p_account, p_payment, 'release', p_payment, 0, p_account,  0, money, -h.held, p_now),
    (p_lane, p_account, p_payment, 'release', p_payment, 1, 'clearing', 0, money,  h.held, p_now);
  update ledger.hold set held = 0
   where lane = p_lane and account = p_account and payment = p_payment;
  update ledger.account set debits_pending = debits_pending - h.held
   where lane = p_lane and id = p_account;
  perform ledger.unspend(h, h.held);
  return 'ok';
end $fn$;

-- Puts money on an account. Posted: DR funding (what was paid in), CR cardholder. The reference
-- makes it once: the same one again adds nothing, and with another amount it is refused.
create function ledger.fund(p_lane smallint, p_account text, p_reference text, p_amount bigint,
                            p_currency text, p_now bigint)
returns text language plpgsql volatile as $fn$
declare
  a ledger.account;
  before bigint;
begin
  select * into a from ledger.account
   where lane = p_lane and id = p_account for no key update;
  if a.id is null then return 'not_found'; end if;
  if a.currency <> p_currency then return 'currency_mismatch'; end if;
  select -l.amount into before from ledger.leg l
   where l.lane = p_lane and l.owner = p_account and l.payment = p_reference
     and l.entry = 'fund' and l.reference = p_reference and l.seq = 0;
  if before is not null then
    return case when before = p_amount then 'seen' else 'idempotency_key_reused' end;
  end if;
  if a.status <> 'open' then return 'card_not_active'; end if;

  insert into ledger.leg
    (lane, owner, payment, entry, reference, seq, account, layer, currency, amount, created_ms)
  values
    (p_lane, p_account, p_reference, 'fund', p_reference, 0, p_account, 1, p_currency, -p_amount, p_now),
    (p_lane, p_account, p_reference, 'fund', p_reference, 1, 'funding', 1, p_currency,  p_amount, p_now);
  update ledger.account set credits_posted = credits_posted + p_amount
   where lane = p_lane and id = p_account;
  return 'ok';
end $fn$;

create function ledger.used_up(p_limit int)
returns table (card text) language sql stable as $fn$
  select k.id from ledger.card k where k.uses_left = 0 and k.active order by k.id limit p_limit
$fn$;

grant execute on function ledger.whom, ledger.day_of, ledger.month_of, ledger.unspend, ledger.fund,
  ledger.used_up to warifu_app;
