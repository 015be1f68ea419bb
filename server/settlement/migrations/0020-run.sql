-- The settlement run. A day is opened under its payable's lock, collected in pieces (each a
-- transaction that leaves nothing half done, so that a run may stop, die and go on anywhere), and
-- closed when nothing of it is left.

-- What a merchant pays for captures: basis points of the amount, rounded half up, and a fixed sum.
-- The narrowest terms in force when it was captured count: '' stands for every merchant, or program.
create table settlement.terms (
  merchant      text   not null,
  program       text   not null,
  currency      text   not null,
  from_ms       bigint not null,
  basis_points  int    not null check (basis_points between 0 and 10000),
  fixed         bigint not null check (fixed >= 0),
  by            text   not null,
  primary key (merchant, program, currency, from_ms)
);

create function settlement.fee_for(p_merchant text, p_program text, p_currency text, p_at bigint,
                                   p_amount bigint)
returns bigint language sql stable as $fn$
  select coalesce((
    select (p_amount * t.basis_points + 5000) / 10000 + t.fixed
      from settlement.terms t
     where t.merchant in (p_merchant, '') and t.program in (coalesce(p_program, ''), '')
       and t.currency = p_currency and t.from_ms <= p_at
     order by (t.merchant <> '') desc, (t.program <> '') desc, t.from_ms desc limit 1), 0)
$fn$;

-- Opens the day that is due; null where there is none, or one is being collected.
create function settlement.open(p_lane smallint, p_merchant text, p_currency text, p_id text,
                                p_until bigint, p_now bigint)
returns text language plpgsql volatile as $fn$
declare
  d record;
begin
  select * into d from ledger.day_to_settle(p_lane, p_merchant, p_currency);
  if d.day is null or d.cut_ms > p_until
     or exists (select from settlement.settlement s
                 where s.lane = p_lane and s.merchant = p_merchant and s.currency = p_currency
                   and (s.status = 'collecting' or s.day = d.day)) then
    return null;
  end if;
  insert into settlement.settlement (lane, id, merchant, currency, day, zone, cut_ms, status, carried,
                                     net, items_total, created_ms)
  values (p_lane, p_id, p_merchant, p_currency, d.day, d.zone, d.cut_ms, 'collecting', d.carried,
          d.carried, d.movements, p_now);
  return p_id;
end $fn$;

create function settlement.tell(s settlement.settlement, p_event text, p_type text, p_subject text,
                                p_sequence int, p_data jsonb, p_now bigint)
returns void language sql volatile as $fn$
  select events.append(
    array[(s.lane, p_event, s.merchant, p_type, p_subject, p_sequence,
           jsonb_build_object('currency', s.currency) || p_data)::events.item], p_now)
$fn$;

-- Collects the next `p_limit` movements; the last piece closes the day. `p_events`: two, and one for
-- each movement. Answers with 'more', 'closed', or 'elsewhere' where another process is at it.
create function settlement.collect(p_lane smallint, p_id text, p_limit int, p_payout text,
                                   p_events text[], p_now bigint)
returns text language plpgsql volatile as $fn$
declare
  s settlement.settlement;
  moved ledger.moved[];
  fees ledger.moved[];
begin
  select * into s from settlement.settlement x
   where x.lane = p_lane and x.id = p_id and x.status = 'collecting' and not x.stopped
     for no key update skip locked;
  if s.id is null then return 'elsewhere'; end if;

  moved := array(select m from ledger.take_movements(s.lane, s.merchant, s.currency, s.cut_ms, s.id,
                                                     p_limit) m);
  fees := array(
    select (m.entry, m.reference, m.payment, f.fee, m.at_ms)::ledger.moved
      from unnest(moved) m
     cross join lateral (
       select settlement.fee_for(s.merchant, issuing.program_of(payments.card_of(m.payment)),
                                 s.currency, m.at_ms, m.amount) as fee) f
     where m.entry = 'capture' and f.fee > 0);
  insert into settlement.item (lane, entry, reference, settlement, payment, amount, at_ms)
  select s.lane, m.entry, m.reference, s.id, m.payment, m.amount, m.at_ms from unnest(moved) m
  union all
  select s.lane, 'fee', f.reference, s.id, f.payment, -f.amount, f.at_ms from unnest(fees) f;
  if cardinality(fees) > 0 then
    perform ledger.charge_fees(s.lane, s.merchant, s.currency, fees, p_now);
  end if;
  perform payments.settle(s.lane, array(
    select (m.payment, m.amount, p_events[m.at + 2])::payments.settled
      from unnest(moved) with ordinality m(entry, reference, payment, amount, at_ms, at)
     where m.entry = 'capture'), p_now);

  s := settlement.add(s, moved, fees);
  if cardinality(moved) = p_limit then return 'more'; end if;
  perform settlement.close(s, p_payout, p_events, p_now);
  return 'closed';
