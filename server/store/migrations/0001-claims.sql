-- Once means once: (merchant, idempotency key) names one resource, for ever. A charge's claim also
-- names the account that it chose; a payment that waits for its card keeps that in its own row.
create schema if not exists store;

-- Of tables whose rows change as a payment is decided, what one column must be is a domain: PostgreSQL
-- reads a table's CHECKs anew for each statement, a domain's only where that column is written.
create domain store.sha256 as bytea check (octet_length(value) = 32);
create domain store.amount as bigint check (value > 0);
create domain store.total as bigint check (value >= 0);

create table store.claim (
  lane        smallint not null,
  owner       text     not null,
  key         text     not null,
  digest      bytea    not null,              -- SHA-256 of method, path and body
  resource    text     not null,
  account     text,
  answer      jsonb,
  created_ms  bigint   not null,
  primary key (lane, owner, key),
  check (octet_length(digest) = 32)
) with (fillfactor = 85);

-- Claims a key. 'fresh': do the work and store its answer in this transaction. 'seen': the first
-- answer. 'idempotency_key_reused': seen with another body. A claim that another transaction is
-- making is waited for: its row lock is the queue.
create function store.once(p_lane smallint, p_owner text, p_key text, p_digest bytea,
                           p_resource text, p_now bigint)
returns table (code text, answer jsonb) language plpgsql volatile as $fn$
begin
  insert into store.claim (lane, owner, key, digest, resource, created_ms)
  values (p_lane, p_owner, p_key, p_digest, p_resource, p_now)
  on conflict do nothing;
  if found then
    return query select 'fresh'::text, null::jsonb;
    return;
  end if;
  return query
    select case when c.digest = p_digest then 'seen' else 'idempotency_key_reused' end,
           case when c.digest = p_digest then c.answer end
      from store.claim c
     where c.lane = p_lane and c.owner = p_owner and c.key = p_key;
end $fn$;

-- Keeps the first answer of a fresh claim.
create function store.keep(p_lane smallint, p_owner text, p_key text, p_answer jsonb)
returns void language sql volatile as $fn$
  update store.claim set answer = p_answer
   where lane = p_lane and owner = p_owner and key = p_key and answer is null
$fn$;

-- Lets go of a fresh claim whose work was refused: nothing happened, the key may be used again.
create function store.forget(p_lane smallint, p_owner text, p_key text)
returns void language sql volatile as $fn$
  delete from store.claim
   where lane = p_lane and owner = p_owner and key = p_key and answer is null
$fn$;

-- What a key was answered with before, for these same bytes; nothing is claimed.
create function store.seen(p_lane smallint, p_owner text, p_key text, p_digest bytea)
returns table (resource text, answer jsonb) language sql stable as $fn$
  select c.resource, c.answer from store.claim c
   where c.lane = p_lane and c.owner = p_owner and c.key = p_key and c.digest = p_digest
     and c.answer is not null
$fn$;

-- As `once`, claiming nothing: 'seen', 'idempotency_key_reused', or no row.
create function store.found(p_lane smallint, p_owner text, p_key text, p_digest bytea)
returns table (code text, resource text, answer jsonb) language sql stable as $fn$
  select case when c.digest = p_digest then 'seen' else 'idempotency_key_reused' end,
         c.resource, c.answer
    from store.claim c
   where c.lane = p_lane and c.owner = p_owner and c.key = p_key
$fn$;

create type store.claimed as (
  lane smallint, owner text, key text, digest bytea, resource text, account text, answer jsonb
);

-- Claims a batch's keys at its end, each row written once, with its answer. Where another
-- transaction was faster with one of them, the whole batch is undone and asked again: then that
-- key is found.
create function store.claim_all(claims store.claimed[], p_now bigint)
returns void language plpgsql volatile as $fn$
declare
  made bigint;
begin
  insert into store.claim (lane, owner, key, digest, resource, account, answer, created_ms)
  select c.lane, c.owner, c.key, c.digest, c.resource, c.account, c.answer, p_now
    from unnest(claims) c order by c.lane, c.owner, c.key
  on conflict do nothing;
  get diagnostics made = row_count;
  if made < cardinality(claims) then
    raise exception 'store.claim_all: a key was claimed meanwhile' using errcode = '40001';
  end if;
end $fn$;

-- The lane that an id carries in its last two characters (Crockford base 32, protocol/ids.ts).
create function store.lane_of(p_id text)
returns smallint language sql immutable strict as $fn$
  select ((strpos('0123456789ABCDEFGHJKMNPQRSTVWXYZ', left(right(p_id, 2), 1)) - 1) * 32
         + strpos('0123456789ABCDEFGHJKMNPQRSTVWXYZ', right(p_id, 1)) - 1)::smallint
$fn$;

grant usage on schema store to warifu_app;
grant select, insert, update, delete on store.claim to warifu_app;
grant execute on function store.once, store.keep, store.forget, store.seen, store.found,
  store.claim_all, store.lane_of to warifu_app;
