-- When a payment was captured last, by its timeline; null where that is no longer kept.
create function payments.captured_at(p_lane smallint, p_payment text)
returns bigint language sql stable as $fn$
  select max(t.at_ms) from payments.timeline t
   where t.lane = p_lane and t.payment = p_payment and t.outcome = 'ok'
     and t.name in ('capturePayment', 'automaticCapture')
$fn$;

grant execute on function payments.captured_at to warifu_app;
