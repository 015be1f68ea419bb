-- An approval is the cardholder's yes or no to one thing: a row with a deadline. This room knows
-- a subject by kind, id and digest, and never what it is about.
create schema if not exists approvals;

create table approvals.approval (
  lane          smallint not null,
  id            text     not null,
  subject_kind  text     not null,
  subject       text     not null,
  terminal      text     not null,
  cardholder    text     not null,
  digest        bytea    not null,            -- SHA-256(JCS(content)): what is shown is what is signed
  content       jsonb    not null,
  factors       text[]   not null,            -- what the yes must carry
  state         text     not null check (state in ('pending', 'approved', 'denied', 'expired', 'cancelled')),
  factors_used  text[],
  created_ms    bigint   not null,
  deadline_ms   bigint   not null,
  decided_ms    bigint,
  primary key (lane, id),
  check (octet_length(digest) = 32),
  check ((state = 'pending') = (decided_ms is null))
) with (fillfactor = 80);

create type approvals.ask as (
  ord int, lane smallint, approval text, terminal text, digest bytea, factors text[]
);

-- Takes each yes: right terminal, right content, in time, with the factors asked for. The row is
-- moved only then; any other answer leaves it as it was.
create function approvals.decide(asks approvals.ask[], p_now bigint)
returns table (ord int, code text) language plpgsql volatile as $fn$
begin
  perform 1 from approvals.approval v
    join unnest(asks) a on v.lane = a.lane and v.id = a.approval
   order by v.lane, v.id
     for no key update of v;

  return query
  with judged as materialized (
    select a.ord, a.lane, a.approval, a.factors,
           case
             when v.id is null or v.terminal <> a.terminal then 'already_claimed'
             when v.digest <> a.digest                     then 'approval_mismatch'
             when v.state <> 'pending'                     then 'payment_state'
             when v.deadline_ms <= p_now                   then 'payment_expired'
             when not (v.factors <@ a.factors)             then 'user_verification_required'
             else 'ok'
           end as verdict
      from unnest(asks) a
      left join approvals.approval v on v.lane = a.lane and v.id = a.approval
  ), moved as (
    update approvals.approval v
       set state = 'approved', factors_used = j.factors, decided_ms = p_now
      from judged j
     where v.lane = j.lane and v.id = j.approval and j.verdict = 'ok'
  )
  select j.ord, j.verdict from judged j;
end $fn$;

-- Ends a pending approval without a yes.
create function approvals.close(p_lane smallint, p_approval text, p_state text, p_now bigint)
returns void language sql volatile as $fn$
  update approvals.approval
     set state = p_state, decided_ms = p_now
   where lane = p_lane and id = p_approval and state = 'pending'
$fn$;

grant usage on schema approvals to warifu_app;
grant select, insert, update on approvals.approval to warifu_app;
grant execute on function approvals.decide, approvals.close to warifu_app;
