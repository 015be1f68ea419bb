-- Devices that cardholders carry. Here: proximity devices (whose, and with which card they pay) and
-- the codes that they broadcast, epoch by epoch. A code identifies and never moves money.
create schema if not exists devices;

create table devices.proximity (
  id           text     primary key,
  kind         text     not null,
  name         text     not null,
  cardholder   text     not null,
  terminal     text     not null,
  card         text     not null,
  state        text     not null check (state in ('active', 'removed')),
  version      int      not null default 1,
  created_ms   bigint   not null,
  removed_ms   bigint,
  check ((state = 'removed') = (removed_ms is not null))
);
create index proximity_cardholder on devices.proximity (cardholder, id);
create index proximity_terminal on devices.proximity (terminal) where state = 'active';

-- A ring of four places: the epochs −1, 0 and +1, and one that is being emptied or filled.
create table devices.epoch (
  slot         smallint primary key check (slot between 0 and 3),
  epoch        bigint   not null,
  state        text     not null check (state in ('filling', 'ready')),
  lease_ms     bigint   not null,             -- who fills has until then; after that, somebody else
  filled       bigint   not null default 0,
  check (slot = epoch % 4)
);

-- Codes of an epoch, one partition for each place; filled by COPY, emptied by TRUNCATE. Without a
-- uniqueness to check: the same row twice does no harm.
create table devices.code (
  slot         smallint not null,
  epoch        bigint   not null,
  code         bytea    not null,
  device       text     not null
) partition by list (slot);
create table devices.code_0 partition of devices.code for values in (0);
create table devices.code_1 partition of devices.code for values in (1);
create table devices.code_2 partition of devices.code for values in (2);
create table devices.code_3 partition of devices.code for values in (3);
create index code_by on devices.code (code);

-- Begins to fill a place, or says that there is nothing to do. The lease keeps others away.
create function devices.begin_epoch(p_epoch bigint, p_now bigint, p_lease bigint)
returns boolean language plpgsql as $fn$
declare
  v_slot smallint := p_epoch % 4;
begin
  insert into devices.epoch (slot, epoch, state, lease_ms) values (v_slot, p_epoch, 'filling', 0)
  on conflict do nothing;
  update devices.epoch e set epoch = p_epoch, state = 'filling', lease_ms = p_lease, filled = 0
   where e.slot = v_slot
     and (e.epoch < p_epoch or (e.epoch = p_epoch and e.state = 'filling' and e.lease_ms <= p_now));
  if not found then return false; end if;
  -- What is empty stays as it is: this may be tried again and again.
  if not exists (select from devices.code where slot = v_slot) then return true; end if;
  case v_slot
    when 0 then truncate devices.code_0;
    when 1 then truncate devices.code_1;
    when 2 then truncate devices.code_2;
    else truncate devices.code_3;
  end case;
  return true;
end $fn$;

grant usage on schema devices to warifu_app;
grant select, insert, update on devices.proximity, devices.epoch to warifu_app;
grant select, insert on devices.code to warifu_app;
grant truncate on devices.code_0, devices.code_1, devices.code_2, devices.code_3 to warifu_app;
grant execute on function devices.begin_epoch to warifu_app;
