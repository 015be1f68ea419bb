-- Installations of the wallet: their public keys, their counter, and the first answer to each of
-- their writes. Same counter and same bytes: first answer. Same counter, other bytes: a fork.
create schema if not exists terminals;

create table terminals.enrolment (
  terminal     text     primary key,
  cardholder   text     not null,
  nonce        bytea    not null,
  created_ms   bigint   not null,
  deadline_ms  bigint   not null,
  check (octet_length(nonce) = 32)
);

create domain terminals.status as text check (value in
  ('pending', 'waiting', 'active', 'suspended', 'replaced', 'removed'));

create table terminals.terminal (
  lane                smallint not null,
  id                  text     not null,
  cardholder          text     not null,
  -- A further phone waits until it is let in; one whose place another has taken says so.
  status              terminals.status not null,
  sealing_thumbprint  text     not null,
  signing_thumbprint  text     not null,
  signing_key         jsonb    not null,
  name                text,                   -- what it called itself, for its owner to know it by
  counter             store.total not null default 0,
  version             int      not null default 1,
  created_ms          bigint   not null,
  primary key (lane, id)
) with (fillfactor = 70);
create index terminal_cardholder on terminals.terminal (cardholder);

-- A request is written once, together with its answer: the counter is taken first, under the
-- terminal's row lock, which lasts until the row is there. Rows stay in line and uncompressed: most
-- of one is a ciphertext, and nobody reads it but an auditor. So the evidence is kept as text.
create table terminals.request (
  lane        smallint not null,
  terminal    text     not null,
  counter     bigint   not null,
  digest      bytea    not null,              -- SHA-256 of the signature base
  answer      jsonb,
  evidence    text,                           -- the signed request itself, in JSON
  created_ms  bigint   not null,
  primary key (lane, terminal, counter),
  check (octet_length(digest) = 32)
) with (fillfactor = 85, toast_tuple_target = 8160);

create type terminals.ask as (
  ord int, lane smallint, terminal text, counter bigint, digest bytea
);

create type terminals.verdict as (code text, answer jsonb, cardholder text, sequence int);

-- What speaks against each ask, under its terminal's row lock: nothing is asked of a row twice, and
-- what is fresh after all took its counter.
create function terminals.against(asks terminals.ask[])
returns table (ord int, verdict terminals.verdict) language plpgsql volatile
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $fn$
begin
  perform 1 from terminals.terminal t
    join unnest(asks) a on t.lane = a.lane and t.id = a.terminal
   order by t.lane, t.id
     for no key update of t;

  return query
  with judged as materialized (
    select a.ord, a.lane, a.terminal, a.counter, t.cardholder, t.version, r.answer,
           case
             when t.id is null                             then 'terminal_unknown'
             when r.digest = a.digest                      then 'replay'
             when t.status <> 'active'                     then 'terminal_not_active'
             when r.digest is not null                     then 'counter_forked'
             when a.counter <= t.counter                   then 'counter_stale'
             else 'fresh'
           end as code
      from unnest(asks) a
      left join terminals.terminal t on t.lane = a.lane and t.id = a.terminal
      left join terminals.request r
        on r.lane = a.lane and r.terminal = a.terminal and r.counter = a.counter
  ), moved as (
    update terminals.terminal t
       set counter = greatest(t.counter, j.counter),
           status  = case j.code when 'counter_forked' then 'suspended' else t.status end,
           version = t.version + case j.code when 'counter_forked' then 1 else 0 end
      from judged j
     where t.lane = j.lane and t.id = j.terminal and j.code in ('fresh', 'counter_forked')
  )
  select j.ord, (j.code, j.answer, j.cardholder,
                 j.version + case j.code when 'counter_forked' then 1 else 0 end)::terminals.verdict
    from judged j where j.code <> 'fresh';
end $fn$;

-- Takes the counter of each request. The signature was verified before. At most one ask per
-- terminal in a call. Answers with what speaks against each at its place (`ord`), with nothing
-- where it is fresh: its counter is taken, and whoever asked keeps the answer (below).
--   replay           seen before with these bytes: `answer` is the first answer
--   counter_forked   seen before with other bytes: the terminal is suspended now
-- A counter above its terminal's last one was never seen: such a row is judged and moved at once, as
-- it stands when its lock is taken (READ COMMITTED).
create function terminals.advance(asks terminals.ask[])
returns terminals.verdict[] language plpgsql volatile
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $fn$
declare
  fresh    int[];
  verdicts terminals.verdict[] := '{}';
  said     record;
begin
  with taken as (
    update terminals.terminal t set counter = a.counter
      from (select * from unnest(asks) order by lane, terminal) a
     where t.lane = a.lane and t.id = a.terminal and t.status = 'active' and t.counter < a.counter
    returning a.ord
  )
  select coalesce(array_agg(t.ord), '{}') into fresh from taken t;
  if cardinality(fresh) = cardinality(asks) then return verdicts; end if;

  verdicts := array_fill(null::terminals.verdict, array[(select max(a.ord) from unnest(asks) a)]);
  for said in
    select o.ord, o.verdict from terminals.against(
      array(select a from unnest(asks) a where a.ord <> all (fresh))) o
  loop
    verdicts[said.ord] := said.verdict;
  end loop;
  return verdicts;
end $fn$;

create type terminals.kept as (
  lane smallint, terminal text, counter bigint, digest bytea, evidence text, answer jsonb
);

-- Keeps each fresh request with its first answer, in the transaction that took its counter.
create function terminals.keep(requests terminals.kept[], p_now bigint)
returns void language sql volatile as $fn$
  insert into terminals.request (lane, terminal, counter, digest, evidence, answer, created_ms)
  select r.lane, r.terminal, r.counter, r.digest, r.evidence, r.answer, p_now
    from unnest(requests) r
$fn$;

grant usage on schema terminals to warifu_app;
grant select, insert, update on terminals.enrolment, terminals.terminal, terminals.request to warifu_app;
grant execute on function terminals.advance, terminals.against, terminals.keep to warifu_app;
