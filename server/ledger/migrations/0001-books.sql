-- Double entry, append-only. Accounts, the card facts that the hot path decides on, holds, legs.
-- amount: + debit, - credit, minor units. layer: 0 pending, 1 posted. Keys begin with what time
-- orders (a payment's id), so that new rows meet in few pages however many there are.
create schema if not exists ledger;

create domain ledger.standing as text check (value in ('open', 'frozen', 'closed'));
create domain ledger.share as int check (value between 0 and 10000);
create domain ledger.three as bigint[] check (cardinality(value) = 3);

create table ledger.account (
  lane            smallint not null,
  id              text     not null,
  currency        text     not null,
  status          ledger.standing not null default 'open',
  credit_limit    bigint   not null default 0,
  credits_posted  bigint   not null default 0,
  debits_posted   bigint   not null default 0,
  debits_pending  bigint   not null default 0,
  receivable      store.total not null default 0,   -- owed beyond all funds
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
  last_day            int,                     -- good until then (`ledger.day_of`); null until made
  per_transaction     bigint   not null,
  per_day             bigint   not null,
  per_month           bigint   not null,
  signature_only_max  bigint   not null,       -- up to this, the terminal's signature is enough
  day                 int      not null default 0,   -- the day (since 1970) that day_spent is of
  day_spent           bigint   not null default 0,
  day_count           int      not null default 0,
  month               int      not null default 0,   -- year * 12 + month
  month_spent         bigint   not null default 0,
  month_count         int      not null default 0,
  -- Controls: how often, with which merchants, of which kinds (ISO 18245), for how many payments.
  count_day           int      not null default 2147483647,
  count_month         int      not null default 2147483647,
  uses_left           int,                     -- null: without end
  locks               boolean  not null default false,   -- to its first merchant
  -- What may be captured above a hold that nobody approved in person, in basis points of it; and
  -- whether also where the funds are not there.
  over_capture        ledger.share not null default 0,
  force_post          boolean  not null default false,
  merchants_only      text[],
  merchants_never     text[],
  categories_only     text[],
  categories_never    text[],
  -- Held back for a while: its amounts are capped; what its owner set stands beside, and comes back.
  cap                 store.total,
  own                 ledger.three,
  primary key (lane, id),
  check (per_transaction >= 0 and per_day >= 0 and per_month >= 0 and signature_only_max >= 0),
  constraint counts check
    (count_day >= 0 and count_month >= 0 and day_count >= 0 and month_count >= 0),
  constraint used_no_more check (uses_left >= 0),
  constraint held_back check ((cap is null) = (own is null))
) with (fillfactor = 60);
-- Used up, to be closed by whoever keeps the cards.
create index card_used_up on ledger.card (id) where uses_left = 0 and active;

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
  primary key (lane, payment, account),
  constraint never_captured_more check (held + captured <= amount),
  constraint never_refunded_more check (refunded <= captured)
) with (fillfactor = 70);
-- Holds that stand, by the time until which they do.
create index hold_standing on ledger.hold (expires_ms) where held > 0;

-- A domain: PostgreSQL reads a table's CHECKs anew for each statement, a domain's once a session.
create domain ledger.entry as text check (value in
  ('hold', 'release', 'capture', 'refund', 'fund', 'repay', 'forward', 'arrive', 'fee', 'payout',
   'paid', 'returned', 'adjustment', 'forced', 'recover'));

create table ledger.leg (
  lane        smallint not null,
  owner       text     not null,               -- the account whose lock covers this event
  payment     text     not null,
  entry       ledger.entry not null,
  reference   text     not null,               -- the payment, capture or refund it belongs to
  seq         smallint not null,
  account     text     not null,
  layer       smallint not null check (layer in (0, 1)),
  currency    text     not null,
  amount      bigint   not null check (amount <> 0),
  created_ms  bigint   not null
) partition by range (created_ms);
-- What happened is entered once: the key of each partition. Across them, holds, forwards and movements
-- see to it, which are not cut.
select store.cut_by_time('ledger.leg', null, 'lane, payment, owner, entry, reference, seq');

grant usage on schema ledger to warifu_app;
grant select, insert, update on ledger.account, ledger.card, ledger.hold to warifu_app;
-- Legs are never changed: the application may add and read them, no more.
grant select, insert on ledger.leg to warifu_app;
