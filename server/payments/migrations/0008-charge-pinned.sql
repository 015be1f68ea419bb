-- Charges as before (0006), written for speed like 0007: plans are pinned, and what belongs to one
-- request stands at its `ord` in every array, so a batch is never joined with itself.
drop function payments.charge(jsonb, bigint, bigint, int, int);
drop function payments.gather(payments.charging[], bigint, int, int);
drop function payments.enter(payments.charging[], payments.charge[], text[], bigint);

-- Claims the keys and gathers what stands for and against each request.
create function payments.gather(asks payments.charging[], p_now bigint, p_day int, p_month int)
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
  for r in
    select a.ord, a.card, a.declined, k.account, k.last4
      from (select q.ord, coalesce(q.card, v_card[q.ord]) as card, q.declined from unnest(asks) q
             where v_refusal[q.ord] is null) a
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
create function payments.enter(asks payments.charging[], work payments.charge[], codes text[],
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
         nullif(codes[a.ord], 'ok'), w.card, w.last4, w.account, a.device, w.token, a.initiator,
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

create function payments.charge(p_batch jsonb, p_now bigint, p_expires bigint,
                                p_day int, p_month int)
returns table (ord int, code text, answer jsonb)
language plpgsql volatile
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $fn$
declare
  asks  payments.charging[];
  work  payments.charge[];
  codes text[];                                -- by ord: 'ok', the decline, or null: not opened
  said  record;
begin
  asks := array(select a from jsonb_populate_recordset(null::payments.charging, p_batch) a
                 order by a.ord);
  work := payments.gather(asks, p_now, p_day, p_month);
  codes := array(select case when w.refusal is null then w.decline end from unnest(work) w);

  for said in
    select l.ord, l.code from ledger.authorize(
      array(select (a.ord, store.lane_of(work[a.ord].card), work[a.ord].card, a.payment, a.amount,
                    a.currency)::ledger.ask
              from unnest(asks) a
             where work[a.ord].refusal is null and work[a.ord].decline is null),
      p_now, p_expires, p_day, p_month) l
  loop
    codes[said.ord] := said.code;
  end loop;

  perform payments.enter(asks, work, codes, p_now);
  if exists (select from unnest(asks) a where a.initiator = 'merchant') then
    perform tokens.spend(array(
      select t from unnest(payments.token_asks(asks)) t where t.absent and codes[t.ord] = 'ok'),
      p_day, p_month);
  end if;
  if exists (select from unnest(work) w where w.claimed = 'fresh' and w.refusal is not null) then
    perform store.forget_all(array(
      select (a.lane, a.merchant, a.key, null, null)::store.keeping
        from unnest(asks) a
       where work[a.ord].claimed = 'fresh' and work[a.ord].refusal is not null));
  end if;

  return query
    select w.ord,
           case w.refusal when 'seen' then 'ok' else coalesce(w.refusal, 'ok') end,
           case when w.refusal is null or w.refusal = 'seen' then
             payments.first_answer(w.resource, coalesce(w.first, '{}')) end
      from unnest(work) w;
end $fn$;

alter function payments.first_answer(text, jsonb)
  set enable_seqscan = off;
grant execute on function payments.charge, payments.gather, payments.enter to warifu_app;
