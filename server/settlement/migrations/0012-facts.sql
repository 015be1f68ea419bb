-- What is gathered to judge by. Plans are pinned: rows are found by key, whatever the tables' sizes
-- were when a plan was made.

-- A payment as a fact. `p_due`: what was captured before should be settled; only then it is asked
-- when that was.
create function settlement.fact_of(p_lane smallint, p_id text, p_currency text, p_captured bigint,
                                   p_refunded bigint, p_held bigint, p_created bigint, p_due bigint)
returns jsonb language sql stable as $fn$
  select jsonb_build_object(
           'id', p_id, 'kind', 'payment', 'currency', p_currency, 'captured', p_captured,
           'refunded', p_refunded, 'settled', s.amount, 'held', p_held,
           'captured_ms', case when p_captured > s.amount and p_created < p_due
             then coalesce(payments.captured_at(p_lane, p_id), p_created) end)
    from (select coalesce(sum(i.amount) filter (where i.entry = 'capture'), 0) as amount
            from settlement.item i where i.lane = p_lane and i.payment = p_id) s
$fn$;

create function settlement.fact_of(s settlement.sale)
returns jsonb language sql immutable as $fn$
  select jsonb_build_object(
           'id', s.id, 'kind', s.kind, 'currency', s.currency, 'captured', s.amount,
           'refunded', s.refunded, 'settled', 0, 'held', 0, 'captured_ms', null)
$fn$;

-- The next order numbers of a reconciliation, each with its lines and all that was sold for it in
-- the time and as far around it as orders are paid.
create function settlement.order_facts(p_lane smallint, p_reconciliation text, p_parts text[],
                                       p_merchant text, p_from text, p_to text, p_after text,
                                       p_limit int, p_due bigint)
returns table (reference text, orders jsonb, sales jsonb)
language sql stable
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $fn$
  with next as materialized (
    select distinct o.reference from settlement.order_row o
     where o.lane = p_lane and o.reconciliation = p_reconciliation and o.reference > p_after
       and o.part = any (p_parts)
     order by o.reference limit p_limit
  )
  select n.reference,
         (select jsonb_agg(jsonb_build_object('line', o.line, 'amount', o.amount, 'currency',
                   o.currency, 'kind', o.kind, 'refunded', o.refunded) order by o.part, o.line)
            from settlement.order_row o
           where o.lane = p_lane and o.reconciliation = p_reconciliation
             and o.reference = n.reference and o.part = any (p_parts)),
         (select coalesce(jsonb_agg(f.fact order by f.at), '[]')
            from (select substr(p.id, 5) as at,
                         settlement.fact_of(p.lane, p.id, p.currency, p.captured, p.refunded,
                           payments.capturable(p), p.created_ms, p_due) as fact
                    from payments.of_order(p_merchant, n.reference) p
                   where p.id >= 'pay_' || p_from and p.id < 'pay_' || p_to
                  union all
                  select substr(s.id, 5), settlement.fact_of(s)
                    from settlement.sale s
                   where s.merchant || ' ' || s.merchant_reference
                           = p_merchant || ' ' || n.reference
                     and s.merchant_reference is not null
                     and s.id >= 'sal_' || p_from and s.id < 'sal_' || p_to) f)
    from next n order by n.reference
$fn$;

-- The next sales of a time, going back; `known` where an order speaks of it: judged there already.
create function settlement.sale_facts(p_lane smallint, p_reconciliation text, p_parts text[],
                                      p_merchant text, p_from text, p_before text, p_limit int,
                                      p_due bigint)
returns table (at text, reference text, known boolean, fact jsonb)
language sql stable
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $fn$
  select n.at, n.reference,
         n.reference is not null and exists (
           select from settlement.order_row o
            where o.lane = p_lane and o.reconciliation = p_reconciliation
              and o.reference = n.reference and o.part = any (p_parts)),
         n.fact
    from (
      (select substr(p.id, 5) as at, p.merchant_reference as reference,
              settlement.fact_of(p.lane, p.id, p.currency, p.captured, p.refunded,
                           payments.capturable(p), p.created_ms, p_due) as fact
         from payments.sold(p_merchant) p
        where p.id >= 'pay_' || p_from and p.id < 'pay_' || p_before
        order by p.id desc limit p_limit)
      union all
      (select substr(s.id, 5), s.merchant_reference, settlement.fact_of(s)
         from settlement.sale s
        where s.merchant = p_merchant
          and s.id >= 'sal_' || p_from and s.id < 'sal_' || p_before
        order by s.id desc limit p_limit)) n
   order by n.at desc limit p_limit
$fn$;

-- What was settled in a time for payments that this merchant does not have.
create function settlement.strays(p_merchant text, p_from bigint, p_to bigint)
returns table (payment text, currency text, amount bigint)
language sql stable set enable_hashjoin = off set enable_mergejoin = off as $fn$
  select coalesce(i.payment, i.reference), s.currency, sum(i.amount)::bigint
    from settlement.settlement s
    join settlement.item i on i.lane = s.lane and i.settlement = s.id
   where s.merchant = p_merchant and i.entry = 'capture' and i.at_ms >= p_from and i.at_ms < p_to
     and not exists (select from payments.sold(p_merchant) p where p.id = i.payment)
   group by 1, 2
$fn$;

-- How much there is to look at.
create function settlement.to_compare(p_lane smallint, p_reconciliation text, p_parts text[],
                                      p_merchant text, p_from text, p_to text)
returns int language sql stable as $fn$
  select ((select count(distinct o.reference) from settlement.order_row o
            where o.lane = p_lane and o.reconciliation = p_reconciliation
              and o.part = any (p_parts))
        + (select count(*) from payments.sold(p_merchant) p
            where p.id >= 'pay_' || p_from and p.id < 'pay_' || p_to)
        + (select count(*) from settlement.sale s
            where s.merchant = p_merchant
              and s.id >= 'sal_' || p_from and s.id < 'sal_' || p_to))::int
$fn$;

-- Does a difference that is found again stay as a person left it? Not if it is another one now.
create function settlement.stays(d settlement.difference, e settlement.difference)
returns boolean language sql immutable as $fn$
  select d.status in ('open', 'fixing')
      or (d.status in ('fixed', 'dismissed') and d.expected = e.expected and d.found = e.found)
$fn$;

grant execute on function settlement.stays, settlement.fact_of(settlement.sale),
  settlement.fact_of(smallint, text, text, bigint, bigint, bigint, bigint, bigint),
  settlement.order_facts, settlement.sale_facts,
  settlement.strays, settlement.to_compare to warifu_app;
