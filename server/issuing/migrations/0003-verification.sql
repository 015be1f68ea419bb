-- Six ways to show who one is, each try with its state, reason, deadline and log.
alter table issuing.verification
  add column reason  text,
  add column detail  jsonb  not null default '{}',   -- what a reviewer reads; never a secret
  drop constraint verification_method_check,
  add constraint verification_method_check check (method in
    ('registered_terminal', 'issued_card', 'identity_document', 'x509', 'phone', 'voice')),
  drop constraint verification_state_check,
  add constraint verification_state_check check (state in
    ('sent', 'in_review', 'verified', 'refused', 'exhausted'));
create index verification_review on issuing.verification (created_ms) where state = 'in_review';

create table issuing.verification_log (
  verification  text    not null references issuing.verification (id),
  seq           int     not null,
  at_ms         bigint  not null,
  what          text    not null,
  by            text    not null,
  primary key (verification, seq)
);

-- Whom certificates are believed from, and where their revocation list is fetched.
create table issuing.authority (
  id           text    primary key,            -- SHA-256 of the certificate
  name         text    not null,
  certificate  bytea   not null,
  crl_url      text    not null,
  crl          bytea,                           -- the newest good one
  crl_next_ms  bigint,
  created_ms   bigint  not null
);

grant select, insert on issuing.verification_log to warifu_app;
grant select, insert, update on issuing.authority to warifu_app;
