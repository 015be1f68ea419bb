-- Reconciliation: a merchant's orders, as received, beside what was sold and settled. One comparison
-- goes on by chunks: its place stands in its row, so any process continues it. Everything lies in
-- the merchant's lane.
create table settlement.reconciliation (
  lane          smallint not null,
  id            text     not null,
  merchant      text     not null,
  name          text,
  file_digest   text,
  from_ms       bigint   not null,
  to_ms         bigint   not null check (to_ms > from_ms),
  within_days   int      not null,
  reach_days    int      not null,               -- before and after it an order may be paid
  amounts_in    text     not null,
  metadata      jsonb    not null,
  status        text     not null check (status in ('receiving', 'comparing', 'completed')),
  parts         text[]   not null default '{}',  -- of the rows received, those that count
  orders        int      not null default 0,
  round         int      not null default 0,     -- comparisons begun
  phase         text     check (phase in ('orders', 'sales', 'strays')),
  place         text,                            -- how far the phase has come
  done          int      not null default 0,
  total         int      not null default 0,
  agreed        int      not null default 0,
  as_of_ms      bigint,
  compared_ms   bigint,
  created_ms    bigint   not null,
  primary key (lane, id)
);
create index reconciliation_merchant on settlement.reconciliation (merchant, id);
create index reconciliation_comparing on settlement.reconciliation (lane, id)
  where status = 'comparing';
-- The same file about the same time is the same reconciliation.
create unique index reconciliation_file on settlement.reconciliation
  (lane, merchant, file_digest, from_ms, to_ms, within_days, reach_days, amounts_in)
  where file_digest is not null;

-- An order as the merchant's system has it. A part that was not received whole does not count.
create table settlement.order_row (
  lane            smallint not null,
  reconciliation  text     not null,
  part            text     not null,
  line            int      not null,
  reference       text     not null,
  amount          bigint   not null check (amount > 0),
  currency        text     not null,
  kind            text,
  refunded        bigint   check (refunded >= 0 and refunded <= amount),
  -- The one way in, whatever the statistics say of a reconciliation that is new to them.
  primary key (lane, reconciliation, reference, part, line)
);

create table settlement.difference (
  lane            smallint not null,
  id              text     not null,
  reconciliation  text     not null,
  merchant        text     not null,
  key             text     not null,             -- what it is about: found again, it is the same row
  kind            text     not null,
  status          text     not null,
  round           int      not null,             -- the last comparison that found it
  reference       text,
  line            int,
  currency        text,
  expected        bigint   not null,
  found           bigint   not null,
  sales           jsonb    not null,
  suggested       text     not null,
  acts            jsonb    not null,
  fix             text,
  because         text,
  created_ms      bigint   not null,
  closed_ms       bigint,
  primary key (lane, id),
  unique (lane, reconciliation, key)
) with (fillfactor = 85);
create index difference_listed on settlement.difference (lane, reconciliation, id);
create index difference_told on settlement.difference (id) where fix = 'tell_platform';

grant select, insert, update on settlement.reconciliation, settlement.difference to warifu_app;
grant select, insert, delete on settlement.order_row to warifu_app;
