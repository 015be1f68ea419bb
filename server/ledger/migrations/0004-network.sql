-- The accounts through which other companies' cards pay: what their acquirers owe us. One for each
-- currency and lane, so that no single row is locked by all; the acquirer decides, so nothing here
-- is too much. Holds, captures, releases and refunds go through the functions of 0002 and 0003.
create function ledger.network_card(p_currency text, p_payment text)
returns text language sql immutable as $fn$
  select 'crd_network_' || p_currency || '_' || right(p_payment, 2)
$fn$;

create function ledger.open_network(p_currency text, p_payment text, p_now bigint)
returns void language plpgsql volatile as $fn$
declare
  v_lane smallint := store.lane_of(p_payment);
  v_account text := 'acc_network_' || p_currency || '_' || right(p_payment, 2);
  v_all bigint := 9000000000000000;
begin
  insert into ledger.account (lane, id, currency, credit_limit, created_ms)
  values (v_lane, v_account, p_currency, v_all, p_now) on conflict do nothing;
  insert into ledger.card (lane, id, account, active, per_transaction, per_day, per_month,
                           signature_only_max)
  values (v_lane, ledger.network_card(p_currency, p_payment), v_account, true, v_all, v_all, v_all, 0)
  on conflict do nothing;
end $fn$;

grant execute on function ledger.network_card, ledger.open_network to warifu_app;
