-- The rest of a payment's life. Each function is one statement for the server: claim of the key,
-- move, ledger, event, timeline and answer together.

create type payments.entry as (request text, name text, hops jsonb);

create function payments.note(p_lane smallint, p_payment text, p_entry payments.entry,
                              p_outcome text, p_now bigint)
returns void language sql volatile as $fn$
  insert into payments.timeline (lane, payment, request, at_ms, name, outcome, hops)
  values (p_lane, p_payment, p_entry.request, p_now, p_entry.name, p_outcome, p_entry.hops)
  on conflict do nothing
$fn$;

create function payments.tell(p payments.payment, p_event text, p_type text, p_data jsonb,
                              p_now bigint)
returns void language sql volatile as $fn$
  select events.append(array[(p.lane, p_event, p.merchant, p_type, p.id, p.version,
           jsonb_build_object('amount', p.amount, 'currency', p.currency) || p_data)::events.item],
         p_now)
$fn$;

-- A success is the key's first answer for ever; a refusal moved nothing and frees the key.
create function payments.settle_claim(p_lane smallint, p_merchant text, p_key text, p_code text,
                                      p_answer jsonb)
returns void language plpgsql volatile as $fn$
begin
  if p_code = 'ok' then perform store.keep(p_lane, p_merchant, p_key, p_answer);
  else perform store.forget(p_lane, p_merchant, p_key);
  end if;
end $fn$;

-- Opens a payment under the merchant's key. `p_row` is the whole row as JSON.
create function payments.open(p_row jsonb, p_link bytea, p_link_lane smallint, p_key text,
                              p_digest bytea, p_event text, p_entry payments.entry, p_now bigint)
returns table (code text, answer jsonb) language plpgsql volatile as $fn$
declare
  p payments.payment := jsonb_populate_record(null::payments.payment, p_row);
  c record;
begin
  select * into c from store.once(p.lane, p.merchant, p_key, p_digest, p.id, p_now);
  if c.code <> 'fresh' then return query select c.code, c.answer; return; end if;

  insert into payments.payment select p.*;
  insert into payments.link (lane, hash, payment) values (p_link_lane, p_link, p.id);
  perform payments.note(p.lane, p.id, p_entry, 'created', p_now);
  perform payments.tell(p, p_event, 'payment.created', '{}', p_now);
  perform store.keep(p.lane, p.merchant, p_key, to_jsonb(p));
  return query select 'ok'::text, to_jsonb(p);
end $fn$;

-- The first terminal that opens the link has it; the same one may open it again.
create function payments.claim(p_lane smallint, p_payment text, p_terminal text, p_approval text,
                               p_event text, p_entry payments.entry, p_now bigint)
returns table (code text, answer jsonb) language plpgsql volatile as $fn$
declare
  p payments.payment;
begin
  update payments.payment
     set terminal = p_terminal, approval = p_approval, version = version + 1
   where lane = p_lane and id = p_payment and terminal is null
     and status = 'requires_action' and deadline_ms > p_now
  returning * into p;
  if found then
    perform payments.note(p_lane, p_payment, p_entry, 'claimed', p_now);
    perform payments.tell(p, p_event, 'payment.claimed', '{}', p_now);
    return query select 'ok'::text, to_jsonb(p);
    return;
  end if;
  select * into p from payments.payment where lane = p_lane and id = p_payment;
  return query
    select case
             when p.terminal is not null and p.terminal <> p_terminal then 'already_claimed'
             when p.status = 'expired'                                then 'payment_expired'
             when p.status <> 'requires_action'                       then 'payment_state'
             when p.deadline_ms <= p_now                              then 'payment_expired'
             else 'seen'
           end, to_jsonb(p);
end $fn$;

-- Ends a payment without taking money: denied, cancelled, expired. A hold is released.
create function payments.finish(p_lane smallint, p_payment text, p_to text, p_because text,
                                p_sources text[], p_event text, p_entry payments.entry,
                                p_now bigint)
returns table (code text, answer jsonb) language plpgsql volatile as $fn$
declare
  p payments.payment;
begin
  select * into p from payments.payment
   where lane = p_lane and id = p_payment for no key update;
  if p.status is null or p.status <> all (p_sources) then
    return query
      select case p.status when 'expired' then 'payment_expired' else 'payment_state' end, to_jsonb(p);
    return;
  end if;
  if p.approval is not null then
    perform approvals.close(p_lane, p.approval, case p_to when 'declined' then 'denied' else p_to end,
                            p_now);
  end if;
  if p.status = 'authorized' then
    perform ledger.release(store.lane_of(p.account), p.account, p.id, p_now);
  end if;
  update payments.payment
     set status = p_to, declined_because = p_because, version = version + 1
   where lane = p_lane and id = p_payment
  returning * into p;
  perform payments.note(p_lane, p_payment, p_entry, p_to, p_now);
  perform payments.tell(p, p_event, 'payment.' || p_to, '{}', p_now);
  return query select 'ok'::text, to_jsonb(p);
