-- Once means once: (merchant, idempotency key) names one resource, for ever. A claim also names
-- the account that a payment chose, so that a retry goes to the same one or fails.
create schema if not exists store;

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
create index claim_resource on store.claim (lane, owner, resource);

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

-- The account that a resource's claim names, or null.
create function store.chosen(p_lane smallint, p_owner text, p_resource text)
returns text language sql stable as $fn$
  select c.account from store.claim c
   where c.lane = p_lane and c.owner = p_owner and c.resource = p_resource
     and c.account is not null
   limit 1
$fn$;

create type store.choice as (lane smallint, owner text, resource text, account text);

-- Names the accounts. The caller holds the resources' locks and has asked store.chosen.
create function store.choose(choices store.choice[])
returns void language sql volatile as $fn$
  update store.claim c set account = a.account
    from unnest(choices) a
   where c.lane = a.lane and c.owner = a.owner and c.resource = a.resource and c.account is null
$fn$;

-- The lane that an id carries in its last two characters (Crockford base 32, protocol/ids.ts).
create function store.lane_of(p_id text)
returns smallint language sql immutable strict as $fn$
  select ((strpos('0123456789ABCDEFGHJKMNPQRSTVWXYZ', left(right(p_id, 2), 1)) - 1) * 32
         + strpos('0123456789ABCDEFGHJKMNPQRSTVWXYZ', right(p_id, 1)) - 1)::smallint
$fn$;

grant usage on schema store to warifu_app;
grant select, insert, update, delete on store.claim to warifu_app;
grant execute on function store.once, store.keep, store.forget, store.chosen, store.choose,
  store.lane_of to warifu_app;
