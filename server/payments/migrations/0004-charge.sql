-- Payments whose card comes with the request: from an entry device (opened by the vault before) or
-- by a token. One statement decides a batch: the key is claimed, the payment opened, the money
-- authorised, the answer kept, the event written, together or not at all. Arrays are read
-- side by side, as in 0002.

-- One request, as the server brings it, by the order of these fields. `ord` counts from 1 without
-- gaps. `network`: the vault's name for another company's card at this merchant, `last4` its last
-- digits: its acquirer has decided. `declined`: what the vault's answer already speaks against it.
-- `way`: how its hops are told.
create type payments.charging as (
  ord int, lane smallint, payment text, request text, event text, merchant text, digest text,
  amount bigint, currency text, store text, order_digest text, presentment text,
  capture_method text, deadline_ms bigint, device text, token text, token_lane smallint,
  initiator text, card text, declined text, network text, last4 text,
  key text, merchant_reference text, lines jsonb, metadata jsonb, way jsonb
);

-- What is found out about it. `refusal`: nothing is opened. `decline`: opened, and ended by a no.
create type payments.found as (
  resource text, first jsonb, refusal text, decline text, payee_name text, at_store text,
  payee_place text, category text, paying_card text, token_id text
);

-- What the server is told; the row itself only of a key that was answered before.
create type payments.charged as (
  ord int, code text, answer jsonb, payment text, declined text, store text, name text,
  place text, category text, card text, token text, account text, last4 text
);

create function payments.token_asks(asks payments.charging[])
returns tokens.ask[] language sql immutable as $fn$
  select array(select (a.ord, a.token_lane, a.token, a.merchant, a.amount, a.currency,
                       a.initiator = 'merchant')::tokens.ask
                 from unnest(asks) a where a.token is not null and a.initiator = 'merchant')
$fn$;

-- Gathers what stands for and against each request.
create function payments.gather(asks payments.charging[], p_now bigint, p_day int, p_month int)
returns payments.found[] language plpgsql stable
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $fn$
begin
  return array(
    select (coalesce(s.resource, a.payment), s.answer,
            case when s.code is not null                       then s.code
                 when p.store is null                          then 'not_found'
                 when p.device_code is not null                then p.device_code
                 when a.token is not null and t.id is null     then 'token_unknown' end,
            coalesce(a.declined, t.code), p.name, p.store, p.place, p.category,
            case when a.network is not null then ledger.network_card(a.currency, a.payment)
                 else coalesce(a.card, t.card) end,
            t.id)::payments.found
      from unnest(asks) a
      left join lateral store.found(a.lane, a.merchant, a.key, decode(a.digest, 'hex')) s on true
      left join lateral merchants.place_of(a.merchant, a.store, a.device) p on true
      left join lateral tokens.resolve(a.token_lane, a.token, a.merchant, a.amount, a.currency,
                                       coalesce(a.initiator = 'merchant', true), p_now, p_day,
                                       p_month) t on true
     order by a.ord);
end $fn$;

-- What of a payment's first answer differs from what it became later.
create function payments.first_answer(p_payment text, p_first jsonb)
returns jsonb language sql stable set enable_seqscan = off as $fn$
  select to_jsonb(p) - '{request,way,presented_ms}'::text[] || p_first from payments.payment p
   where p.lane = store.lane_of(p_payment) and p.id = p_payment
$fn$;

-- Writes what was decided: payments, claims with their answers, events; answers with what came of
-- each. The first row of their timelines is told from the payments (`payments.timeline_of`).
create function payments.enter(asks payments.charging[], work payments.found[],
                               ends ledger.ended[], p_now bigint)
returns setof payments.charged language plpgsql volatile
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $fn$
begin
  return query
  with every as materialized (
    select x.* from unnest(asks, work, ends) x
  ), opened as (
    select * from every where outcome is not null
  ), entered as (
    insert into payments.payment
      (lane, id, merchant, store, payee, category, merchant_reference, amount, currency, lines,
       order_digest, presentment, capture_method, metadata, status, declined_because, card,
       card_last4, account, device, token, initiator, created_ms, deadline_ms, request, way)
    select lane, payment, merchant, at_store,
           jsonb_build_object('name', payee_name, 'place', payee_place), category,
           merchant_reference, amount, currency, coalesce(lines, '[]'), order_digest, presentment,
           capture_method, coalesce(metadata, '{}'),
           case outcome when 'ok' then 'authorized' else 'declined' end, nullif(outcome, 'ok'),
           coalesce(network, paying_card), coalesce(last4, digits), account, device, token_id,
           initiator, p_now, deadline_ms, request, way
      from opened
  ), claimed as materialized (
    select store.claim_all(array(
      select (lane, merchant, key, decode(digest, 'hex'), payment, account,
              case outcome
                when 'ok' then jsonb '{"status":"authorized","captured":0,"refunded":0,"version":1}'
                else jsonb '{"status":"declined","captured":0,"refunded":0,"version":1}'
              end)::store.claimed
        from opened), p_now)
  ), told as materialized (
    select events.append(array(
      select (lane, event, merchant,
              case outcome when 'ok' then 'payment.authorized' else 'payment.declined' end,
              payment, 1,
              jsonb_build_object('amount', amount, 'currency', currency,
                                 'declined_because', nullif(outcome, 'ok')))::events.item
        from opened), p_now)
  )
  select x.ord, case x.refusal when 'seen' then 'ok' else coalesce(x.refusal, 'ok') end,
         case x.refusal when 'seen' then payments.first_answer(x.resource, x.first) end,
         x.resource, nullif(x.outcome, 'ok'), x.at_store, x.payee_name, x.payee_place, x.category,
         coalesce(x.network, x.paying_card), x.token_id, x.account, coalesce(x.last4, x.digits)
    from claimed, told, every x;
end $fn$;

-- Plans for small batches too: left to itself PostgreSQL plans a small batch anew each time, as a
-- plan for few rows looks cheaper than it is to make, and a lone payment cost twice as much.
-- `p_absent`: some are charged in the cardholder's absence. `p_network`: some are other companies'.
create function payments.charge(asks payments.charging[], p_absent boolean, p_network boolean,
                                p_now bigint, p_expires bigint, p_day int, p_month int)
returns setof payments.charged language plpgsql volatile set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $fn$
declare
  work   payments.found[];
  ends   ledger.ended[];
  absent tokens.ask[];
begin
  if p_absent then
    absent := payments.token_asks(asks);
    perform tokens.hold(absent);
  end if;
  work := payments.gather(asks, p_now, p_day, p_month);
  -- A statement of its own, so that the ledger sees the accounts.
  if p_network then
    perform ledger.open_network(x.currency, x.payment, p_now)
       from unnest(asks, work) x
      where x.network is not null and x.declined is null and x.refusal is null
      order by store.lane_of(x.payment), x.currency;
  end if;

  ends := ledger.authorize(
    array(select (x.ord, store.lane_of(x.paying_card),
                  case when x.refusal is null then x.paying_card end, x.payment, x.amount,
                  x.currency, x.merchant, x.category,
                  case when x.refusal is null then x.decline end)::ledger.ask
            from unnest(asks, work) x),
    p_now, p_expires, p_day, p_month);
  if p_absent then
    perform tokens.spend(array(
      select t from unnest(absent) t where (ends[t.ord]).outcome = 'ok'), p_day, p_month);
  end if;
  return query select * from payments.enter(asks, work, ends, p_now);
end $fn$;

grant execute on function payments.charge, payments.gather, payments.enter, payments.token_asks,
  payments.first_answer to warifu_app;
