-- A payment by a code that carries a cap: opened as any other (0005); where the code is good for it,
-- used up and decided in the same statement. Where it is not, the payment waits as one by any code.
create function payments.redeem(p_row jsonb, p_claim jsonb, p_key text, p_digest bytea,
                                p_entry payments.entry, p_given jsonb, p_now bigint,
                                p_expires bigint, p_day int, p_month int)
returns table (code text, answer jsonb) language plpgsql volatile as $fn$
declare
  p    payments.payment := jsonb_populate_record(null::payments.payment, p_row);
  c    record;
  k    record;
  done text;
begin
  select * into c from store.once(p.lane, p.merchant, p_key, p_digest, p.id, p_now);
  if c.code <> 'fresh' then return query select c.code, c.answer; return; end if;

  insert into payments.payment select p.*;
  perform payments.note(p.lane, p.id,
                        (p_given->>'created_request', 'createPayment',
                         p_given->'created_hops')::payments.entry, 'created', p_now);
  perform payments.tell(p, p_given->>'created_event', 'payment.created', '{}', p_now);

  select g.account, g.last4 into k
    from ledger.card_of(store.lane_of(p_given->>'card'), p_given->>'card') g;
  if k.account is null or approvals.is_muted(p_given->>'cardholder', p.merchant)
    or not terminals.redeem_capped(decode(p_claim->>'code', 'hex'), p.id, p_given->>'terminal',
                                   p.amount, p.currency, p_now) then
    insert into payments.asking (lane, payment, claim) values (p.lane, p.id, p_claim);
    perform store.keep(p.lane, p.merchant, p_key, to_jsonb(p));
    return query select 'ok'::text, to_jsonb(p);
    return;
  end if;

  perform approvals.enter_given(
    p.lane, p_given->'content', p.lines, p_given->>'terminal', p_given->>'cardholder',
    decode(p_given->>'content_digest', 'hex'),
    array(select jsonb_array_elements_text(p_given->'factors')), p_now);
  done := ((ledger.authorize(
    array[(1, store.lane_of(p_given->>'card'), p_given->>'card', p.id, p.amount, p.currency,
           p.merchant, p.category, null)::ledger.ask], p_now, p_expires, p_day, p_month))[1]).outcome;
  if not payments.is_decision(done) then
    raise exception 'payments.redeem: % decides nothing', done;
  end if;

  update payments.payment x
     set status = case done when 'ok' then 'authorized' else 'declined' end,
         declined_because = nullif(done, 'ok'), terminal = p_given->>'terminal',
         approval = p_given->'content'->>'approval', card = p_given->>'card',
         card_last4 = k.last4, account = k.account, version = x.version + 1
   where x.lane = p.lane and x.id = p.id
  returning * into p;
  perform payments.note(
    p.lane, p.id,
    (p_entry.request, p_entry.name,
     case done when 'ok' then p_entry.hops
               else jsonb_set(p_entry.hops, '{-1,outcome}', '"refused"') end)::payments.entry,
    done, p_now);
  perform payments.tell(p, p_given->>'event', 'payment.' || p.status,
                        jsonb_build_object('declined_because', nullif(done, 'ok')), p_now);
  perform store.keep(p.lane, p.merchant, p_key, to_jsonb(p));
  return query select 'ok'::text, to_jsonb(p);
end $fn$;

grant execute on function payments.redeem to warifu_app;
