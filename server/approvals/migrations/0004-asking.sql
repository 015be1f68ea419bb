-- Questions that come to a person who did not begin: delivery receipts, deadlines that the clock
-- acts on, shops that a person has muted, and a back-off for shops that ring in vain.
alter table approvals.approval
  add column asked         boolean not null default false,  -- came by itself; not by a link
  add column lines         jsonb   not null default '[]',   -- the order, shown beside the content
  add column match_number  text,                            -- what the till shows; in the content too
  add column number_asked  jsonb,                           -- how the person is asked for it
  add column because       text,                            -- why it ended, where no yes or no did
  add column received_ms   bigint,                          -- the terminal signed that it was shown
  drop constraint approval_state_check,
  add constraint approval_state_check check
    (state in ('pending', 'approved', 'denied', 'expired', 'cancelled', 'superseded'));
update approvals.approval set asked = true where subject_kind = 'mandate';

-- What the clock waits for. A table of its own: the money statement does not touch it.
create table approvals.waiting (
  lane      smallint not null,
  approval  text     not null,
  what      text     not null check (what in ('receipt', 'answer')),
  due_ms    bigint   not null,
  primary key (lane, approval, what)
);
create index waiting_due on approvals.waiting (due_ms);

-- One row for each person that was ever asked: its lock opens their questions one by one.
create table approvals.person (cardholder text primary key);

create table approvals.mute (
  cardholder  text   not null,
  merchant    text   not null,
  payee       jsonb  not null,
  created_ms  bigint not null,
  primary key (cardholder, merchant)
);

-- Why this merchant may not ask this person now; null where it may. One question is open at a time;
-- after three in an hour that brought no yes, each further one waits twice as long as the last.
create function approvals.why_not_ask(p_cardholder text, p_merchant text, p_now bigint)
returns text language sql stable as $fn$
  with lately as (
    select v.state, v.created_ms
      from approvals.approval v
     where v.cardholder = p_cardholder and v.asked and v.content->'payee'->>'id' = p_merchant
       and v.created_ms > p_now - 3600000
  ), vain as (
    select count(*)::int as n, max(created_ms) as last_ms, bool_or(state = 'pending') as open
      from lately
     where created_ms > coalesce((select max(created_ms) from lately where state = 'approved'), 0)
  )
  select case
           when exists (select from approvals.mute m
                         where m.cardholder = p_cardholder and m.merchant = p_merchant) then 'muted'
           when open                                                                then 'open'
           when n >= 3 and p_now < last_ms + 30000 * 2 ^ least(n - 3, 7)            then 'too_soon'
         end
    from vain
$fn$;

-- Takes each yes, as before (0001); in addition, `given`: the yes was taken by an answer of its
-- own, before what it was given for. A wrong number ends the approval at once.
alter type approvals.ask add attribute match_number text, add attribute given boolean;
create or replace function approvals.decide(asks approvals.ask[], p_now bigint)
returns table (ord int, code text) language plpgsql volatile
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $fn$
begin
  perform 1 from approvals.approval v
    join unnest(asks) a on v.lane = a.lane and v.id = a.approval
   order by v.lane, v.id
     for no key update of v;

  return query
  with judged as materialized (
    select a.ord, a.lane, a.approval, a.factors, a.given,
           case
             when v.id is null or v.terminal <> a.terminal then 'already_claimed'
             when v.match_number is distinct from a.match_number
              and v.state = 'pending' and v.deadline_ms > p_now then 'match_number_wrong'
             when v.digest <> a.digest                     then 'approval_mismatch'
             when a.given and v.state = 'approved'         then 'ok'
             when a.given or v.state <> 'pending'          then 'payment_state'
             when v.deadline_ms <= p_now                   then 'payment_expired'
             when not (v.factors <@ a.factors)             then 'user_verification_required'
             else 'ok'
           end as verdict
      from unnest(asks) a
      left join approvals.approval v on v.lane = a.lane and v.id = a.approval
  ), moved as (
    update approvals.approval v
       set state = case j.verdict when 'ok' then 'approved' else 'denied' end,
           because = nullif(j.verdict, 'ok'), factors_used = j.factors, decided_ms = p_now
      from judged j
     where v.lane = j.lane and v.id = j.approval and v.state = 'pending'
       and j.verdict in ('ok', 'match_number_wrong')
  )
  select j.ord, j.verdict from judged j;
end $fn$;

-- Ends a pending approval without a yes, for a reason where there is one beyond the state. Answers
-- with whom it was asked of; with nothing where it had ended before.
drop function approvals.close(smallint, text, text, bigint);
create function approvals.close(p_lane smallint, p_approval text, p_state text, p_because text,
                                p_now bigint)
returns text language sql volatile as $fn$
  update approvals.approval
     set state = p_state, because = p_because, decided_ms = p_now
   where lane = p_lane and id = p_approval and state = 'pending'
  returning cardholder
$fn$;

grant select, insert, delete on approvals.waiting, approvals.mute to warifu_app;
grant select, insert, update on approvals.person to warifu_app;
grant execute on function approvals.decide, approvals.close, approvals.why_not_ask to warifu_app;
