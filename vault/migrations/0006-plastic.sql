-- Plastic: the bureaus that an operator admitted, each card's plastics with the terminal that alone
-- may activate them, and the pages opened for that. What is on a plastic is never kept here.
create schema plastics;

create table plastics.bureau (
  bureau         text     primary key,
  state          text     not null check (state in ('admitted', 'removed')),
  thumbprint     text     not null unique check (length(thumbprint) = 43),
  point          bytea    not null check (octet_length(point) = 65),
  created_at_ms  bigint   not null
);

-- `made`: dead until it is activated; `blocked`: too many wrong readings. `sequence` is the PAN
-- sequence number of its chip and stripe: that of an ended plastic never comes again.
create table plastics.plastic (
  plastic        text     primary key,
  card           text     not null references cards.card (card),
  terminal       text     not null references terminals.terminal (terminal),
  bureau         text     not null references plastics.bureau (bureau),
  state          text     not null check (state in ('made', 'active', 'blocked', 'ended')),
  sequence       smallint not null check (sequence between 0 and 99),
  tries_left     smallint not null check (tries_left between 0 and 3),
  created_at_ms  bigint   not null,
  unique (card, sequence)
);
-- One at a time.
create unique index plastic_live on plastics.plastic (card) where state in ('made', 'active');

create table plastics.page (
  plastic        text     not null references plastics.plastic (plastic),
  nonce          bytea    not null check (octet_length(nonce) = 32),
  expires_at_ms  bigint   not null,
  used           boolean  not null default false,
  primary key (plastic, nonce)
);

-- What stands against entering a card: `waiting` where it has plastics, of which none is alive or
-- the one at hand is not the living one. Without any plastic, nothing does.
create function plastics.standing(p_card text)
returns table (state text, sequence smallint) language sql stable as $fn$
  select case when count(*) = 0                          then 'none'
              when count(*) filter (where p.state = 'active') = 1 then 'active'
              else 'waiting' end,
         max(p.sequence) filter (where p.state = 'active')
    from plastics.plastic p where p.card = p_card
$fn$;

grant usage on schema plastics to vault_app;
grant select, insert on all tables in schema plastics to vault_app;
grant update (state, terminal, tries_left) on plastics.plastic to vault_app;
grant update (state) on plastics.bureau to vault_app;
grant update (used) on plastics.page to vault_app;
-- A new plastic has a new security code; number and expiry stay.
grant update (wrapped_key, iv, ct, code_mac) on cards.card to vault_app;
revoke all on function plastics.standing(text) from public;
grant execute on function plastics.standing(text) to vault_app;
