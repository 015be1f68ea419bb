-- Charges as before (0008), and cards of other companies: `network` is the vault's name for such a
-- card at this merchant, `last4` its last digits. Their acquirer has decided; they are booked on
-- the ledger's network accounts.
alter type payments.charging add attribute network text, add attribute last4 text;

-- Claims the keys and gathers what stands for and against each request.
create or replace function payments.gather(asks payments.charging[], p_now bigint, p_day int, p_month int)
returns payments.charge[] language plpgsql volatile
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $fn$
declare
  n int := cardinality(asks);
  r record;
  v_claimed text[] := array_fill(null::text, array[n]);
  v_refusal text[] := v_claimed; v_decline text[] := v_claimed; v_resource text[] := v_claimed;
  v_name    text[] := v_claimed; v_store   text[] := v_claimed; v_place    text[] := v_claimed;
  v_card    text[] := v_claimed; v_token   text[] := v_claimed; v_account  text[] := v_claimed;
  v_last4   text[] := v_claimed; v_first  jsonb[] := array_fill(null::jsonb, array[n]);
begin
  for r in
    select o.* from store.once_all(
      array(select (a.ord, a.lane, a.merchant, a.key, decode(a.digest, 'hex'),
                    a.payment)::store.asking from unnest(asks) a), p_now) o
  loop
    v_claimed[r.ord] := r.code; v_resource[r.ord] := r.resource; v_first[r.ord] := r.answer;
    v_refusal[r.ord] := nullif(r.code, 'fresh');
  end loop;
  for r in
    select p.* from merchants.places(
      array(select (a.ord, a.merchant, a.store, a.device)::merchants.place_ask
              from unnest(asks) a where v_refusal[a.ord] is null)) p
  loop
    v_name[r.ord] := r.name; v_store[r.ord] := r.store; v_place[r.ord] := r.place;
    v_refusal[r.ord] := case when r.store is null then 'not_found' else r.device_code end;
  end loop;
  for r in
    select t.* from tokens.resolve(
      array(select u from unnest(payments.token_asks(asks)) u where v_refusal[u.ord] is null),
      p_now, p_day, p_month) t
  loop
    v_card[r.ord] := r.card; v_token[r.ord] := r.id;
    if r.code = 'token_unknown' then v_refusal[r.ord] := r.code; else v_decline[r.ord] := r.code; end if;
  end loop;
  -- A statement of its own, so that the next one sees the accounts.
  perform ledger.open_network(q.currency, q.payment, p_now)
     from unnest(asks) q
    where q.network is not null and q.declined is null and v_refusal[q.ord] is null
    order by store.lane_of(q.payment), q.currency;
  for r in
    select a.ord, a.card, a.declined, k.account, coalesce(a.last4, k.last4) as last4
      from (select q.ord, q.declined, q.last4,
                   case when q.network is not null
                        then ledger.network_card(q.currency, q.payment)
                        else coalesce(q.card, v_card[q.ord]) end as card
              from unnest(asks) q where v_refusal[q.ord] is null) a
      left join lateral ledger.card_of(store.lane_of(a.card), a.card) k on true
  loop
    v_card[r.ord] := r.card; v_account[r.ord] := r.account; v_last4[r.ord] := r.last4;
    v_decline[r.ord] := coalesce(r.declined, v_decline[r.ord],
                               case when r.account is null then 'card_unknown' end);
  end loop;
  return array(
    select (i, v_claimed[i], v_resource[i], v_first[i], v_refusal[i], v_decline[i], v_name[i], v_store[i],
            v_place[i], v_card[i], v_token[i], v_account[i], v_last4[i])::payments.charge
      from generate_series(1, n) i);
end $fn$;

-- Writes what was decided: payments, kept keys, events, timeline. `codes`: 'ok' or the decline,
-- null where nothing was opened.
create or replace function payments.enter(asks payments.charging[], work payments.charge[], codes text[],
                               p_now bigint)
returns void language plpgsql volatile
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $fn$
begin
  insert into payments.payment
    (lane, id, merchant, store, payee, merchant_reference, amount, currency, lines, order_digest,
     presentment, capture_method, metadata, status, declined_because, card, card_last4, account,
     device, token, initiator, created_ms, deadline_ms)
  select a.lane, a.payment, a.merchant, w.store,
         jsonb_build_object('name', w.name, 'place', w.place), a.merchant_reference, a.amount,
         a.currency, a.lines, a.order_digest, a.presentment, a.capture_method, a.metadata,
         case codes[a.ord] when 'ok' then 'authorized' else 'declined' end,
         nullif(codes[a.ord], 'ok'), coalesce(a.network, w.card), w.last4, w.account, a.device, w.token, a.initiator,
         p_now, a.deadline_ms
    from unnest(asks) a cross join lateral (select (work[a.ord]).*) w
   where codes[a.ord] is not null;

  perform store.keep_all(array(
    select (a.lane, a.merchant, a.key, work[a.ord].account, jsonb_build_object(
             'status', case codes[a.ord] when 'ok' then 'authorized' else 'declined' end,
             'captured', 0, 'refunded', 0, 'version', 1))::store.keeping
      from unnest(asks) a where codes[a.ord] is not null));

  perform events.append(array(
    select (a.lane, a.event, a.merchant,
            case codes[a.ord] when 'ok' then 'payment.authorized' else 'payment.declined' end,
            a.payment, 1,
            jsonb_build_object('amount', a.amount, 'currency', a.currency,
                               'declined_because', nullif(codes[a.ord], 'ok')))::events.item
      from unnest(asks) a where codes[a.ord] is not null), p_now);

  insert into payments.timeline (lane, payment, request, at_ms, name, outcome, hops)
  select a.lane, a.payment, a.request, p_now, 'createPayment', codes[a.ord], a.way
    from unnest(asks) a where codes[a.ord] is not null;
end $fn$;
