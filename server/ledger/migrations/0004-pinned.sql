-- Authorisation as before (0002), with its plans pinned: rows are found by key only, whatever the
-- tables' sizes were when a plan was cached, and the batch is never joined with itself.
create or replace function ledger.authorize(asks ledger.ask[], p_now bigint, p_expires bigint,
                                            p_day int, p_month int)
returns table (ord int, code text) language plpgsql volatile
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $fn$
declare
  r record;
  verdict text;
  here text;                                   -- the account being walked
  free bigint;                                 -- what is left of it
  cards text[]; days bigint[]; months bigint[]; i int;  -- what its cards have spent in the window
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
    select q.at, q.amount, q.currency as asked_currency, k.id as card, k.account, k.active,
           k.per_transaction, k.per_day, k.per_month,
           case when k.day = p_day then k.day_spent else 0 end as day_spent,
           case when k.month = p_month then k.month_spent else 0 end as month_spent,
           a.status, a.currency,
           a.credits_posted + a.credit_limit - a.debits_posted - a.debits_pending as free
      from unnest(asks) with ordinality q(ord, lane, card, payment, amount, currency, at)
      left join ledger.card k on k.lane = q.lane and k.id = q.card
      left join ledger.account a on a.lane = k.lane and a.id = k.account
     order by k.lane, k.account, q.ord
  loop
    if r.account is distinct from here then
      here := r.account; free := r.free; cards := '{}'; days := '{}'; months := '{}';
    end if;
    i := array_position(cards, r.card);
    if i is null and r.card is not null then
      cards := cards || r.card; days := days || r.day_spent; months := months || r.month_spent;
      i := cardinality(cards);
    end if;
    verdict := case
      when r.account is null                         then 'card_unknown'
      when not r.active or r.status <> 'open'        then 'card_not_active'
      when r.asked_currency <> r.currency            then 'currency_mismatch'
      when r.amount > r.per_transaction              then 'limit_exceeded'
      when r.amount > r.per_day - days[i]            then 'limit_exceeded'
      when r.amount > r.per_month - months[i]        then 'limit_exceeded'
      when r.amount > free                           then 'insufficient_funds'
      else 'ok'
    end;
    if verdict = 'ok' then
      free := free - r.amount; days[i] := days[i] + r.amount; months[i] := months[i] + r.amount;
    end if;
    o_at := o_at || r.at::int; o_code := o_code || verdict;
  end loop;

  with yes as materialized (
    select k.lane, asks[d.at].payment, asks[d.at].amount, k.id as card, k.account,
           asks[d.at].currency                 -- the account's own: else it was refused above
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
           day = p_day, month = p_month
      from (select lane, card, sum(amount)::bigint as total from yes group by lane, card) g
     where k.lane = g.lane and k.id = g.card
  )
  update ledger.account a
     set debits_pending = a.debits_pending + g.total
    from (select lane, account, sum(amount)::bigint as total from yes group by lane, account) g
   where a.lane = g.lane and a.id = g.account;

  return query select asks[d.at].ord, d.code from unnest(o_at, o_code) d(at, code);
end $fn$;
