-- Plastic cards with their history, the bureaus that make them, and codes that unblock a PIN. What
-- is on a plastic is sealed; PINs and their tries are the vault's alone.

create table issuing.bureau (
  id            text    primary key,
  name          text    not null,
  status        text    not null check (status in ('active', 'ended')),
  keyid         text    not null unique,
  signing_key   jsonb   not null,
  counter       bigint  not null default 0,    -- of its last write
  added_by      text,                          -- an operator
  created_ms    bigint  not null
);

create table issuing.plastic (
  id            text    primary key,
  card          text    not null references issuing.card (id),
  cardholder    text    not null,
  terminal      text    not null,              -- that ordered it, and alone may activate it
  bureau        text    not null references issuing.bureau (id),
  state         text    not null check (state in
                  ('ordered', 'accepted', 'produced', 'shipped', 'delivered', 'active',
                   'rejected', 'lost', 'ended')),
  version       int     not null default 1,
  sealed        jsonb   not null,              -- the job, for the bureau alone
  tracking      text,
  created_ms    bigint  not null
);
create unique index plastic_live on issuing.plastic (card)
  where state in ('ordered', 'accepted', 'produced', 'shipped', 'delivered', 'active');
create index plastic_card on issuing.plastic (card, id);
create index plastic_newest on issuing.plastic (created_ms, id);
create index plastic_states on issuing.plastic (bureau, state);
create index plastic_jobs on issuing.plastic (bureau, id)
  where state in ('ordered', 'accepted', 'produced', 'shipped');

create table issuing.plastic_move (
  plastic       text    not null references issuing.plastic (id),
  seq           int     not null,              -- the plastic's version after the move
  from_state    text,
  to_state      text    not null,
  reason        text    not null,
  actor         text    not null,
  at_ms         bigint  not null,
  primary key (plastic, seq)
);

create table issuing.pin_code (
  verification  text    primary key,
  card          text    not null references issuing.card (id),
  channel       text    not null check (channel in ('sms', 'operator')),
  destination   text,                          -- masked
  by            text,                          -- an operator, where one handed it out
  created_ms    bigint  not null,
  deadline_ms   bigint  not null
);
create index pin_code_card on issuing.pin_code (card, created_ms);

grant select, insert on issuing.bureau, issuing.plastic, issuing.plastic_move, issuing.pin_code
  to warifu_app;
grant update on issuing.bureau, issuing.plastic to warifu_app;
