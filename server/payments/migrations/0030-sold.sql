-- What a merchant has sold by card, for the rooms that follow. Inlined where it is called, so that
-- the caller's bounds on `id` (time) and order are read from the index.
create function payments.sold(p_merchant text)
returns setof payments.payment language sql stable as $fn$
  select * from payments.payment p where p.merchant = p_merchant
$fn$;

grant execute on function payments.sold to warifu_app;
