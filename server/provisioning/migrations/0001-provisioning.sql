-- Installations: a card sealed to the terminal that applied for it, pulled by that terminal. It may
-- move to another terminal of its owner: the installation of before has ended then.
create schema if not exists provisioning;

create table provisioning.installation (
  id            text    primary key,
  application   text    not null,
  card          text    not null,
  terminal      text    not null,
  cardholder    text    not null,
  scheme        text    not null,
  state         text    not null check (state in ('offered', 'confirmed', 'ended')),
  inner_digest  text    not null check (length(inner_digest) = 43),
  delivery      jsonb   not null,             -- what is handed out; it differs by scheme
  expires_ms    bigint  not null,             -- of the sealed message; a later pull seals anew
  created_ms    bigint  not null,
  confirmed_ms  bigint,
  constraint installation_once unique (application, terminal)
);
create index installation_card on provisioning.installation (card);

grant usage on schema provisioning to warifu_app;
grant select, insert, update on provisioning.installation to warifu_app;
