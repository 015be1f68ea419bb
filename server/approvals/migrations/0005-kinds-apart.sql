-- As before (0004), each kind of question by itself: a consent that waits for a day holds no payment
-- back.
drop function approvals.why_not_ask(text, text, bigint);
create function approvals.why_not_ask(p_cardholder text, p_merchant text, p_kind text, p_now bigint)
returns text language sql stable as $fn$
  with lately as (
    select v.state, v.created_ms
      from approvals.approval v
     where v.cardholder = p_cardholder and v.asked and v.content->'payee'->>'id' = p_merchant
       and v.subject_kind = p_kind and v.created_ms > p_now - 3600000
  ), vain as (
    select count(*)::int as n, max(created_ms) as last_ms, bool_or(state = 'pending') as open
      from lately
     where created_ms > coalesce((select max(created_ms) from lately where state = 'approved'), 0)
  )
  select case
           when exists (select from approvals.mute m
                         where m.cardholder = p_cardholder and m.merchant = p_merchant) then 'muted'
           when open                                                                then 'open'
           when n >= 3 and p_now < last_ms + 30000 * 2 ^ least(n - 3, 7)            then 'too_soon'
         end
    from vain
$fn$;
grant execute on function approvals.why_not_ask to warifu_app;
