-- Entry devices: base derivation keys, each device's own key protection key, the initial keys that
-- were given out with their counters, and every message that was opened, by digest. Of what was
-- entered nothing is kept: no number of another company in clear, no security code, no PIN.
create schema entry;
create schema pins;

-- A base derivation key of a family of devices. The newest active one gives new initial keys; all
-- active ones open, so that a family moves over device by device.
create table entry.base_key (
  kid            text     primary key check (kid ~ '^bdk\.[a-z0-9.-]{1,56}$'),
  suite          text     not null check (suite in ('aes-dukpt', 'tdes-dukpt')),
  prefix         bytea    not null unique check (octet_length(prefix) = 4),
  state          text     not null check (state in ('active', 'deactivated', 'destroyed')),
  wrapped        bytea    not null check (octet_length(wrapped) between 24 and 48),
  check_value    text     not null check (check_value ~ '^[0-9A-F]{6}$'),
  generation     int      not null check (generation > 0),
  next_device    bigint   not null default 1 check (next_device > 0),
  created_at_ms  bigint   not null,
  unique (suite, generation)
);

create table entry.device (
  device         text     primary key,
  suite          text     not null check (suite in ('aes-dukpt', 'tdes-dukpt')),
  state          text     not null check (state in ('admitted', 'suspended')),
  wrapped_kbpk   bytea    not null check (octet_length(wrapped_kbpk) = 40),
  check_value    text     not null check (check_value ~ '^[0-9A-F]{6}$'),
  created_at_ms  bigint   not null
);

-- An initial key by its id. The first message under a newer one retires the older ones.
create table entry.initial_key (
  key_id         text     primary key check (key_id ~ '^[0-9A-F]{16}([0-9A-F]{4})?$'),
  device         text     not null references entry.device (device),
  kid            text     not null references entry.base_key (kid),
  state          text     not null check (state in ('live', 'retired')),
  generation     int      not null check (generation > 0),
  counter        bigint   not null default 0 check (counter >= 0),
  created_at_ms  bigint   not null,
  unique (device, generation)
);

-- Every key serial number that was used, with the bytes it was used for, and what PIN and chip were
-- found to be: a retry gets this again.
create table entry.used (
  key_id         text     not null,
  counter        bigint   not null,
  digest         bytea    not null check (octet_length(digest) = 32),
  pin            text     check (pin in ('verified', 'wrong', 'blocked')),
  chip           text     check (chip in ('verified', 'invalid')),
  at_ms          bigint   not null,
  primary key (key_id, counter)
);

-- Messages that did not verify: counted by the minute, never held against the device.
create table entry.noise (
  device         text     not null,
  minute         bigint   not null,
  seen           int      not null check (seen > 0),
  primary key (device, minute)
);

create table pins.verifier (
  card           text     primary key references cards.card (card),
  verifier       bytea    not null check (octet_length(verifier) = 32),
  tries          smallint not null check (tries between 1 and 10),
  tries_left     smallint not null check (tries_left between 0 and tries),
  created_at_ms  bigint   not null
);
-- The highest transaction counter that a card's chip has shown.
create table cards.chip (
  card           text     primary key references cards.card (card),
  atc            int      not null check (atc between 0 and 65535)
);

-- Keyed hashes to compare expiry and security code with, so that no card is opened to check one.
alter table cards.card
  add column expiry_mac bytea check (octet_length(expiry_mac) = 32),
  add column code_mac   bytea check (octet_length(code_mac) = 32);

create type entry.ask as (
  ord int, key_id text, counter bigint, digest bytea, device text, pan_index bytea
);

-- Takes the counters of messages whose MACs were verified, under the keys' row locks, and finds
-- the cards.
--   fresh, seen    opened: for the first time, or the same bytes again
--   ksn_replayed   a used or older counter with other bytes
create function entry.open(asks entry.ask[], p_now bigint)
returns table (ord int, code text, pin text, chip text, card text, last4 text, expiry_mac bytea,
               code_mac bytea, verifier bytea)
