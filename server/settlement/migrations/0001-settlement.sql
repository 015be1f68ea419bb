-- What a merchant is paid: a settlement for each day, merchant and currency that something moved in,
-- made of items, and the payout it leads to. The rows live in the merchant's lane. The money is the
-- ledger's; these rows say what it was for.
create schema if not exists settlement;

-- amounts: minor units. net = gross - refunds - fees + adjustments + carried.
create table settlement.settlement (
  lane         smallint not null,
  id           text     not null,
  merchant     text     not null,
  currency     text     not null,
  day          text     not null,              -- of the merchant's calendar, 2027-01-31
  zone         text     not null,              -- in which that day is meant
  cut_ms       bigint   not null,              -- the day's end: items before it belong here
  status       text     not null check (status in ('collecting', 'ready', 'carried', 'paid')),
  stopped      boolean  not null default false,
  gross        bigint   not null default 0 check (gross >= 0),
  refunds      bigint   not null default 0 check (refunds >= 0),
  fees         bigint   not null default 0 check (fees >= 0),
  adjustments  bigint   not null default 0,
  carried      bigint   not null default 0,    -- what the one before left, below or above nothing
  net          bigint   not null default 0,
  items        int      not null default 0,    -- collected so far
  items_total  int      not null default 0,    -- that were there when it was opened
  payout       text,
  version      int      not null default 1,
  created_ms   bigint   not null,
  closed_ms    bigint,
  primary key (lane, id),
  unique (lane, merchant, currency, day),
  constraint sums check (net = gross - refunds - fees + adjustments + carried)
) with (fillfactor = 80);
create index settlement_merchant on settlement.settlement (merchant, id);
create index settlement_collecting on settlement.settlement (lane, id)
  where status = 'collecting' and not stopped;

-- One line of a settlement; counted once, whatever happens: its key is what it is for.
create table settlement.item (
  lane        smallint not null,
  entry       text     not null check (entry in ('capture', 'refund', 'fee', 'adjustment')),
  reference   text     not null,               -- the capture, refund or adjustment
  settlement  text     not null,
  payment     text,
  amount      bigint   not null check (amount <> 0),  -- what it adds to what the merchant is owed
  at_ms       bigint   not null,
  primary key (lane, entry, reference)
);
create index item_settlement on settlement.item (lane, settlement, reference, entry);
create index item_payment on settlement.item (lane, payment);

create table settlement.payout (
  lane            smallint not null,
  id              text     not null,
  merchant        text     not null,
  currency        text     not null,
  amount          bigint   not null check (amount > 0),
  settlement      text     not null,
  status          text     not null check (status in ('pending', 'paid', 'failed')),
  bank_reference  text,
  failed_because  text,
  version         int      not null default 1,
  created_ms      bigint   not null,
  decided_ms      bigint,
  primary key (lane, id)
) with (fillfactor = 80);
create index payout_merchant on settlement.payout (merchant, id);

grant usage on schema settlement to warifu_app;
grant select, insert, update on settlement.settlement, settlement.payout to warifu_app;
grant select, insert on settlement.item to warifu_app;
