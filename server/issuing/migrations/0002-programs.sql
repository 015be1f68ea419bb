-- What kinds of card there are: whose money a card spends, for what it is good, how its bearer is
-- identified, and what becomes of it in the end.
alter table issuing.program
  add column funding              text    not null default 'credit'
                                    check (funding in ('credit', 'debit')),
  add column usage                text    not null default 'standard'
                                    check (usage in ('standard', 'single_use', 'merchant_locked')),
  -- A card with an account of its own, or one more card of the account of a card that was proven.
  add column account              text    not null default 'own'
                                    check (account in ('own', 'issued_card')),
  add column verification_needed  int     not null default 0 check (verification_needed >= 0),
  add column bureau               boolean not null default false,  -- asked before the rules are
  add column second_above         bigint  check (second_above >= 0),
  add column controls             jsonb   not null default '{}',   -- see controls.ts
  add column keeps_tokens         boolean not null default true,   -- when a card is replaced
  add column renew_days           int     not null default 60 check (renew_days >= 0),
  add column ended_ms             bigint;                          -- not offered any more
update issuing.program set verification_needed = cardinality(verification_methods);
grant update on issuing.program to warifu_app;

-- A card in the place of another comes by an application of its own, approved from the start.
alter table issuing.application
  add column replaces      text references issuing.card (id),
  add column report        jsonb,             -- what the bureau said
  add column asks          int    not null default 0,   -- how often it was asked
  add column ask_lease_ms  bigint not null default 0,
  drop constraint application_state_check,
  add constraint application_state_check check (state in
    ('submitted', 'deciding', 'in_review', 'approved', 'installed', 'refused', 'expired'));
drop index issuing.application_deadline;
create index application_deadline on issuing.application (deadline_ms)
  where state in ('submitted', 'deciding', 'in_review', 'approved');
create index application_waiting on issuing.application (created_ms)
  where state in ('deciding', 'in_review');
-- One card in the place of another at a time.
create unique index application_replaces on issuing.application (replaces)
  where replaces is not null and state in ('approved', 'installed');

alter table issuing.card
  add column own          jsonb,              -- the cardholder's own bounds
  add column replaces     text references issuing.card (id),
  add column replaced_by  text references issuing.card (id);
create index card_expires on issuing.card (expires) where state in ('active', 'suspended');
