-- A request is written once, together with its answer. The counter is taken first, under the
-- terminal's row lock, which lasts until the row is there. Rows stay in line and uncompressed: most
-- of one is a ciphertext, and nobody reads it but an auditor.
alter table terminals.request set (toast_tuple_target = 8160);

drop function terminals.advance(terminals.ask[], bigint);
drop function terminals.answer(terminals.reply[]);
drop type terminals.reply;
alter type terminals.ask drop attribute evidence;

create type terminals.verdict as (
  ord int, code text, answer jsonb, cardholder text, version int
);

-- Takes the counter of each request, under the terminal's row lock. The signature was verified
-- before. At most one ask per terminal in a call; whoever got `fresh` keeps the answer (below).
--   fresh            the counter is taken, the work may be done
--   replay           seen before with these bytes: `answer` is the first answer
--   counter_forked   seen before with other bytes: the terminal is suspended now
create function terminals.advance(asks terminals.ask[])
returns setof terminals.verdict language plpgsql volatile
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $fn$
begin
  perform 1 from terminals.terminal t
    join unnest(asks) a on t.lane = a.lane and t.id = a.terminal
   order by t.lane, t.id
     for no key update of t;

  return query
  with judged as materialized (
    select a.ord, a.lane, a.terminal, a.counter, t.cardholder, t.version, r.answer as first_answer,
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

create type terminals.kept as (
  lane smallint, terminal text, counter bigint, digest bytea, evidence jsonb, answer jsonb
);

-- Keeps each fresh request with its first answer, in the transaction that took its counter.
create function terminals.keep(requests terminals.kept[], p_now bigint)
returns void language sql volatile as $fn$
  insert into terminals.request (lane, terminal, counter, digest, evidence, answer, created_ms)
  select r.lane, r.terminal, r.counter, r.digest, r.evidence, r.answer, p_now
    from unnest(requests) r
$fn$;

grant execute on function terminals.advance, terminals.keep to warifu_app;
