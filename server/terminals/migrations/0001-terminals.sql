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

create table terminals.terminal (
  lane                smallint not null,
  id                  text     not null,
  cardholder          text     not null,
  status              text     not null check (status in ('pending', 'active', 'suspended', 'removed')),
  sealing_thumbprint  text     not null,
  signing_thumbprint  text     not null,
  signing_key         jsonb    not null,
  counter             bigint   not null default 0 check (counter >= 0),
  version             int      not null default 1,
  created_ms          bigint   not null,
  primary key (lane, id)
) with (fillfactor = 70);
create index terminal_cardholder on terminals.terminal (cardholder);

create table terminals.request (
  lane        smallint not null,
  terminal    text     not null,
  counter     bigint   not null,
  digest      bytea    not null,              -- SHA-256 of the signature base and the body
  answer      jsonb,
  evidence    jsonb,                          -- the signed request itself, where it is to be kept
  created_ms  bigint   not null,
  primary key (lane, terminal, counter),
  check (octet_length(digest) = 32)
) with (fillfactor = 85);

create type terminals.ask as (
  ord int, lane smallint, terminal text, counter bigint, digest bytea, evidence jsonb
);

-- Takes the counter of each request, under the terminal's row lock. The signature was verified
-- before. At most one ask per terminal in a call.
--   fresh            the counter is taken, the work may be done
--   replay           seen before with these bytes: `answer` is the first answer
--   counter_forked   seen before with other bytes: the terminal is suspended now
create function terminals.advance(asks terminals.ask[], p_now bigint)
returns table (ord int, code text, answer jsonb, cardholder text, version int)
language plpgsql volatile as $fn$
begin
  perform 1 from terminals.terminal t
    join unnest(asks) a on t.lane = a.lane and t.id = a.terminal
   order by t.lane, t.id
     for no key update of t;

  return query
  with judged as materialized (
    select a.ord, a.lane, a.terminal, a.counter, a.digest, a.evidence,
           t.cardholder, t.version, r.answer as first_answer,
           case
             when t.id is null                             then 'terminal_unknown'
             when r.digest = a.digest                      then 'replay'
             when t.status <> 'active'                     then 'terminal_not_active'
             when r.digest is not null                     then 'counter_forked'
             when a.counter <= t.counter                   then 'counter_stale'
             else 'fresh'
           end as verdict
      from unnest(asks) a
      left join terminals.terminal t on t.lane = a.lane and t.id = a.terminal
      left join terminals.request r
        on r.lane = a.lane and r.terminal = a.terminal and r.counter = a.counter
  ), taken as (
    insert into terminals.request (lane, terminal, counter, digest, evidence, created_ms)
    select j.lane, j.terminal, j.counter, j.digest, j.evidence, p_now
      from judged j where j.verdict = 'fresh'
  ), moved as (
    update terminals.terminal t
       set counter = greatest(t.counter, j.counter),
           status  = case j.verdict when 'counter_forked' then 'suspended' else t.status end,
           version = t.version + case j.verdict when 'counter_forked' then 1 else 0 end
      from judged j
     where t.lane = j.lane and t.id = j.terminal and j.verdict in ('fresh', 'counter_forked')
  )
  select j.ord, j.verdict, j.first_answer, j.cardholder,
         j.version + case j.verdict when 'counter_forked' then 1 else 0 end
    from judged j;
end $fn$;

create type terminals.reply as (lane smallint, terminal text, counter bigint, answer jsonb);

-- Keeps the first answer of each request, in the transaction that took its counter.
create function terminals.answer(replies terminals.reply[])
returns void language sql volatile as $fn$
  update terminals.request r set answer = p.answer
    from unnest(replies) p
   where r.lane = p.lane and r.terminal = p.terminal and r.counter = p.counter
     and r.answer is null
$fn$;

grant usage on schema terminals to warifu_app;
grant select, insert, update on terminals.enrolment, terminals.terminal, terminals.request to warifu_app;
grant execute on function terminals.advance, terminals.answer to warifu_app;
