-- A person's further phones: one that comes to somebody who has a phone waits, until that phone says
-- yes, or until two proofs of identity and a waiting time stand for it. And each card's home, the
-- one terminal whose installation of it is alive.
alter table terminals.terminal drop constraint terminal_state_check;
alter table terminals.terminal add constraint terminal_state_check
  check (state in ('offered', 'waiting', 'admitted', 'removed'));

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
