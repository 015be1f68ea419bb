-- SIMs of cardholders (S2): which cards were written into one, by record, and which phones have
-- taken it into use. What stands in the records only the SIM and the vault know.
create table devices.sim (
  id            text     primary key,
  cardholder    text     not null,
  iccid_last4   text     not null check (iccid_last4 ~ '^[0-9]{4}$'),
  state         text     not null check (state in ('admitted', 'personalised', 'removed')),
  created_ms    bigint   not null,
  removed_ms    bigint,
  check ((state = 'removed') = (removed_ms is not null))
);
create index sim_cardholder on devices.sim (cardholder, id);

create table devices.sim_card (
  sim           text     not null references devices.sim (id),
  number        smallint not null check (number between 1 and 4),
  card          text     not null,
  selector      smallint not null check (selector between 0 and 255),
  primary key (sim, number)
);

create table devices.sim_link (
  sim           text     not null references devices.sim (id),
  terminal      text     not null,
  bridge        text     not null,             -- thumbprint of the bridge's key
  linked_ms     bigint   not null,
  primary key (sim, terminal)
);

grant select, insert, update on devices.sim, devices.sim_link to warifu_app;
grant select, insert, delete on devices.sim_card to warifu_app;
