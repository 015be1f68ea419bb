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
  -- What kind of card it is: whose money it spends, for what it is good, how its bearer is
  -- identified, and what becomes of it in the end.
  funding               text     not null default 'credit' check (funding in ('credit', 'debit')),
  usage                 text     not null default 'standard'
                        check (usage in ('standard', 'single_use', 'merchant_locked')),
  -- A card with an account of its own, or one more card of the account of a card that was proven.
  account               text     not null default 'own' check (account in ('own', 'issued_card')),
  verification_needed   int      not null default 0 check (verification_needed >= 0),
  bureau                boolean  not null default false,  -- asked before the rules are
  second_above          bigint   check (second_above >= 0),
  controls              jsonb    not null default '{}',   -- see controls.ts
  keeps_tokens          boolean  not null default true,   -- when a card is replaced
  renew_days            int      not null default 60 check (renew_days >= 0),
  -- What shops may capture above a hold that nobody approved in person: basis points of it, and
  -- whether the account then owes what it has not got.
  over_capture          int      not null default 0 check (over_capture between 0 and 10000),
  force_post            boolean  not null default false,
  -- Its terms have changed, and are in force for its cards up to this one; null: for all of them.
  changed_to            text,
  ended_ms              bigint,                           -- not offered any more
  -- Whether its cards pay by their stripe at the cardholder's own reader. A stripe can be copied,
  -- so a program says so itself.
  reader_stripes        boolean  not null default false,
  -- Of its cards in SIMs (S2): the company that stands in their records, flag (0 card company,
  -- 1 bank) and index, and from which amount PIN digits are asked for; null: never.
  company_flag          smallint not null default 0 check (company_flag in (0, 1)),
  company_index         smallint not null default 1 check (company_index between 0 and 127),
  pin_digits_from       bigint   default 10000 check (pin_digits_from >= 0),
  plastic               boolean  not null default true,
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
    ('submitted', 'deciding', 'in_review', 'approved', 'installed', 'refused', 'expired')),
  version      int      not null default 1,
  decision     jsonb,                          -- result, reason, limit, and which rule decided
  card         text,
  created_ms   bigint   not null,
  deadline_ms  bigint   not null,
  approved_ms  bigint,
  replaces     text,                           -- a card; the one in its place is approved at once
  report       jsonb,                          -- what the bureau said
  asks         int      not null default 0,    -- how often it was asked
  ask_lease_ms bigint   not null default 0,
  unique (terminal, counter),
  check ((card is null) = (approved_ms is null))
);
create index application_cardholder on issuing.application (cardholder, id);
create index application_deadline on issuing.application (deadline_ms)
  where state in ('submitted', 'deciding', 'in_review', 'approved');
create index application_waiting on issuing.application (created_ms)
  where state in ('deciding', 'in_review');
-- One card in the place of another at a time.
create unique index application_replaces on issuing.application (replaces)
  where replaces is not null and state in ('approved', 'installed');

-- Six ways to show who one is, each try with its state, reason, deadline and log.
create table issuing.verification (
  id           text     primary key,
  application  text     not null references issuing.application (id),
  method       text     not null check (method in
    ('registered_terminal', 'issued_card', 'identity_document', 'x509', 'phone', 'voice')),
  destination  text     not null,
  state        text     not null check (state in
    ('sent', 'in_review', 'verified', 'refused', 'exhausted')),
  created_ms   bigint   not null,
  deadline_ms  bigint   not null,
  reason       text,
  detail       jsonb    not null default '{}'  -- what a reviewer reads; never a secret
);
create index verification_review on issuing.verification (created_ms) where state = 'in_review';
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
  own          jsonb,                          -- the cardholder's own bounds
  replaces     text     references issuing.card (id),
  replaced_by  text     references issuing.card (id),
  check ((last4 is null) = (expires is null))
);
create index card_cardholder on issuing.card (cardholder, id);
create index card_program on issuing.card (program, id);
create index card_expires on issuing.card (expires) where state in ('active', 'suspended');
alter table issuing.application add foreign key (replaces) references issuing.card (id);

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
grant select, insert on issuing.attempt, issuing.card_move to warifu_app;
grant select, insert, update on issuing.program, issuing.application, issuing.verification, issuing.card to warifu_app;
