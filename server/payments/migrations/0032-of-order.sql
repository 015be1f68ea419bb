-- An order number finds its payments, by one index and no other: while a merchant is new to the
-- statistics, (merchant, id) would look as good as (merchant, merchant_reference), and read them all.
create index payment_order on payments.payment ((merchant || ' ' || merchant_reference))
  where merchant_reference is not null;

create function payments.of_order(p_merchant text, p_reference text)
returns setof payments.payment language sql stable as $fn$
  select * from payments.payment p
   where p.merchant || ' ' || p.merchant_reference = p_merchant || ' ' || p_reference
     and p.merchant_reference is not null
$fn$;

grant execute on function payments.of_order to warifu_app;
