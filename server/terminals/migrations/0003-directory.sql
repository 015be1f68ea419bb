-- By what a person is found who did not begin: their verified number, kept as a keyed hash, and the
-- code that their phone shows for a minute. Neither is a name that could be listed.
create table terminals.number (
  hash        bytea  primary key,              -- HMAC of the E.164 number under the server's key
  cardholder  text   not null,
  created_ms  bigint not null,
  check (octet_length(hash) = 32)
);

create table terminals.code (
  hash         bytea  primary key,             -- SHA-256 of the code
  terminal     text   not null,
  cardholder   text   not null,
  deadline_ms  bigint not null,
  payment      text,                           -- what it was used for, once
  -- One that pays up to a cap: what was signed when it was made, for whoever redeems it.
  cap          bigint,
  currency     text,
  request      jsonb,                          -- the signed request, as it came: the evidence
  check (octet_length(hash) = 32),
  constraint code_capped check
    ((cap is null) = (currency is null) and (cap is null) = (request is null))
);
create index code_deadline on terminals.code (deadline_ms);

grant select, insert, update on terminals.number to warifu_app;
grant select, insert, update, delete on terminals.code to warifu_app;
