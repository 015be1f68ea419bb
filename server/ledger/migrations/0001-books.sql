-- Double entry, append-only. Accounts, the card facts that the hot path decides on, holds, legs.
-- amount: + debit, - credit, minor units. layer: 0 pending, 1 posted.
create schema if not exists ledger;

create table ledger.account (
  lane            smallint not null,
  id              text     not null,
  currency        text     not null,
  status          text     not null default 'open' check (status in ('open', 'frozen', 'closed')),
  credit_limit    bigint   not null default 0,
  credits_posted  bigint   not null default 0,
  debits_posted   bigint   not null default 0,
  debits_pending  bigint   not null default 0,
  created_ms      bigint   not null,
  primary key (lane, id),
  constraint never_negative check
    (credit_limit >= 0 and credits_posted >= 0 and debits_posted >= 0 and debits_pending >= 0),
  constraint never_overspent check
    (debits_posted + debits_pending <= credits_posted + credit_limit)
) with (fillfactor = 60);

create table ledger.card (
  lane                smallint not null,       -- the account's lane
  id                  text     not null,
  account             text     not null,
  active              boolean  not null,
  last4               text,
  per_transaction     bigint   not null,
  per_day             bigint   not null,
  per_month           bigint   not null,
  signature_only_max  bigint   not null,       -- up to this, the terminal's signature is enough
  day                 int      not null default 0,   -- the day (since 1970) that day_spent is of
  day_spent           bigint   not null default 0,
  month               int      not null default 0,   -- year * 12 + month
  month_spent         bigint   not null default 0,
  primary key (lane, id),
  check (per_transaction >= 0 and per_day >= 0 and per_month >= 0 and signature_only_max >= 0)
) with (fillfactor = 60);

create table ledger.hold (
  lane        smallint not null,
  account     text     not null,
  payment     text     not null,
  card        text     not null,
  amount      bigint   not null check (amount > 0),
  held        bigint   not null check (held >= 0),
  captured    bigint   not null default 0 check (captured >= 0),
  refunded    bigint   not null default 0 check (refunded >= 0),
  created_ms  bigint   not null,
  expires_ms  bigint   not null,
  primary key (lane, account, payment),
  constraint never_captured_more check (held + captured <= amount),
  constraint never_refunded_more check (refunded <= captured)
) with (fillfactor = 70);

create table ledger.leg (
  lane        smallint not null,
  owner       text     not null,               -- the account whose lock covers this event
  payment     text     not null,
  entry       text     not null check (entry in ('hold', 'release', 'capture', 'refund')),
  reference   text     not null,               -- the payment, capture or refund it belongs to
  seq         smallint not null,
  account     text     not null,
  layer       smallint not null check (layer in (0, 1)),
  currency    text     not null,
  amount      bigint   not null check (amount <> 0),
  created_ms  bigint   not null,
  primary key (lane, owner, payment, entry, reference, seq)
);

grant usage on schema ledger to warifu_app;
grant select, insert, update on ledger.account, ledger.card, ledger.hold to warifu_app;
-- Legs are never changed: the application may add and read them, no more.
grant select, insert on ledger.leg to warifu_app;
