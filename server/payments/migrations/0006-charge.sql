-- Payments whose card comes with the request: from an entry device (opened by the vault before) or
-- by a token. One statement decides a batch: the key is claimed, the payment opened, the money
-- authorised, the answer kept, event and timeline written, together or not at all.

alter table payments.payment
  add column device    text,                  -- the entry device it came from
  add column token     text,                  -- the token (its id) it was charged by
  add column initiator text check (initiator in ('customer', 'merchant'));

-- One request, as the server brings it. `ord` counts from 1 without gaps. `declined`: what the
-- vault's answer already speaks against it. `way`: how its hops are told.
create type payments.charging as (
  ord int, lane smallint, payment text, request text, event text, merchant text, key text,
  digest text, amount bigint, currency text, store text, merchant_reference text, lines jsonb,
  order_digest text, presentment text, capture_method text, metadata jsonb, deadline_ms bigint,
  device text, token text, token_lane smallint, initiator text, card text, declined text, way jsonb
);

-- What is found out about it. `refusal`: nothing is opened. `decline`: opened, and ended by a no.
create type payments.charge as (
  ord int, claimed text, resource text, first jsonb, refusal text, decline text,
  name text, store text, place text, card text, token text, account text, last4 text
);

create function payments.token_asks(asks payments.charging[])
returns tokens.ask[] language sql immutable as $fn$
  select array(select (a.ord, a.token_lane, a.token, a.merchant, a.amount, a.currency,
                       a.initiator = 'merchant')::tokens.ask
                 from unnest(asks) a where a.token is not null order by a.ord)
$fn$;

-- Claims the keys and gathers what stands for and against each request.
create function payments.gather(asks payments.charging[], p_now bigint, p_day int, p_month int)
returns payments.charge[] language sql volatile as $fn$
  select array(
    select (a.ord, o.code, o.resource, o.answer,
            case when o.code <> 'fresh'        then o.code
                 when p.store is null          then 'not_found'
                 when p.device_code is not null then p.device_code
                 when t.code = 'token_unknown' then t.code end,
            coalesce(a.declined, t.code, case when k.account is null then 'card_unknown' end),
            p.name, p.store, p.place, coalesce(a.card, t.card), t.id, k.account,
            k.last4)::payments.charge
      from unnest(asks) a
      join store.once_all(
             array(select (b.ord, b.lane, b.merchant, b.key, decode(b.digest, 'hex'),
                           b.payment)::store.asking from unnest(asks) b), p_now) o on o.ord = a.ord
      left join merchants.places(
             array(select (b.ord, b.merchant, b.store, b.device)::merchants.place_ask
                     from unnest(asks) b)) p on p.ord = a.ord
      left join tokens.resolve(payments.token_asks(asks), p_now, p_day, p_month) t on t.ord = a.ord
      left join lateral ledger.card_of(store.lane_of(coalesce(a.card, t.card)),
                                       coalesce(a.card, t.card)) k on true
     order by a.ord)
$fn$;

-- What of a payment's first answer differs from what it became later.
create function payments.first_answer(p_payment text, p_first jsonb)
returns jsonb language sql stable as $fn$
  select to_jsonb(p) || p_first from payments.payment p
   where p.lane = store.lane_of(p_payment) and p.id = p_payment
$fn$;

-- Writes what was decided: payments, kept keys, events, timeline. `codes`: 'ok' or the decline.
create function payments.enter(asks payments.charging[], work payments.charge[], codes text[],
                               p_now bigint)