language plpgsql as $fn$
begin
  perform 1 from entry.initial_key k
    join unnest(asks) a on k.key_id = a.key_id
   order by k.key_id
     for no key update of k;

  return query
  with judged as materialized (
    select a.ord, a.key_id, a.counter, a.digest, a.device, a.pan_index, k.counter as before,
           u.pin, u.chip,
           case
             when k.key_id is null or k.device <> a.device  then 'device_unknown'
             when d.state <> 'admitted'                     then 'device_not_active'
             when u.digest = a.digest                       then 'seen'
             when u.digest is not null                      then 'ksn_replayed'
             when k.state <> 'live'                         then 'device_unknown'
             when a.counter <= k.counter                    then 'ksn_replayed'
             when first_value(a.digest) over same <> a.digest then 'ksn_replayed'
             when row_number() over same > 1                then 'seen'
             else 'fresh'
           end as verdict
      from unnest(asks) a
      left join entry.initial_key k on k.key_id = a.key_id
      left join entry.device d on d.device = k.device
      left join entry.used u on u.key_id = a.key_id and u.counter = a.counter
    window same as (partition by a.key_id, a.counter order by a.ord)
  ), taken as (
    insert into entry.used (key_id, counter, digest, at_ms)
    select j.key_id, j.counter, j.digest, p_now from judged j where j.verdict = 'fresh'
  ), moved as (
    update entry.initial_key k set counter = f.highest
      from (select j.key_id, max(j.counter) as highest from judged j
             where j.verdict = 'fresh' group by j.key_id) f
     where k.key_id = f.key_id
  ), retired as (
    update entry.initial_key k set state = 'retired'
      from judged j
     where j.verdict = 'fresh' and j.before = 0 and k.device = j.device
       and k.key_id <> j.key_id and k.state = 'live'
       and k.generation < (select n.generation from entry.initial_key n where n.key_id = j.key_id)
  )
  select j.ord, j.verdict, j.pin, j.chip, c.card, c.last4, c.expiry_mac, c.code_mac, p.verifier
    from judged j
    left join cards.card c on c.pan_index = j.pan_index
    left join pins.verifier p on p.card = c.card;
end $fn$;

create type entry.proof as (
  ord int, key_id text, counter bigint, card text, pin_right boolean, atc int, chip_right boolean
);

-- Counts PIN tries and chip counters, once for each message: a message that was counted before is
-- told what it was told then. At most one proof per card in a call.
create function entry.count(proofs entry.proof[])
returns table (ord int, pin text, chip text) language plpgsql as $fn$
begin
  perform 1 from pins.verifier v
    join unnest(proofs) p on v.card = p.card order by v.card for no key update of v;
  insert into cards.chip (card, atc)
  select p.card, 0 from unnest(proofs) p where p.atc is not null and p.card is not null
  on conflict do nothing;
  perform 1 from cards.chip h
    join unnest(proofs) p on h.card = p.card order by h.card for no key update of h;

  return query
  with judged as materialized (
    select p.ord, p.key_id, p.counter, p.card, p.atc, u.pin as told_pin, u.chip as told_chip,
           case when p.pin_right is null      then null
                when v.card is null           then 'blocked'
                when v.tries_left = 0         then 'blocked'
                when p.pin_right              then 'verified'
                when v.tries_left = 1         then 'blocked'
                else 'wrong' end as now_pin,
           case when p.chip_right is null     then null
                when p.chip_right and p.atc > h.atc then 'verified'
                else 'invalid' end as now_chip
      from unnest(proofs) p
      join entry.used u on u.key_id = p.key_id and u.counter = p.counter
      left join pins.verifier v on v.card = p.card
      left join cards.chip h on h.card = p.card
  ), told as (
    update entry.used u
       set pin = coalesce(u.pin, j.now_pin), chip = coalesce(u.chip, j.now_chip)
      from judged j
     where u.key_id = j.key_id and u.counter = j.counter
  ), tried as (
    update pins.verifier v
       set tries_left = case j.now_pin when 'verified' then v.tries
                                       else greatest(v.tries_left - 1, 0) end
      from judged j
     where v.card = j.card and j.now_pin is not null and j.told_pin is null and v.tries_left > 0
  ), shown as (
    update cards.chip h set atc = j.atc
      from judged j
     where h.card = j.card and j.now_chip = 'verified' and j.told_chip is null
  )
  select j.ord, coalesce(j.told_pin, j.now_pin), coalesce(j.told_chip, j.now_chip) from judged j;
end $fn$;

grant usage on schema entry, pins to vault_app;
grant select, insert on all tables in schema entry, pins to vault_app;
grant select, insert on cards.chip to vault_app;
grant update (next_device, state) on entry.base_key to vault_app;
grant update (state) on entry.device to vault_app;
grant update (state, counter) on entry.initial_key to vault_app;
grant update (pin, chip) on entry.used to vault_app;
grant update (seen) on entry.noise to vault_app;
grant update (verifier, tries_left) on pins.verifier to vault_app;
grant update (atc) on cards.chip to vault_app;
grant update (expiry_mac, code_mac) on cards.card to vault_app;
revoke all on function entry.open(entry.ask[], bigint), entry.count(entry.proof[]) from public;
grant execute on function entry.open(entry.ask[], bigint), entry.count(entry.proof[]) to vault_app;
