-- Which device a payment's broadcast code led to; how often a merchant may ask is the approvals' to
-- judge, for a person and not for a device.
create table devices.heard (
  payment      text     primary key,
  device       text     not null,
  at_ms        bigint   not null
);
create index heard_device on devices.heard (device, at_ms);

grant select, insert on devices.heard to warifu_app;