returns void language plpgsql volatile as $fn$
begin
  insert into payments.payment
    (lane, id, merchant, store, payee, merchant_reference, amount, currency, lines, order_digest,
     presentment, capture_method, metadata, status, declined_because, card, card_last4, account,
     device, token, initiator, created_ms, deadline_ms)
  select a.lane, a.payment, a.merchant, w.store,
         jsonb_build_object('name', w.name, 'place', w.place), a.merchant_reference, a.amount,
         a.currency, a.lines, a.order_digest, a.presentment, a.capture_method, a.metadata,
         case c.code when 'ok' then 'authorized' else 'declined' end, nullif(c.code, 'ok'),
         w.card, w.last4, w.account, a.device, w.token, a.initiator, p_now, a.deadline_ms
    from unnest(asks) a join unnest(work) w on w.ord = a.ord
    join unnest(codes) with ordinality c(code, ord) on c.ord = a.ord
   where w.refusal is null;

  perform store.keep_all(array(
    select (a.lane, a.merchant, a.key, w.account, jsonb_build_object(
             'status', case c.code when 'ok' then 'authorized' else 'declined' end,
             'captured', 0, 'refunded', 0, 'version', 1))::store.keeping
      from unnest(asks) a join unnest(work) w on w.ord = a.ord
      join unnest(codes) with ordinality c(code, ord) on c.ord = a.ord
     where w.refusal is null order by a.lane, a.merchant, a.key));

  perform events.append(array(
    select (a.lane, a.event, a.merchant,
            case c.code when 'ok' then 'payment.authorized' else 'payment.declined' end,
            a.payment, 1,
            jsonb_build_object('amount', a.amount, 'currency', a.currency,
                               'declined_because', nullif(c.code, 'ok')))::events.item
      from unnest(asks) a join unnest(work) w on w.ord = a.ord
      join unnest(codes) with ordinality c(code, ord) on c.ord = a.ord
     where w.refusal is null), p_now);

  insert into payments.timeline (lane, payment, request, at_ms, name, outcome, hops)
  select a.lane, a.payment, a.request, p_now, 'createPayment', c.code, a.way
    from unnest(asks) a join unnest(work) w on w.ord = a.ord
    join unnest(codes) with ordinality c(code, ord) on c.ord = a.ord
   where w.refusal is null;
end $fn$;

create function payments.charge(p_batch jsonb, p_now bigint, p_expires bigint,
                                p_day int, p_month int)
returns table (ord int, code text, answer jsonb)
language plpgsql volatile as $fn$
declare
  asks  payments.charging[];
  work  payments.charge[];
  codes text[];                                -- by ord: 'ok', the decline, or null: not opened
begin
  asks := array(select a from jsonb_populate_recordset(null::payments.charging, p_batch) a
                 order by a.ord);
  work := payments.gather(asks, p_now, p_day, p_month);

  codes := array(
    select case when w.refusal is null then coalesce(w.decline, l.code) end
      from unnest(work) w
      left join ledger.authorize(
          array(select (a.ord, store.lane_of(v.card), v.card, a.payment, a.amount,
                        a.currency)::ledger.ask
                  from unnest(asks) a join unnest(work) v on v.ord = a.ord
                 where v.refusal is null and v.decline is null order by a.ord),
          p_now, p_expires, p_day, p_month) l on l.ord = w.ord
     order by w.ord);

  perform payments.enter(asks, work, codes, p_now);
  perform tokens.spend(array(
    select t from unnest(payments.token_asks(asks)) t where t.absent and codes[t.ord] = 'ok'),
    p_day, p_month);
  perform store.forget_all(array(
    select (a.lane, a.merchant, a.key, null, null)::store.keeping
      from unnest(asks) a join unnest(work) w on w.ord = a.ord
     where w.claimed = 'fresh' and w.refusal is not null));

  return query
    select w.ord,
           case w.refusal when 'seen' then 'ok' else coalesce(w.refusal, 'ok') end,
           case when w.refusal is null or w.refusal = 'seen' then
             payments.first_answer(coalesce(w.resource, a.payment), coalesce(w.first, '{}')) end
      from unnest(work) w join unnest(asks) a on a.ord = w.ord;
end $fn$;

grant execute on function payments.charge, payments.gather, payments.enter, payments.token_asks,
  payments.first_answer to warifu_app;
