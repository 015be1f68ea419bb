-- A person's further phones: one that comes to somebody who has a phone waits, until that phone says
-- yes, or until two proofs of identity and a waiting time stand for it. And each card's home, the
-- one terminal whose installation of it is alive.

-- A card without a row was installed before there were homes: any phone of its owner may show it.
create table cards.home (
  card           text     primary key references cards.card (card),
  terminal       text     not null references terminals.terminal (terminal)
);

-- Proofs of who comes with a phone that waits, each by another method; the codes are codes.code.
create table terminals.proof (
  verification   text     primary key references codes.code (verification),
  terminal       text     not null references terminals.terminal (terminal),
  method         text     not null check (method in ('phone', 'voice', 'operator')),
  passed_at_ms   bigint
);
create index proof_terminal on terminals.proof (terminal);

grant select, insert on cards.home, terminals.proof to vault_app;
grant update (terminal) on cards.home to vault_app;
grant update (passed_at_ms) on terminals.proof to vault_app;

-- Everything that deciding on a presentation needs, as one text for each terminal, read by
-- senders.ts: words with spaces between them, `-` for what is not there, five for each card of the
-- terminal's owner. Rows are found by key, whatever the tables' sizes were when the plan was cached.
create function terminals.senders(p_terminals text[])
returns table (terminal text, facts text)
language plpgsql stable set plan_cache_mode = force_generic_plan set enable_seqscan = off
set enable_hashjoin = off set enable_mergejoin = off set enable_material = off as $fn$
begin
  return query
  select t.terminal,
         t.cardholder || ' ' || t.state || ' ' || t.signing_thumbprint
         || ' ' || encode(t.signing_point, 'hex') || ' '
         || coalesce(k.kid || ' ' || k.check_value || ' ' || encode(k.wrapped, 'hex'), '- - -')
         || ' ' || coalesce(p.credential_id || ' ' || encode(p.public_key, 'hex'), '- -')
         || coalesce((
              select string_agg(' ' || c.card || ' ' || encode(c.pan_index, 'hex')
                                || ' ' || coalesce(c.scheme, '-')
                                || ' ' || exists (select from cards.delivery d
                                                   where d.card = c.card and d.terminal = t.terminal
                                                     and d.state in ('delivered', 'active'))
                                || ' ' || coalesce(h.terminal, '-'), '')
                from cards.card c
                left join cards.home h on h.card = c.card
               where c.cardholder = t.cardholder), '')
    from terminals.terminal t
    left join keys.cardholder k on k.cardholder = t.cardholder and k.state = 'active'
    left join passkeys.credential p on p.cardholder = t.cardholder
   where t.terminal = any(p_terminals);
end $fn$;
revoke all on function terminals.senders(text[]) from public;
grant execute on function terminals.senders(text[]) to vault_app;
