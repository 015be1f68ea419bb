-- The life of a payment that waits: opened, claimed, gone on with, ended. Each function is one
-- statement for the server: claim of the key, move, ledger, event, timeline and answer together.

create type payments.entry as (request text, name text, hops jsonb);

create function payments.note(p_lane smallint, p_payment text, p_entry payments.entry,
                              p_outcome text, p_now bigint)
returns void language sql volatile as $fn$
  insert into payments.timeline (lane, payment, request, at_ms, name, outcome, hops)
  values (p_lane, p_payment, p_entry.request, p_now, p_entry.name, p_outcome, p_entry.hops)
  on conflict do nothing
$fn$;

create function payments.note_private(p_lane smallint, p_payment text, p_entry payments.entry,
                                      p_outcome text, p_now bigint)
returns void language sql volatile as $fn$
  insert into payments.timeline (lane, payment, request, at_ms, name, outcome, hops, private)
  values (p_lane, p_payment, p_entry.request, p_now, p_entry.name, p_outcome, p_entry.hops, true)
  on conflict do nothing
$fn$;

-- What happens to a payment after it was claimed, its cardholder may read too.
create function payments.tell(p payments.payment, p_event text, p_type text,
                              p_data jsonb, p_now bigint)
returns void language sql volatile as $fn$
  select events.append_shared(
    (p.lane, p_event, p.merchant, p_type, p.id, p.version,
     jsonb_build_object('amount', p.amount, 'currency', p.currency) || p_data)::events.item,
    approvals.cardholder_of(p.lane, p.approval), p_now)
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

-- Opens a payment under the merchant's key; with a claim, somebody is to be asked. `p_row` is the
-- whole row as JSON.
create function payments.open(p_row jsonb, p_link bytea, p_link_lane smallint, p_claim jsonb,
                              p_key text, p_digest bytea, p_event text, p_entry payments.entry,
                              p_now bigint)
returns table (code text, answer jsonb) language plpgsql volatile as $fn$
declare
  p payments.payment := jsonb_populate_record(null::payments.payment, p_row);
  c record;
begin
  select * into c from store.once(p.lane, p.merchant, p_key, p_digest, p.id, p_now);
  if c.code <> 'fresh' then return query select c.code, c.answer; return; end if;

  insert into payments.payment select p.*;
  if p_claim is null then
    insert into payments.link (lane, hash, payment) values (p_link_lane, p_link, p.id);
  else
    insert into payments.asking (lane, payment, claim) values (p.lane, p.id, p_claim);
  end if;
  perform payments.note(p.lane, p.id, p_entry, 'created', p_now);
  perform payments.tell(p, p_event, 'payment.created', '{}', p_now);
  perform store.keep(p.lane, p.merchant, p_key, to_jsonb(p));
  return query select 'ok'::text, to_jsonb(p);
end $fn$;

-- The first terminal that opens the link has it; the same one may open it again, also to pay in the
-- other way that a link can be paid: then the approval of the first way is superseded.
create function payments.claim(p_lane smallint, p_payment text, p_terminal text,
                               p_presentment text, p_approval text, p_event text,
                               p_entry payments.entry, p_now bigint)
returns table (code text, answer jsonb) language plpgsql volatile as $fn$
declare
  p payments.payment;
  ways constant text[] := array['wallet', 'sim'];
begin
  select * into p from payments.payment
   where lane = p_lane and id = p_payment for no key update;
  if p.status = 'requires_action' and p.action = 'present' and p.action_deadline_ms > p_now
     and p.presentment = any (ways)
     and (p.terminal is null or (p.terminal = p_terminal and p.presentment <> p_presentment)) then
    if p.approval is not null then
      perform approvals.close(p_lane, p.approval, 'superseded', null, p_now);
    end if;
    update payments.payment
       set terminal = p_terminal, approval = p_approval, presentment = p_presentment,
           version = version + 1
     where lane = p_lane and id = p_payment
    returning * into p;
    perform payments.note(p_lane, p_payment, p_entry, 'claimed', p_now);
    perform payments.tell(p, p_event, 'payment.claimed', '{}', p_now);
    return query select 'ok'::text, to_jsonb(p);
    return;
  end if;
  return query
    select case
             when p.terminal is not null and p.terminal <> p_terminal then 'already_claimed'
             when p.status = 'expired'                                then 'payment_expired'
             when p.status <> 'requires_action'                       then 'payment_state'
             when p.action_deadline_ms <= p_now                       then 'payment_expired'
             when p.terminal is null                                  then 'payment_state'
             else 'seen'
           end, to_jsonb(p);
end $fn$;

-- Somebody is asked: theirs it is now. Nothing that a merchant reads moves.
create function payments.reach(p_lane smallint, p_payment text, p_terminal text, p_approval text)
returns void language sql volatile as $fn$
  update payments.payment set terminal = p_terminal, approval = p_approval
   where lane = p_lane and id = p_payment
$fn$;

-- A step was taken: the payment waits for the next one, at most until its own deadline.
create function payments.go_on(p_lane smallint, p_payment text, p_actions text[], p_action text,
                               p_by text, p_deadline bigint, p_event text, p_entry payments.entry,
                               p_now bigint)
returns table (code text, answer jsonb) language plpgsql volatile as $fn$
declare
  p payments.payment;
begin
  update payments.payment
     set action = p_action, action_by = p_by, action_deadline_ms = least(p_deadline, deadline_ms),
         version = version + 1
   where lane = p_lane and id = p_payment and status = 'requires_action'
     and action = any (p_actions) and action_deadline_ms > p_now
  returning * into p;
  if not found then return query select 'payment_state'::text, null::jsonb; return; end if;
  perform payments.note(p_lane, p_payment, p_entry, p_action, p_now);
  perform payments.tell(p, p_event, 'payment.step', jsonb_build_object('action', p_action), p_now);
  return query select 'ok'::text, to_jsonb(p);
end $fn$;

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
      from payments.finish(p_lane, p_payment, 'cancelled', null, p_sources, false, p_event, p_entry,
                           p_now) f;
    perform payments.settle_claim(p_lane, p_merchant, p_key, c.code, c.answer);
  end if;
  return query select coalesce(c.answer->>'code', c.code), c.answer->'payment';
end $fn$;

grant execute on all functions in schema payments to warifu_app;