end $fn$;

create function settlement.add(s settlement.settlement, moved ledger.moved[], fees ledger.moved[])
returns settlement.settlement language sql volatile as $fn$
  update settlement.settlement x
     set gross = x.gross + a.gross, refunds = x.refunds + a.refunds, fees = x.fees + a.fees,
         adjustments = x.adjustments + a.adjustments,
         net = x.net + a.gross - a.refunds - a.fees + a.adjustments,
         items = x.items + cardinality(moved)
    from (select coalesce(sum(m.amount) filter (where m.entry = 'capture'), 0) as gross,
                 coalesce(-sum(m.amount) filter (where m.entry = 'refund'), 0) as refunds,
                 coalesce(sum(m.amount) filter (where m.entry = 'adjustment'), 0) as adjustments,
                 (select coalesce(sum(f.amount), 0) from unnest(fees) f) as fees
            from unnest(moved) m) a
   where x.lane = s.lane and x.id = s.id
  returning x.*
$fn$;

-- What is above nothing goes out; the rest is carried into the next day.
create function settlement.close(s settlement.settlement, p_payout text, p_events text[],
                                 p_now bigint)
returns void language plpgsql volatile as $fn$
begin
  if s.net > 0 then
    insert into settlement.payout (lane, id, merchant, currency, amount, settlement, status, created_ms)
    values (s.lane, p_payout, s.merchant, s.currency, s.net, s.id, 'pending', p_now);
  end if;
  perform ledger.end_day(s.lane, s.merchant, s.currency, s.cut_ms, p_payout, s.net, p_now);
  update settlement.settlement x
     set status = case when s.net > 0 then 'ready' else 'carried' end,
         payout = case when s.net > 0 then p_payout end, closed_ms = p_now
   where x.lane = s.lane and x.id = s.id;
  perform settlement.tell(s, p_events[1], 'settlement.ready', s.id, s.version,
                          jsonb_build_object('day', s.day, 'net', s.net), p_now);
  if s.net > 0 then
    perform settlement.tell(s, p_events[2], 'payout.created', p_payout, 1,
                            jsonb_build_object('amount', s.net, 'settlement', s.id), p_now);
  end if;
end $fn$;

-- What the bank did with a payout. The same word again is the same answer.
create function settlement.end_payout(p_lane smallint, p_payout text, p_to text, p_bank text,
                                      p_because text, p_event text, p_now bigint)
returns text language plpgsql volatile as $fn$
declare
  p settlement.payout;
  s settlement.settlement;
begin
  select * into p from settlement.payout
   where lane = p_lane and id = p_payout for no key update;
  if p.id is null then return 'not_found'; end if;
  if p.status = p_to and p.bank_reference is not distinct from p_bank then return 'ok'; end if;
  if p.status <> 'pending' then return 'payout_state'; end if;
  update settlement.payout
     set status = p_to, bank_reference = p_bank, failed_because = p_because, decided_ms = p_now,
         version = version + 1
   where lane = p_lane and id = p_payout returning * into p;
  perform ledger.end_payout(p_lane, p.merchant, p.currency, p.id, p.amount, p_to = 'paid', p_now);
  update settlement.settlement
     set status = case p_to when 'paid' then 'paid' else 'carried' end
   where lane = p_lane and id = p.settlement returning * into s;
  perform settlement.tell(s, p_event, 'payout.' || p_to, p.id, p.version,
                          jsonb_build_object('amount', p.amount, 'settlement', s.id,
                                             'because', p_because), p_now);
  return 'ok';
end $fn$;

-- Holds a run, or lets it go on.
create function settlement.hold(p_lane smallint, p_id text, p_stopped boolean)
returns text language plpgsql volatile as $fn$
declare
  s settlement.settlement;
begin
  select * into s from settlement.settlement
   where lane = p_lane and id = p_id for no key update;
  if s.id is null then return 'not_found'; end if;
  if s.status <> 'collecting' then return 'settlement_state'; end if;
  update settlement.settlement set stopped = p_stopped where lane = p_lane and id = p_id;
  return 'ok';
end $fn$;

grant select, insert on settlement.terms to warifu_app;
grant execute on all functions in schema settlement to warifu_app;
