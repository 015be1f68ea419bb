-- Installations: a card sealed to the terminal that applied for it, pulled by that terminal.
create schema if not exists provisioning;

create table provisioning.installation (
  id            text    primary key,
  application   text    not null unique,
  card          text    not null,
  terminal      text    not null,
  cardholder    text    not null,
  scheme        text    not null,
  state         text    not null check (state in ('offered', 'confirmed')),
  inner_digest  text    not null check (length(inner_digest) = 43),
  sealed        jsonb   not null,             -- for the terminal's key alone (RFC 9180)
  expires_ms    bigint  not null,             -- of the sealed message; a later pull seals anew
  created_ms    bigint  not null,
  confirmed_ms  bigint,
  check ((state = 'confirmed') = (confirmed_ms is not null))
);
create index installation_card on provisioning.installation (card);

grant usage on schema provisioning to warifu_app;
grant select, insert, update on provisioning.installation to warifu_app;
