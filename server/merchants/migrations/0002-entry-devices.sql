-- The estate of entry devices: who holds which, in which store, and what became of it. Their keys
-- are the vault's business; here stand status, custody, the last sign of life, and alarms.
create table merchants.entry_device (
  id            text    primary key,
  merchant      text    not null references merchants.merchant (id),
  name          text    not null,
  serial_number text    not null unique,
  store         text    not null references merchants.store (id),
  status        text    not null,
  reported      text,                        -- as the device said of itself
  last_seen_ms  bigint,
  online        boolean not null default false,  -- as it was told last
  version       int     not null default 1,
  created_ms    bigint  not null,
  vault_due_ms  bigint                       -- the vault is told of its status then, once more
);
create index entry_device_merchant on merchants.entry_device (merchant, id);
create index entry_device_online on merchants.entry_device (last_seen_ms) where online;
create index entry_device_due on merchants.entry_device (vault_due_ms) where vault_due_ms is not null;

create table merchants.custody (
  device  text    not null references merchants.entry_device (id),
  seq     int     not null,
  at_ms   bigint  not null,
  holder  text    not null,
  store   text    not null,
  reason  text    not null,
  primary key (device, seq)
);

create table merchants.device_move (
  device      text    not null references merchants.entry_device (id),
  seq         int     not null,
  at_ms       bigint  not null,
  from_state  text,
  to_state    text    not null,
  reason      text    not null,
  primary key (device, seq)
);

-- One row for each kind of alarm and minute, however often it rang.
create table merchants.device_alarm (
  device  text    not null references merchants.entry_device (id),
  kind    text    not null check (kind in ('tamper', 'replay', 'exhausted', 'noise')),
  minute  bigint  not null,
  count   int     not null check (count > 0),
  primary key (device, minute, kind)
);

grant select, insert, update on merchants.entry_device, merchants.device_alarm to warifu_app;
grant select, insert on merchants.custody, merchants.device_move to warifu_app;
