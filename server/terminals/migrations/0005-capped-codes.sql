-- A code that pays up to a cap. Which card pays, and whether the signatures stand, the vault says
-- when it is redeemed.
-- Uses the code up for this payment, under its cap; nothing where it is of no use. One statement:
-- of two tills with the same code one is answered with true.
create function terminals.redeem_capped(p_hash bytea, p_payment text, p_terminal text,
                                        p_amount bigint, p_currency text, p_now bigint)
returns boolean language sql volatile as $fn$
  with used as (
    update terminals.code c set payment = p_payment
      from terminals.terminal t
     where c.hash = p_hash and c.terminal = p_terminal and c.payment is null
       and c.deadline_ms > p_now and p_amount <= c.cap and p_currency = c.currency
       and t.lane = store.lane_of(c.terminal) and t.id = c.terminal and t.status = 'active'
    returning 1
  )
  select exists (select from used)
$fn$;

grant execute on function terminals.redeem_capped to warifu_app;
