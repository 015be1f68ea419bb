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
  created_ms    bigint  not null
);
create index entry_device_merchant on merchants.entry_device (merchant, id);
create index entry_device_online on merchants.entry_device (last_seen_ms) where online;

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

create type merchants.place_ask as (ord int, merchant text, store text, device text);

-- For each ask the payee at this store (the merchant's first where none is named; none: null), and
-- what speaks against the entry device, where one is named.
create function merchants.places(asks merchants.place_ask[])
returns table (ord int, name text, store text, place text, device_code text)
language sql stable as $fn$
  select a.ord, m.name, s.id, s.place,
         case when a.device is null then null
              when d.id is null then 'device_unknown'
              when d.status <> 'active' then 'device_not_active' end
    from unnest(asks) a
    join merchants.merchant m on m.id = a.merchant
    left join lateral (
      select t.id, t.place from merchants.store t
       where t.merchant = a.merchant and (a.store is null or t.id = a.store)
       order by t.id limit 1) s on true
    left join merchants.entry_device d on d.id = a.device and d.merchant = a.merchant
$fn$;

grant execute on function merchants.places to warifu_app;
