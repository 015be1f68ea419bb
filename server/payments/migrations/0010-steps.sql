-- A payment's steps: what it waits for, by whom, until when; set by its presentment's table
-- (server/presentment/steps.ts). Payments that come to a person who did not begin are asked by the
-- clock, so that the request that made them costs the same whoever is found.
alter table payments.payment
  add column extent             text not null default 'exact' check (extent in ('exact', 'up_to')),
  add column match_number       text,           -- two digits that the till shows
  add column action             text,
  add column action_by          text,
  add column action_deadline_ms bigint;
update payments.payment
   set action = 'present', action_by = 'cardholder', action_deadline_ms = deadline_ms
 where status = 'requires_action';
drop index payments.payment_open;
create index payment_open on payments.payment (action_deadline_ms) where status = 'requires_action';

-- For the platform's own people: whom a payment did not reach, and why. No merchant reads it.
alter table payments.timeline add column private boolean not null default false;

-- Payments that somebody is yet to be asked about, and by what they are to be found.
create table payments.asking (
  lane     smallint not null,
  payment  text     not null,
  claim    jsonb    not null,
  primary key (lane, payment)
);
grant select, insert, delete on payments.asking to warifu_app;

create function payments.note_private(p_lane smallint, p_payment text, p_entry payments.entry,
                                      p_outcome text, p_now bigint)
returns void language sql volatile as $fn$
  insert into payments.timeline (lane, payment, request, at_ms, name, outcome, hops, private)
  values (p_lane, p_payment, p_entry.request, p_now, p_entry.name, p_outcome, p_entry.hops, true)
  on conflict do nothing
$fn$;

-- Opens a payment under the merchant's key, as before (0004); with a claim, somebody is to be asked.
drop function payments.open(jsonb, bytea, smallint, text, bytea, text, payments.entry, bigint);
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
drop function payments.claim(smallint, text, text, text, text, payments.entry, bigint);
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

-- One step of a terminal in one statement: its counter, its right to this payment, the move, the
-- answer that is kept. A refusal is kept too, as the answer to these bytes.
create type payments.stepping as (
  payment text, lane smallint, request text, event text, name text, hops jsonb,
  terminal text, terminal_lane smallint, counter bigint, digest text, evidence jsonb,
  presentments text[], actions text[], action text, action_by text, action_deadline_ms bigint,
  answer jsonb
);
create function payments.step(p_step jsonb, p_now bigint)
returns table (code text, answer jsonb) language plpgsql volatile as $fn$
declare
  s payments.stepping := jsonb_populate_record(null::payments.stepping, p_step);
  entry payments.entry := (s.request, s.name, s.hops)::payments.entry;
  p payments.payment;
  v record;
  said text;
  kept jsonb;
begin
  select * into p from payments.payment
   where lane = s.lane and id = s.payment for no key update;
  select * into v from terminals.advance(
    array[(1, s.terminal_lane, s.terminal, s.counter, decode(s.digest, 'hex'))::terminals.ask]);
  if v.code = 'counter_forked' then
    perform events.append(array[(s.lane, s.event, v.cardholder, 'terminal.suspended', s.terminal,
              v.version, jsonb_build_object('reason', 'counter_forked'))::events.item], p_now);
  end if;
  if v.code <> 'fresh' then
    return query select coalesce(v.answer->>'code', v.code), v.answer;
    return;
  end if;
  said := case
            when p.id is null                           then 'not_found'
            when p.terminal is distinct from s.terminal then 'already_claimed'
            when p.presentment <> all (s.presentments)  then 'payment_state'
            when p.status = 'expired'                   then 'payment_expired'
            when p.status <> 'requires_action'          then 'payment_state'
            when p.action_deadline_ms <= p_now          then 'payment_expired'
            else (select g.code from payments.go_on(s.lane, s.payment, s.actions, s.action,
                    s.action_by, s.action_deadline_ms, s.event, entry, p_now) g)
          end;
  kept := s.answer || jsonb_build_object(
    'code', said, 'payment', s.payment, 'approval', p.approval, 'amount', p.amount,
    'currency', p.currency, 'decided_ms', p_now);
  perform terminals.keep(array[(s.terminal_lane, s.terminal, s.counter, decode(s.digest, 'hex'),
                                s.evidence, kept)::terminals.kept], p_now);
  return query select said, kept;
end $fn$;

-- Ends a payment without taking money, as before (0004); where it is silence that ends it, only a
-- step that is still overdue.
drop function payments.cancel(smallint, text, text, text, bytea, text[], text, payments.entry, bigint);
drop function payments.finish(smallint, text, text, text, text[], text, payments.entry, bigint);
create function payments.finish(p_lane smallint, p_payment text, p_to text, p_because text,
                                p_sources text[], p_overdue boolean, p_event text,
                                p_entry payments.entry, p_now bigint)
returns table (code text, answer jsonb) language plpgsql volatile as $fn$
declare
  p payments.payment;
begin
  select * into p from payments.payment
   where lane = p_lane and id = p_payment for no key update;
  if p.status is null or p.status <> all (p_sources)
     or (p_overdue and p.status = 'requires_action' and p.action_deadline_ms > p_now) then
    return query
      select case p.status when 'expired' then 'payment_expired' else 'payment_state' end, to_jsonb(p);
    return;
  end if;
  if p.approval is not null then
    perform approvals.close(
      p_lane, p.approval,
      case when p_overdue then 'expired' when p_to = 'declined' then 'denied' else p_to end,
      nullif(p_because, 'approval_denied'), p_now);
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

-- What time has to act on, as before (0008); a late step ends as its table says.
drop function payments.due(bigint, int);
create function payments.due(p_now bigint, p_limit int)
returns table (act text, lane smallint, payment text, merchant text, presentment text, action text)
language plpgsql stable set enable_seqscan = off as $fn$
begin
  return query
    (select 'expire', p.lane, p.id, p.merchant, p.presentment, p.action from payments.payment p
      where p.status = 'requires_action' and p.action_deadline_ms <= p_now
      order by p.action_deadline_ms limit p_limit)
    union all
    (select 'release', p.lane, p.id, p.merchant, p.presentment, p.action
       from ledger.lapsed(p_now, p_limit) l
       join payments.payment p on p.lane = store.lane_of(l.payment) and p.id = l.payment)
    union all
    (select 'capture', p.lane, p.id, p.merchant, p.presentment, p.action from payments.payment p
      where p.status = 'authorized' and p.capture_method = 'automatic' limit p_limit)
    union all
    (select 'ask', a.lane, a.payment, null, null, null from payments.asking a limit p_limit);
end $fn$;

grant execute on all functions in schema payments to warifu_app;
