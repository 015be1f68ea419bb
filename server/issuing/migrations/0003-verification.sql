-- What became of each try to show who one is, and whom certificates are believed from.

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
