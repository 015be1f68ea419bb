-- Proof of the books. Each function reads under the caller's snapshot and answers with the laws that
-- do not hold; nothing means all is well. Right while payments run: what is on its way is counted as
-- that. Within a lane everything agrees at once; two lanes agree up to the number that has arrived.

-- Sums by kind of account; those of one currency and layer are zero, lane by lane.
create function ledger.trial_balance(p_lane smallint)
returns table (lane smallint, currency text, layer smallint, account text, amount bigint)
language sql stable as $fn$
  select p_lane, l.currency, l.layer,
         case when l.account like 'acc_network_%' then 'network'
              when l.account like 'acc_%' then 'cardholders'
              else split_part(l.account, ':', 1) end,
         sum(l.amount)::bigint
    from ledger.entries(p_lane) l
   group by 1, 2, 3, 4
$fn$;

create type ledger.fault as (lane smallint, law text, about text, expected bigint, found bigint);

-- What leaves a lane: clearing holds exactly what waits for the relay, day by day; numbers have no
-- gap; the mirror account says the same.
create function ledger.check_lane_outward(p_lane smallint)
returns setof ledger.fault language sql stable as $fn$
  with legs as materialized (
    select l.account, l.currency, sum(l.amount)::bigint as amount
      from ledger.entries(p_lane) l
     where l.layer = 1
       and (l.account like 'clearing:%' or l.account like 'due_to:%') group by 1, 2
  ), waiting as materialized (
    select ledger.clearing(f.at_ms) as account, f.currency, sum(f.amount)::bigint as amount
      from ledger.forward f where f.lane = p_lane and f.seq is null group by 1, 2
  ), sent as materialized (
    select 'due_to:' || f.to_lane as account, f.currency, sum(f.amount)::bigint as amount
      from ledger.forward f where f.lane = p_lane and f.seq is not null group by 1, 2
  ), meant as (
    select account, currency, -amount as amount from waiting
    union all select account, currency, -amount from sent
  )
  select p_lane, case when coalesce(l.account, m.account) like 'clearing:%'
                      then 'clearing_returns_to_zero' else 'sent_is_its_legs' end,
         coalesce(l.account, m.account) || '/' || coalesce(l.currency, m.currency),
         coalesce(m.amount, 0), coalesce(l.amount, 0)
    from legs l full join meant m on m.account = l.account and m.currency = l.currency
   where coalesce(l.amount, 0) <> coalesce(m.amount, 0)
  union all
  select p_lane, 'numbers_without_gap', 'due_to:' || s.to_lane, s.seq, count(f.seq)
    from ledger.sending s
    left join ledger.forward f
      on f.lane = s.lane and f.to_lane = s.to_lane and f.seq between 1 and s.seq
   where s.lane = p_lane group by s.to_lane, s.seq having s.seq <> count(f.seq)
$fn$;

-- What arrives in a lane: each payable is its legs; the mirror account says what the other lane had
-- sent up to this number.
create function ledger.check_lane_inward(p_lane smallint)
returns setof ledger.fault language sql stable as $fn$
  with legs as materialized (
    select l.account, l.currency, sum(l.amount)::bigint as amount
      from ledger.entries(p_lane) l
     where l.layer = 1
       and (l.account like 'payable:%' or l.account like 'due_from:%') group by 1, 2
  ), arrived as materialized (
    select 'due_from:' || c.from_lane as account, f.currency, sum(f.amount)::bigint as amount
      from ledger.receiving c
      join ledger.forward f
        on f.lane = c.from_lane and f.to_lane = c.lane and f.seq between 1 and c.seq
     where c.lane = p_lane group by 1, 2
  ), owed as materialized (
    select 'payable:' || p.merchant as account, p.currency, -p.balance as amount
      from ledger.payable p where p.lane = p_lane
  ), meant as (select * from arrived union all select * from owed)
  select p_lane, case when coalesce(l.account, m.account) like 'payable:%'
                      then 'payable_is_its_legs' else 'lanes_agree_by_number' end,
         coalesce(l.account, m.account) || '/' || coalesce(l.currency, m.currency),
         coalesce(m.amount, 0), coalesce(l.amount, 0)
    from legs l full join meant m on m.account = l.account and m.currency = l.currency
   where coalesce(l.amount, 0) <> coalesce(m.amount, 0)
$fn$;

