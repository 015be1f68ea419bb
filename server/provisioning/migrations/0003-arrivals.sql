-- Further phones on their way in: asked of the old one, or proved without it.

-- Where a card that has moved lives now.
create table provisioning.place (
  card          text    primary key,
  terminal      text    not null,
  from_terminal text    not null,
  since_ms      bigint  not null
);
create index place_terminal on provisioning.place (terminal);

create table provisioning.arrival (
  terminal      text    primary key,           -- the one that comes
  cardholder    text    not null,
  from_terminal text,                          -- the one that it comes beside, or in the place of
  purpose       text    not null check (purpose in ('replace', 'second')),
  way           text    not null check (way in ('approval', 'recovery')),
  state         text    not null check (state in
                  ('asked', 'proving', 'waiting', 'limited', 'done', 'denied', 'expired',
                   'cancelled')),
  approval      text,
  due_ms        bigint,                        -- when the clock moves it on
  forgotten     boolean not null default false,-- the vault no longer knows the old one
  created_ms    bigint  not null,
  language      text    not null                -- of whoever began it
);
create index arrival_due on provisioning.arrival (due_ms) where state in ('proving', 'waiting', 'limited');
create index arrival_from on provisioning.arrival (from_terminal);
create index arrival_forget on provisioning.arrival (created_ms)
  where state = 'done' and purpose = 'replace' and not forgotten;

create table provisioning.proof (
  verification  text    primary key,
  terminal      text    not null references provisioning.arrival (terminal),
  method        text    not null check (method in ('phone', 'voice', 'operator')),
  by            text,                          -- an operator, where one handed the code out
  passed        boolean not null default false,
  created_ms    bigint  not null
);
create index proof_terminal on provisioning.proof (terminal, created_ms);

grant select, insert, update on provisioning.place, provisioning.arrival, provisioning.proof
  to warifu_app;
