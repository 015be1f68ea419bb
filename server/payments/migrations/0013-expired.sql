-- As before (0010); a card past its last day ends the payment too.
create or replace function payments.is_decision(p_code text)
returns boolean language sql immutable as $fn$
  select p_code in ('ok', 'card_not_active', 'card_expired', 'currency_mismatch', 'limit_exceeded',
                    'insufficient_funds', 'count_exceeded', 'card_used_up',
                    'merchant_not_allowed', 'category_not_allowed')
$fn$;
