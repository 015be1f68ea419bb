-- The card that paid, for the rooms after this one.
create function payments.card_of(p_payment text) returns text language sql stable as $fn$
  select card from payments.payment where lane = store.lane_of(p_payment) and id = p_payment
$fn$;
grant execute on function payments.card_of to warifu_app;

create function payments.payee_of(p_payment text) returns text language sql stable as $fn$
  select payee->>'name' from payments.payment
   where lane = store.lane_of(p_payment) and id = p_payment
$fn$;
grant execute on function payments.payee_of to warifu_app;
