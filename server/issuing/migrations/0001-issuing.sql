-- Card programs, applications with what was verified of them, and cards with their history.
create schema if not exists issuing;

create table issuing.program (
  id                    text     primary key,
  name                  text     not null,
  bin                   text     not null check (bin ~ '^[0-9]{6,8}$'),
  currency              text     not null check (currency ~ '^[a-z]{3}$'),
  schemes               text[]   not null,
  verification_methods  text[]   not null,
  validity_months       int      not null check (validity_months > 0),
  per_transaction       bigint   not null,
  per_day               bigint   not null,
  per_month             bigint   not null,
  signature_only_max    bigint   not null,
  rules                 jsonb    not null,     -- ordered; see rules.ts
  created_ms            bigint   not null,
  check (per_transaction >= 0 and per_day >= 0 and per_month >= 0 and signature_only_max >= 0)
);

-- The signed request itself is kept with the terminal's counter (terminals.request.evidence).
create table issuing.application (
  id           text     primary key,
  cardholder   text     not null,
  terminal     text     not null,
  counter      bigint   not null,
  program      text     not null references issuing.program (id),
  scheme       text     not null,
  facts        jsonb    not null,
  state        text     not null check (state in
                 ('submitted', 'in_review', 'approved', 'installed', 'refused', 'expired')),
  version      int      not null default 1,
  decision     jsonb,                          -- result, reason, limit, and which rule decided
  card         text,
  created_ms   bigint   not null,
  deadline_ms  bigint   not null,
  approved_ms  bigint,
  unique (terminal, counter),
  check ((card is null) = (approved_ms is null))
);
create index application_cardholder on issuing.application (cardholder, id);
create index application_deadline on issuing.application (deadline_ms)
  where state in ('submitted', 'in_review', 'approved');

create table issuing.verification (
  id           text     primary key,
  application  text     not null references issuing.application (id),
  method       text     not null check (method in ('phone')),
  destination  text     not null,
  state        text     not null check (state in ('sent', 'verified', 'exhausted')),
  created_ms   bigint   not null,
  deadline_ms  bigint   not null
);
create index verification_application on issuing.verification (application, created_ms);

-- A typed code, written down before the vault is asked: a retry asks with the same words, and the
-- same attempt costs one try. The code itself is not kept.
create table issuing.attempt (
  id            text    primary key,
  verification  text    not null references issuing.verification (id),
  at_ms         bigint  not null
);

create table issuing.card (
  id           text     primary key,           -- carries its account's lane
  account      text     not null,
  cardholder   text     not null,
  program      text     not null references issuing.program (id),
  application  text     not null unique references issuing.application (id),
  state        text     not null check (state in
                 ('approved', 'provisioned', 'active', 'suspended', 'replaced', 'expired', 'closed')),
  version      int      not null default 1,
  last4        text     check (last4 ~ '^[0-9]{4}$'),
  expires      text     check (expires ~ '^[0-9]{4}-[0-9]{2}$'),
  created_ms   bigint   not null,
  check ((last4 is null) = (expires is null))
);
create index card_cardholder on issuing.card (cardholder, id);

create table issuing.card_move (
  card        text    not null references issuing.card (id),
  seq         int     not null,                -- the card's version after the move
  from_state  text,
  to_state    text    not null,
  reason      text    not null,
  actor       text    not null,
  at_ms       bigint  not null,
  primary key (card, seq)
);

grant usage on schema issuing to warifu_app;
grant select, insert on issuing.program, issuing.attempt, issuing.card_move to warifu_app;
grant select, insert, update on issuing.application, issuing.verification, issuing.card to warifu_app;
