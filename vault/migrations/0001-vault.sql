-- The vault's tables: one schema per subject. Times are milliseconds since 1970, given by the
-- caller. The roles vault_app and vault_auditor exist before; this file says what they may do.
-- Laws that one row can show are held here too: uniqueness, states, sizes, append-only.

create schema keys;
create schema passkeys;
create schema terminals;
create schema cards;
create schema codes;
create schema calls;
create schema audit;
revoke all on schema public from public;

-- ── keys: the hierarchy, wrapped (AES-KWP, RFC 5649); states as in SP 800-57 Part 1 §7 ─────────
create table keys.domain (
  name             text     not null check (name ~ '^[a-z-]{1,32}$'),
  version          smallint not null check (version > 0),
  algorithm        text     not null check (algorithm in
    ('AES-256-KWP', 'HMAC-SHA-256', 'ECDSA-P-256', 'ECDH-P-256')),
  state            text     not null check (state in ('active', 'deactivated', 'destroyed')),
  wrapped          bytea    not null check (octet_length(wrapped) between 24 and 512),
  wrapped_by       text     not null check (wrapped_by ~ '^[0-9A-F]{6}$'),
  check_value      text     not null check (check_value ~ '^[0-9A-F]{6}$'),
  created_at_ms    bigint   not null,
  primary key (name, version)
);
create unique index domain_active on keys.domain (name) where state = 'active';

create table keys.cardholder (
  kid              text     primary key check (kid ~ '^[a-z0-9_.-]{1,64}$'),
  cardholder       text     not null,
  version          smallint not null check (version > 0),
  algorithm        text     not null default 'AES-256-KWP' check (algorithm = 'AES-256-KWP'),
  state            text     not null check (state in ('active', 'deactivated', 'destroyed')),
  wrapped          bytea    not null check (octet_length(wrapped) = 40),
  wrapped_by       smallint not null,
  check_value      text     not null check (check_value ~ '^[0-9A-F]{6}$'),
  created_at_ms    bigint   not null,
  unique (cardholder, version)
);
create unique index cardholder_active on keys.cardholder (cardholder) where state = 'active';

-- ── passkeys: the first one binds a cardholder, and no caller can add another beside it ────────
create table passkeys.credential (
  credential_id    text     primary key,
  cardholder       text     not null unique,
  public_key       bytea    not null,
  device_bound     boolean  not null,
  created_at_ms    bigint   not null
);

-- ── terminals: two public keys, vouched for by a passkey ───────────────────────────────────────
create table terminals.terminal (
  terminal           text   primary key,
  cardholder         text   not null,
  state              text   not null check (state in
    ('offered', 'waiting', 'admitted', 'removed')),
  sealing_thumbprint text   not null unique check (length(sealing_thumbprint) = 43),
  signing_thumbprint text   not null unique check (length(signing_thumbprint) = 43),
  sealing_point      bytea  not null check (octet_length(sealing_point) = 65),
  signing_point      bytea  not null check (octet_length(signing_point) = 65),
  proof_digest       bytea  not null check (octet_length(proof_digest) = 32),
  created_at_ms      bigint not null,
  check (sealing_thumbprint <> signing_thumbprint)
);

-- ── cards: number, expiry and security code sealed; found by a keyed hash ──────────────────────
create table cards.card (
  card              text     primary key,
  cardholder        text     not null,
  kid               text     not null references keys.cardholder (kid),
  last4             text     not null check (last4 ~ '^[0-9]{4}$'),
  pan_index         bytea    not null unique check (octet_length(pan_index) = 32),
  pan_index_version smallint not null,
  wrapped_key       bytea    not null,
  iv                bytea    not null,
  ct                bytea    not null,
  created_at_ms     bigint   not null,
  -- Keyed hashes to compare expiry and security code with, so that no card is opened to check one.
  expiry_mac        bytea    check (octet_length(expiry_mac) = 32),
  code_mac          bytea    check (octet_length(code_mac) = 32),
  scheme            text     check (scheme ~ '^[a-z_]{1,32}$')   -- bound by the first sealing
);
create index card_cardholder on cards.card (cardholder);

-- ── codes: only tries and times; a code is derived again, never kept ───────────────────────────
create table codes.code (
  verification      text     primary key,
  tries_left        smallint not null check (tries_left between 0 and 10),
  expires_at_ms     bigint   not null,
  created_at_ms     bigint   not null
);

-- ── calls: the first answer to the same bytes, under a keyed digest of them ────────────────────
-- A claim comes first in its transaction and is seen only with its answer: the same call at the
-- same time waits for it.
create table calls.claim (
  call_digest       bytea    primary key check (octet_length(call_digest) = 32)
);
create table calls.answer (
  call_digest       bytea    primary key references calls.claim (call_digest),
  operation         text     not null,
  answer            text     not null,
  created_at_ms     bigint   not null
);

-- ── audit: append-only; leaf = SHA-256(0x00 ‖ record), head = SHA-256(0x01 ‖ head before ‖ leaf)
create table audit.record (
  chain             text     not null check (chain ~ '^[a-z0-9-]{1,40}$'),
  seq               bigint   not null check (seq > 0),
  record            text     not null,
  leaf              bytea    not null check (leaf = sha256('\x00'::bytea || convert_to(record, 'UTF8'))),
  head              bytea    not null check (octet_length(head) = 32),
  primary key (chain, seq)
);
create table audit.signed_head (
  chain             text     not null,
  size              bigint   not null check (size >= 0),
  head              bytea    not null check (octet_length(head) = 32),
  signature         bytea    not null check (octet_length(signature) = 64),
  signing_key       jsonb    not null,
  signed_at_ms      bigint   not null,
  primary key (chain, size)
);

create function audit.first_head(in_chain text) returns bytea
language sql immutable as $$
  select sha256(convert_to('warifu/audit/1/' || in_chain, 'UTF8'))
$$;

-- Appends one record, as the last step of its transaction. Whoever comes second waits on the
-- primary key until the first has committed, and takes the place after it.
create function audit.append(in_chain text, in_record text) returns bigint
language plpgsql as $$
declare
  new_seq   bigint;
  new_leaf  bytea := sha256('\x00'::bytea || convert_to(in_record, 'UTF8'));
begin
  loop
    insert into audit.record (chain, seq, record, leaf, head)
    select in_chain, coalesce(l.seq, 0) + 1, in_record, new_leaf,
           sha256('\x01'::bytea || coalesce(l.head, audit.first_head(in_chain)) || new_leaf)
      from (select 1) one
      left join lateral (select r.seq, r.head from audit.record r
                          where r.chain = in_chain order by r.seq desc limit 1) l on true
    on conflict do nothing
    returning seq into new_seq;
    exit when found;
  end loop;
  return new_seq;
end
$$;

-- ── who may do what: nothing is ever deleted; two columns may change ───────────────────────────
grant usage on schema keys, passkeys, terminals, cards, codes, calls, audit to vault_app;
grant select, insert on all tables in schema keys, passkeys, terminals, cards, codes, calls, audit
  to vault_app;
grant update (state) on terminals.terminal to vault_app;
grant update (tries_left) on codes.code to vault_app;
revoke all on function audit.append(text, text), audit.first_head(text) from public;
grant execute on function audit.append(text, text), audit.first_head(text) to vault_app;

grant usage on schema audit to vault_auditor;
grant select on audit.record, audit.signed_head to vault_auditor;
