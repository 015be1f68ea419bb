-- Who joins: challenges, cardholders, references to passkeys (the vault holds the keys), sessions,
-- and the messages that leave the house by SMS.
create schema if not exists people;

create table people.registration (
  id           text     primary key,
  kind         text     not null check (kind in ('join', 'login')),
  cardholder   text,                          -- named before the vault is asked: a retry makes the same
  challenge    bytea    not null,
  created_ms   bigint   not null,
  deadline_ms  bigint   not null,
  used_ms      bigint,
  used_digest  bytea,                         -- SHA-256 of the body that used it
  check (octet_length(challenge) = 32),
  check (octet_length(used_digest) = 32),
  check ((kind = 'join') = (cardholder is not null)),
  check ((used_ms is null) = (used_digest is null))
);
create index registration_deadline on people.registration (deadline_ms);

create table people.cardholder (
  id           text     primary key,
  name         text     not null,
  created_ms   bigint   not null
);

create table people.passkey (
  credential_id  text     primary key,
  cardholder     text     not null references people.cardholder (id),
  device_bound   boolean  not null,
  created_ms     bigint   not null
);
create index passkey_cardholder on people.passkey (cardholder);

create table people.session (
  token_digest  bytea    primary key,         -- SHA-256; the token itself is nowhere
  cardholder    text     not null references people.cardholder (id),
  created_ms    bigint   not null,
  expires_ms    bigint   not null,
  check (octet_length(token_digest) = 32)
);
create index session_expires on people.session (expires_ms);

-- A row before it leaves. `lease_ms`: until then one process is at work on it.
create table people.message (
  id           text     primary key,
  channel      text     not null check (channel in ('sms', 'voice')),
  recipient    text     not null,
  body         text     not null,
  created_ms   bigint   not null,
  lease_ms     bigint   not null default 0,
  sent_ms      bigint,
  tries        int      not null default 0,
  failed_ms    bigint                          -- no provider takes it: given up
);
create index message_waiting on people.message (id) where sent_ms is null and failed_ms is null;
create index message_recipient on people.message (recipient, id);

grant usage on schema people to warifu_app;
grant select, insert, update on people.registration, people.message to warifu_app;
grant select, insert on people.cardholder, people.passkey, people.session to warifu_app;
grant delete on people.registration, people.session to warifu_app;
