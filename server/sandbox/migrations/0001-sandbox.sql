-- What only a sandbox has: a clock that may be set ahead, and lines that may be cut. Every server
-- process reads both a few times a second; in live mode nobody does.
create schema if not exists sandbox;

create table sandbox.clock (
  one       boolean primary key default true check (one),
  ahead_ms  bigint  not null default 0 check (ahead_ms >= 0),
  changes   bigint  not null default 0       -- of clock and lines
);
insert into sandbox.clock default values;

create table sandbox.cut (
  link      text    not null check (link in ('client', 'vault', 'messages', 'bureau', 'network')),
  lost      text    not null check (lost in ('request', 'answer')),
  place     text    not null,              -- an endpoint, or an operation of the vault; '': any
  times     int     check (times >= 0),    -- how often still; null: until it ends
  until_ms  bigint,                        -- by the clock on the wall; null: until it is used up
  primary key (link, lost, place),
  check (times is not null or until_ms is not null)
);

-- Which change each process has heard of: whoever makes one waits until all have.
create table sandbox.follower (
  process  text    primary key,
  heard    bigint  not null,
  at_ms    bigint  not null                 -- by the clock on the wall
);

grant usage on schema sandbox to warifu_app;
grant select, update on sandbox.clock to warifu_app;
grant select, insert, update, delete on sandbox.cut, sandbox.follower to warifu_app;
