-- Unified sales: what a merchant sold for cash or by bank transfer stands beside its payments. The
-- rows live in the merchant's lane; the time inside an id is when the money was received.
create schema if not exists settlement;

create table settlement.sale (
  lane                smallint not null,
  id                  text     not null,
  merchant            text     not null,
  store               text     not null,
  kind                text     not null check (kind in ('cash', 'transfer')),
  merchant_reference  text,
  amount              bigint   not null check (amount > 0),
  currency            text     not null,
  lines               jsonb    not null,
  order_digest        text     not null,
  transfer_reference  text,
  metadata            jsonb    not null,
  refunded            bigint   not null default 0 check (refunded >= 0 and refunded <= amount),
  sold_ms             bigint   not null,
  created_ms          bigint   not null,
  primary key (lane, id)
);
create index sale_merchant on settlement.sale (merchant, id);
create index sale_order on settlement.sale ((merchant || ' ' || merchant_reference))
  where merchant_reference is not null;

create table settlement.sale_refund (
  lane        smallint not null,
  sale        text     not null,
  id          text     not null,
  amount      bigint   not null check (amount > 0),
  created_ms  bigint   not null,
  primary key (lane, sale, id)
);

-- What a merchant sold in a time, in one shape, newest first of each kind; `at` sorts all of it: an
-- id without its kind. A null asks for any; a limit holds for each kind by itself.
create function settlement.sold(p_merchant text, p_from text, p_to text, p_kind text,
                                p_reference text, p_limit int)
returns table (at text, id text, kind text, presentment text, status text, store text,
               merchant_reference text, amount bigint, currency text, captured bigint,
               refunded bigint, token text, device text, transfer_reference text, lines jsonb,
               order_digest text, metadata jsonb, sold_ms bigint)
language sql stable as $fn$
  (select substr(p.id, 5), p.id, 'payment', p.presentment, p.status, p.store,
          p.merchant_reference, p.amount, p.currency, p.captured,
          p.refunded, p.token, p.device, null, p.lines,
          p.order_digest, p.metadata, p.created_ms
     from payments.sold(p_merchant) p
    where p.id >= 'pay_' || p_from and p.id < 'pay_' || p_to
      and (p_kind is null or p_kind = 'payment')
      and (p_reference is null or p.merchant_reference = p_reference)
    order by p.id desc limit p_limit)
  union all
  (select substr(s.id, 5), s.id, s.kind, null, 'captured', s.store,
          s.merchant_reference, s.amount, s.currency, s.amount,
          s.refunded, null, null, s.transfer_reference, s.lines,
          s.order_digest, s.metadata, s.sold_ms
     from settlement.sale s
    where s.merchant = p_merchant and s.id >= 'sal_' || p_from and s.id < 'sal_' || p_to
      and (p_kind is null or p_kind = s.kind)
      and (p_reference is null or s.merchant_reference = p_reference)
    order by s.id desc limit p_limit)
$fn$;

grant usage on schema settlement to warifu_app;
grant select, insert, update on settlement.sale to warifu_app;
grant select, insert on settlement.sale_refund to warifu_app;
grant execute on function settlement.sold to warifu_app;
