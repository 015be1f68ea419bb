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
  created_at_ms  bigint   not null,
  prefix         bytea    check (octet_length(prefix) = 32)   -- null: such a card answers no prefix
);
-- The highest transaction counter that a card's chip has shown.
create table cards.chip (
  card           text     primary key references cards.card (card),
  atc            int      not null check (atc between 0 and 65535)
);

-- Takes the counters of messages whose MACs were verified, under the keys' row locks, and finds
-- the cards. What belongs to one call stands at the same place of each array: a refusal of before
-- comes along for the audit, without a key; a pan is null where authentic bytes held no card. A
-- twin is what a call is that names the same counter as one before it in the frame.
--   ok             fresh, or seen: the same bytes again
--   ksn_replayed   a used or older counter with other bytes
-- Where a chain is named, the record of all calls is appended to it in the same statement: it is
-- canonical (RFC 8785), as its members stand in the order of the alphabet and all of them are ids,
-- hexadecimal digits and words of ours, which need no escaping. Without one, a PIN or a chip is
-- to be proven first, and what PINs are verified with is told.
-- Rows are found by key, whatever the tables' sizes were when a plan was cached.
create function entry.open(p_devices text[], p_ksns text[], p_refusals text[], p_keys text[],
                           p_counters bigint[], p_digests text[], p_twins text[], p_pans text[],
                           p_now bigint, p_chain text, p_at text)
returns table (ord int, code text, card text, last4 text, expiry_mac bytea, code_mac bytea,
               verifier bytea, size bigint)
language plpgsql set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $fn$
declare
  moved   text[];
  befores bigint[];
begin
  -- A counter that is read and moved at once, under its lock; in the order of the keys.
  with moving as (
    update entry.initial_key k set counter = f.highest
      from (select a.key, a.device, max(a.counter) as highest
              from unnest(p_keys, p_devices, p_counters) a(key, device, counter)
             where a.key is not null group by a.key, a.device order by a.key) f
      join entry.device d on d.device = f.device and d.state = 'admitted'
     where k.key_id = f.key and k.device = f.device and k.state = 'live'
       and k.counter < f.highest
    returning k.key_id || ' ' || k.device as name, old.counter as before
  )
  select array_agg(m.name), array_agg(m.before) into moved, befores from moving m;

  if 0 = any(befores) then
    update entry.initial_key k set state = 'retired'
      from entry.initial_key n
     where n.key_id = any(p_keys) and n.state = 'live' and n.counter > 0
       and k.device = n.device and k.generation < n.generation and k.state = 'live';
  end if;

  return query
  with judged as materialized (
    select a.ord::int, a.device, a.ksn, a.key, a.counter, a.digest, a.pan,
           case
             when a.refusal is not null then a.refusal
             when a.counter > befores[array_position(moved, a.key || ' ' || a.device)]
               then coalesce(a.twin, 'fresh')
             else entry.behind(a.device, a.key, a.counter, decode(a.digest, 'hex'))
           end as verdict
      from unnest(p_devices, p_ksns, p_refusals, p_keys, p_counters, p_digests, p_twins, p_pans)
           with ordinality a(device, ksn, refusal, key, counter, digest, twin, pan, ord)
  ), taken as (
    insert into entry.used (key_id, counter, digest, at_ms)
    select j.key, j.counter, decode(j.digest, 'hex'), p_now from judged j where j.verdict = 'fresh'
    returning 1
  ), told as materialized (
    select j.ord, j.device, j.ksn,
           case when j.verdict not in ('fresh', 'seen') then j.verdict
                when j.pan is null                      then 'entry_invalid'
                else 'ok' end as code,
           c.card, c.last4, c.expiry_mac, c.code_mac, v.verifier
      from judged j
      left join cards.card c
        on c.pan_index = decode(j.pan, 'hex') and j.verdict in ('fresh', 'seen')
      left join pins.verifier v on p_chain is null and v.card = c.card
  ), recorded as (
    select case when p_chain is not null then audit.append(p_chain,
             '{"at":"' || p_at || '","calls":[' || string_agg(
               '{' || coalesce('"card":"' || t.card || '",', '') || '"device":"' || t.device
                   || '","key":"' || t.ksn
                   || '","operation":"open_entry","result":"' || t.code || '"}',
               ',' order by t.ord) || ']}') end as size
      from told t
     -- Once all counters are taken: whoever holds the head of the chain waits for nobody else.
     where (select count(*) from taken) >= 0
  )
  select t.ord, t.code, t.card, t.last4, t.expiry_mac, t.code_mac, t.verifier,
         (select r.size from recorded r)
    from told t;
end $fn$;

-- What a message is that moved no counter: sent before, or refused.
create function entry.behind(p_device text, p_key text, p_counter bigint, p_digest bytea)
returns text language sql stable as $fn$
  select case
           when k.key_id is null or k.device <> p_device then 'device_unknown'
           when d.state <> 'admitted'                    then 'device_not_active'
           when u.digest = p_digest                      then 'seen'
           when u.digest is not null                     then 'ksn_replayed'
           when k.state <> 'live'                        then 'device_unknown'
           else 'ksn_replayed'
         end
    from (select 1) one
    left join entry.initial_key k on k.key_id = p_key
    left join entry.device d on d.device = k.device
    left join entry.used u on u.key_id = p_key and u.counter = p_counter
$fn$;

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
revoke all on function
  entry.open(text[], text[], text[], text[], bigint[], text[], text[], text[], bigint, text, text),
  entry.behind(text, text, bigint, bytea), entry.count(entry.proof[]) from public;
grant execute on function
  entry.open(text[], text[], text[], text[], bigint[], text[], text[], text[], bigint, text, text),
  entry.behind(text, text, bigint, bytea), entry.count(entry.proof[]) to vault_app;
