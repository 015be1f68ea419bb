-- Who works here: operators with their roles, and acts of theirs that wait for a second person.
create table people.operator (
  id            text    primary key,
  name          text    not null unique,
  roles         text[]  not null check
                  (cardinality(roles) > 0 and roles <@ array['issuer', 'operator', 'auditor']),
  token_digest  bytea   not null unique,       -- SHA-256; the token itself is nowhere
  created_ms    bigint  not null,
  ended_ms      bigint,
  check (octet_length(token_digest) = 32)
);

-- An act above a threshold. `digest` is over what is to be done: the second yes is to the same.
create table people.second (
  id           text    primary key,
  act          text    not null,
  subject      text    not null,               -- what it is done to
  digest       bytea   not null,
  content      jsonb   not null,               -- what the second person reads
  by           text    not null references people.operator (id),
  asked_ms     bigint  not null,
  deadline_ms  bigint  not null,
  approved_by  text    references people.operator (id),
  approved_ms  bigint,
  refused_by   text    references people.operator (id),
  refused_ms   bigint,
  check (octet_length(digest) = 32),
  check (approved_by <> by),
  check ((approved_by is null) = (approved_ms is null)),
  check ((refused_by is null) = (refused_ms is null)),
  check (refused_by is null or approved_by is null)
);
-- One open question about a subject at a time.
create unique index second_open on people.second (act, subject)
  where approved_by is null and refused_by is null;
create index second_newest on people.second (asked_ms);

grant select, insert, update on people.operator, people.second to warifu_app;
grant delete on people.second to warifu_app;   -- questions that nobody answered in time
