-- Where the shop's page waits for its customer. Not part of what is signed.
alter table payments.payment add column return_url text;

-- What happens to a payment after it was claimed, its cardholder may read too.
create or replace function payments.tell(p payments.payment, p_event text, p_type text,
                                         p_data jsonb, p_now bigint)
returns void language sql volatile as $fn$
  select events.append_shared(
    (p.lane, p_event, p.merchant, p_type, p.id, p.version,
     jsonb_build_object('amount', p.amount, 'currency', p.currency) || p_data)::events.item,
    approvals.cardholder_of(p.lane, p.approval), p_now)
$fn$;
