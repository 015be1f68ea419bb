-- An approval is the cardholder's yes or no to one thing: a row with a deadline. This room knows
-- a subject by kind, id and digest, and never what it is about.
create schema if not exists approvals;

create domain approvals.state as text check (value in
  ('pending', 'approved', 'denied', 'expired', 'cancelled', 'superseded'));

create table approvals.approval (
  lane          smallint not null,
  id            text     not null,
  subject_kind  text     not null,
  subject       text     not null,
  terminal      text     not null,
  cardholder    text     not null,
  asked         boolean  not null default false,  -- came by itself; not by a link
  digest        store.sha256 not null,        -- of JCS(content): what is shown is what is signed
  content       jsonb    not null,
  lines         jsonb    not null default '[]',   -- the order, shown beside the content
  match_number  text,                         -- what the till shows; in the content too
  number_asked  jsonb,                        -- how the person is asked for it
  factors       text[]   not null,            -- what the yes must carry
  state         approvals.state not null,
  because       text,                         -- why it ended, where no yes or no did
  factors_used  text[],
  created_ms    bigint   not null,
  received_ms   bigint,                       -- the terminal signed that it was shown
  deadline_ms   bigint   not null,
  decided_ms    bigint,
  primary key (lane, id),
  check ((state = 'pending') = (decided_ms is null))
) with (fillfactor = 50);                     -- room for its answer beside it
-- What one person was asked, newest first. It names no column that a decision changes, so the money
-- statement does not touch it.
create index approval_cardholder on approvals.approval (cardholder, id);

-- `given`: the yes was taken by an answer of its own, before what it was given for.
create type approvals.ask as (
  ord int, lane smallint, approval text, terminal text, digest bytea, factors text[],
  match_number text, given boolean
);

create type approvals.verdict as (said text);

-- What speaks against each yes, under its row's lock. A wrong number ends the question at once, any
-- other answer leaves it as it was; a yes that stands after all is taken.
create function approvals.against(asks approvals.ask[], p_now bigint)
returns table (ord int, said text) language plpgsql volatile
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
  select j.ord, j.verdict from judged j where j.verdict <> 'ok';
end $fn$;

-- Takes each yes: right terminal, right content, in time, with the factors asked for. Answers with
-- what speaks against it at its place (`ord`), with nothing where it is taken. A row that nothing
-- speaks against is judged and moved at once, as it stands when its lock is taken (READ COMMITTED).
-- Rows are found by key only: a plan cached while a table was small would read it whole for ever.
create function approvals.decide(asks approvals.ask[], p_now bigint)
returns approvals.verdict[] language plpgsql volatile
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $fn$
declare
  taken    int[];
  verdicts approvals.verdict[] := '{}';
  one      record;
begin
  with yes as (
    update approvals.approval v
       set state = 'approved', factors_used = a.factors, decided_ms = p_now
      from (select * from unnest(asks) order by lane, approval) a
     where v.lane = a.lane and v.id = a.approval and v.terminal = a.terminal and not a.given
       and v.match_number is not distinct from a.match_number and v.digest = a.digest
       and v.state = 'pending' and v.deadline_ms > p_now and v.factors <@ a.factors
    returning a.ord
  )
  select coalesce(array_agg(y.ord), '{}') into taken from yes y;
  if cardinality(taken) = cardinality(asks) then return verdicts; end if;

  verdicts := array_fill(null::approvals.verdict, array[(select max(a.ord) from unnest(asks) a)]);
  for one in
    select o.ord, o.said from approvals.against(
      array(select a from unnest(asks) a where a.ord <> all (taken)), p_now) o
  loop
    verdicts[one.ord] := row(one.said)::approvals.verdict;
  end loop;
  return verdicts;
end $fn$;

-- Ends a pending approval without a yes, for a reason where there is one beyond the state. Answers
-- with whom it was asked of; with nothing where it had ended before.
create function approvals.close(p_lane smallint, p_approval text, p_state text, p_because text,
                                p_now bigint)
returns text language sql volatile as $fn$
  update approvals.approval
     set state = p_state, because = p_because, decided_ms = p_now
   where lane = p_lane and id = p_approval and state = 'pending'
  returning cardholder
$fn$;

-- A yes that brought nothing says why; whoever was asked is told.
create function approvals.in_vain(p_lane smallint, p_approval text, p_because text)
returns void language sql volatile as $fn$
  update approvals.approval set because = p_because
   where lane = p_lane and id = p_approval and state = 'approved'
$fn$;

create function approvals.cardholder_of(p_lane smallint, p_approval text)
returns text language sql stable as $fn$
  select cardholder from approvals.approval where lane = p_lane and id = p_approval
$fn$;

grant usage on schema approvals to warifu_app;
grant select, insert, update on approvals.approval to warifu_app;
grant execute on function approvals.decide, approvals.against, approvals.close,
  approvals.in_vain, approvals.cardholder_of to warifu_app;
