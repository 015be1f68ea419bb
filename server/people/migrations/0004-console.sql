-- Who signs in at the console: merchants' users beside the operators, their invitations, passkeys
-- and sessions; and what became of acts that waited for a second person.
create table people.merchant_user (
  id          text    primary key,
  merchant    text    not null,
  name        text    not null,
  role        text    not null check (role in ('admin', 'clerk', 'viewer')),
  created_ms  bigint  not null,
  ended_ms    bigint,
  unique (merchant, name)
);

-- `who` is an operator or a merchant's user, in each table below.
create table people.invitation (
  digest       bytea   primary key,              -- SHA-256 of the secret in the link
  who          text    not null,
  created_ms   bigint  not null,
  deadline_ms  bigint  not null,
  used_ms      bigint,
  check (octet_length(digest) = 32)
);
create index invitation_deadline on people.invitation (deadline_ms);

create table people.console_challenge (
  id           text    primary key,
  who          text,                             -- invited; null: signing in
  invitation   bytea   references people.invitation (digest) on delete cascade,
  challenge    bytea   not null,
  deadline_ms  bigint  not null,
  check (octet_length(challenge) = 32),
  check ((who is null) = (invitation is null))
);
create index console_challenge_deadline on people.console_challenge (deadline_ms);

create table people.console_passkey (
  credential_id  text    primary key,
  who            text    not null,
  public_key     bytea   not null,               -- COSE
  sign_count     bigint  not null,
  created_ms     bigint  not null
);
create index console_passkey_who on people.console_passkey (who);

create table people.console_session (
  token_digest  bytea   primary key,             -- SHA-256; the token itself is nowhere
  id            text    not null unique,
  who           text    not null,
  by            text    not null check (by in ('passkey', 'sandbox')),
  created_ms    bigint  not null,
  seen_ms       bigint  not null,
  expires_ms    bigint  not null,
  ended_ms      bigint,
  check (octet_length(token_digest) = 32)
);
create index console_session_who on people.console_session (who, id);
create index console_session_expires on people.console_session (expires_ms);

grant select, insert, update on
  people.merchant_user, people.invitation, people.console_passkey, people.console_session
  to warifu_app;
grant select, insert on people.console_challenge to warifu_app;
grant delete on people.console_challenge, people.invitation, people.console_session to warifu_app;