create function ledger.check_lane(p_lane smallint)
returns setof ledger.fault language sql stable as $fn$
  with legs as materialized (
    select l.account, l.layer, l.currency, sum(l.amount)::bigint as amount,
           sum(l.amount) filter (where l.entry = 'capture')::bigint as captured,
           -sum(l.amount) filter (where l.entry = 'refund')::bigint as refunded
      from ledger.entries(p_lane) l group by 1, 2, 3
  ), holds as materialized (
    select h.account, sum(h.held)::bigint as held, sum(h.captured)::bigint as captured,
           sum(h.refunded)::bigint as refunded
      from ledger.hold h where h.lane = p_lane group by 1
  ), events as materialized (
    select l.owner, l.payment, sum(l.amount) filter (where l.layer = 0)::bigint as held,
           sum(l.amount) filter (where l.entry = 'capture' and l.layer = 1)::bigint as captured,
           -sum(l.amount) filter (where l.entry = 'refund')::bigint as refunded
      from ledger.leg l
     where l.lane = p_lane and l.created_ms >= (select ledger.since()) and l.account = l.owner
       and l.entry in ('hold', 'release', 'capture', 'refund') group by 1, 2
  )
  select p_lane, 'lane_sums_to_zero', currency || '/' || layer, 0::bigint, sum(amount)::bigint
    from legs group by currency, layer having sum(amount) <> 0
  union all
  select p_lane, 'pending_is_held', a.id, coalesce(h.held, 0), a.debits_pending
    from ledger.account a left join holds h on h.account = a.id
   where a.lane = p_lane and a.debits_pending <> coalesce(h.held, 0)
  union all
  select p_lane, 'pending_is_its_legs', a.id, coalesce(l.amount, 0), a.debits_pending
    from ledger.account a left join legs l on l.account = a.id and l.layer = 0
   where a.lane = p_lane and a.debits_pending <> coalesce(l.amount, 0)
  union all
  select p_lane, 'posted_is_its_legs', a.id, coalesce(l.amount, 0), a.debits_posted - a.credits_posted
    from ledger.account a left join legs l on l.account = a.id and l.layer = 1
   where a.lane = p_lane and a.debits_posted - a.credits_posted <> coalesce(l.amount, 0)
  union all
  select p_lane, 'receivable_is_its_legs', a.id, coalesce(l.amount, 0), a.receivable
    from ledger.account a left join legs l on l.account = 'receivable:' || a.id and l.layer = 1
   where a.lane = p_lane and a.receivable <> coalesce(l.amount, 0)
  union all
  select p_lane, 'not_overspent', a.id, a.credits_posted + a.credit_limit,
         a.debits_posted + a.debits_pending
    from ledger.account a
   where a.lane = p_lane and a.debits_posted + a.debits_pending > a.credits_posted + a.credit_limit
  union all
  select p_lane, 'hold_is_its_legs', h.payment || '/' || w.what, w.legs, w.kept
    from ledger.hold h left join events e on e.owner = h.account and e.payment = h.payment
   cross join lateral (values ('held', h.held, coalesce(e.held, 0)),
                              ('captured', h.captured, coalesce(e.captured, 0)),
                              ('refunded', h.refunded, coalesce(e.refunded, 0))) w(what, kept, legs)
   where h.lane = p_lane and h.created_ms >= (select ledger.since()) and w.kept <> w.legs
  union all
  -- Of holds whose legs are archived, account by account.
  select p_lane, 'holds_are_their_legs', h.account || '/' || w.what, w.legs, w.kept
    from holds h left join legs l on l.account = h.account and l.layer = 1
   cross join lateral (values ('captured', h.captured, coalesce(l.captured, 0)),
                              ('refunded', h.refunded, coalesce(l.refunded, 0))) w(what, kept, legs)
   where w.kept <> w.legs
  union all
  select p_lane, 'captured_within_the_hold', h.payment, h.amount, h.held + h.captured
    from ledger.hold h where h.lane = p_lane and h.held + h.captured > h.amount
  union all
  select p_lane, 'refunded_within_the_captured', h.payment, h.captured, h.refunded
    from ledger.hold h where h.lane = p_lane and h.refunded > h.captured
  union all
  select * from ledger.check_lane_outward(p_lane)
  union all
  select * from ledger.check_lane_inward(p_lane)
$fn$;

create function ledger.lanes()
returns table (lane smallint) language sql stable as $fn$
  select distinct a.lane from ledger.account a
  union select distinct p.lane from ledger.payable p
  union select distinct s.lane from ledger.sending s
  order by 1
$fn$;

-- What stands in clearing of days before `p_day` and waits for no relay that is merely late.
create function ledger.clearing_left(p_before bigint)
returns table (lane smallint, account text, currency text, amount bigint)
language sql stable as $fn$
  select n.lane, l.account, l.currency, sum(l.amount)::bigint
    from ledger.lanes() n cross join lateral ledger.entries(n.lane) l
   where l.layer = 1 and l.account like 'clearing:%'
     and split_part(l.account, ':', 2)::int < ledger.day_of(p_before)
   group by 1, 2, 3 having sum(l.amount) <> 0
$fn$;

grant execute on all functions in schema ledger to warifu_app;