end $fn$;

-- A merchant's cancel: finish, under its key.
create function payments.cancel(p_lane smallint, p_payment text, p_merchant text, p_key text,
                                p_digest bytea, p_sources text[], p_event text,
                                p_entry payments.entry, p_now bigint)
returns table (code text, answer jsonb) language plpgsql volatile as $fn$
declare
  c record;
begin
  select * into c from store.once(p_lane, p_merchant, p_key, p_digest, p_payment, p_now);
  if c.code = 'fresh' then
    select f.code, jsonb_build_object('code', f.code, 'payment', f.answer) as answer into c
      from payments.finish(p_lane, p_payment, 'cancelled', null, p_sources, p_event, p_entry, p_now) f;
    perform payments.settle_claim(p_lane, p_merchant, p_key, c.code, c.answer);
  end if;
  return query select coalesce(c.answer->>'code', c.code), c.answer->'payment';
end $fn$;

-- Takes what was authorised, or a part; the rest is released. No amount: all of it. Without a key
-- it is the platform's own automatic capture: the status lets it happen once.
create function payments.capture(p_lane smallint, p_payment text, p_merchant text, p_key text,
                                 p_digest bytea, p_capture text, p_amount bigint, p_sources text[],
                                 p_event text, p_entry payments.entry, p_now bigint)
returns table (code text, answer jsonb) language plpgsql volatile as $fn$
declare
  c record;
  p payments.payment;
  v text;
begin
  if p_key is not null then
    select * into c from store.once(p_lane, p_merchant, p_key, p_digest, p_payment, p_now);
    if c.code <> 'fresh' then
      return query select coalesce(c.answer->>'code', c.code), c.answer->'payment';
      return;
    end if;
  end if;
  select * into p from payments.payment
   where lane = p_lane and id = p_payment for no key update;
  v := case when p.status = any (p_sources)
            then ledger.capture(store.lane_of(p.account), p.account, p.id, p_capture,
                                coalesce(p_amount, p.amount), p_now)
            else 'payment_state' end;
  if v = 'ok' then
    update payments.payment
       set status = 'captured', captured = coalesce(p_amount, amount), version = version + 1
     where lane = p_lane and id = p_payment
    returning * into p;
    perform payments.tell(p, p_event, 'payment.captured',
                          jsonb_build_object('captured', p.captured), p_now);
  end if;
  perform payments.note(p_lane, p_payment, p_entry, v, p_now);
  if p_key is not null then
    perform payments.settle_claim(p_lane, p_merchant, p_key, v,
                                  jsonb_build_object('code', v, 'payment', to_jsonb(p)));
  end if;
  return query select v, to_jsonb(p);
end $fn$;

-- Gives back what was captured, or a part; several times, never more than was captured.
create function payments.refund(p_lane smallint, p_payment text, p_merchant text, p_key text,
                                p_digest bytea, p_refund text, p_amount bigint, p_sources text[],
                                p_event text, p_entry payments.entry, p_now bigint)
returns table (code text, answer jsonb) language plpgsql volatile as $fn$
declare
  c record;
  p payments.payment;
  v text;
  r jsonb;
  due bigint;
begin
  select * into c from store.once(p_lane, p_merchant, p_key, p_digest, p_payment, p_now);
  if c.code <> 'fresh' then
    return query select coalesce(c.answer->>'code', c.code), c.answer->'refund';
    return;
  end if;
  select * into p from payments.payment
   where lane = p_lane and id = p_payment for no key update;
  due := coalesce(p_amount, p.captured - p.refunded);
  v := case when p.status is null or p.status <> all (p_sources) then 'payment_state'
            when due <= 0 then 'amount_above_captured'
            else ledger.refund(store.lane_of(p.account), p.account, p.id, p_refund, due, p_now) end;
  if v = 'ok' then
    insert into payments.refund (lane, payment, id, amount, created_ms)
    values (p_lane, p_payment, p_refund, due, p_now)
    returning to_jsonb(refund) || jsonb_build_object('currency', p.currency) into r;
    update payments.payment set refunded = refunded + due, version = version + 1
     where lane = p_lane and id = p_payment
    returning * into p;
    perform payments.tell(p, p_event, 'payment.refunded',
                          jsonb_build_object('refund', p_refund, 'refunded', due), p_now);
  end if;
  perform payments.note(p_lane, p_payment, p_entry, v, p_now);
  perform payments.settle_claim(p_lane, p_merchant, p_key, v,
                                jsonb_build_object('code', v, 'refund', r));
  return query select v, r;
end $fn$;

grant execute on all functions in schema payments to warifu_app;
