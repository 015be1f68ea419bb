-- One step of a terminal in one statement: its counter, its right to this payment, the move, the
-- answer that is kept. A refusal is kept too, as the answer to these bytes.
create type payments.stepping as (
  payment text, lane smallint, request text, event text, name text, hops jsonb,
  terminal text, terminal_lane smallint, counter bigint, digest text, evidence text,
  presentments text[], actions text[], action text, action_by text, action_deadline_ms bigint,
  answer jsonb
);
create function payments.step(p_step jsonb, p_now bigint)
returns table (code text, answer jsonb) language plpgsql volatile as $fn$
declare
  s payments.stepping := jsonb_populate_record(null::payments.stepping, p_step);
  entry payments.entry := (s.request, s.name, s.hops)::payments.entry;
  p payments.payment;
  v terminals.verdict;                         -- what speaks against its counter
  said text;
  kept jsonb;
begin
  select * into p from payments.payment
   where lane = s.lane and id = s.payment for no key update;
  v := (terminals.advance(
    array[(1, s.terminal_lane, s.terminal, s.counter, decode(s.digest, 'hex'))::terminals.ask]))[1];
  if v.code = 'counter_forked' then
    perform events.append(array[(s.lane, s.event, v.cardholder, 'terminal.suspended', s.terminal,
              v.sequence, jsonb_build_object('reason', 'counter_forked'))::events.item], p_now);
  end if;
  if v.code is not null then
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

grant execute on function payments.step to warifu_app;
