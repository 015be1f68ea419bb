-- Claims for a batch: `store.once` for many keys in one statement, in one global order of locks.
create type store.asking as (
  ord int, lane smallint, owner text, key text, digest bytea, resource text
);

-- No key of a batch is named twice. A claim that another transaction is making is waited for.
create function store.once_all(asks store.asking[], p_now bigint)
returns table (ord int, code text, resource text, answer jsonb)
language plpgsql volatile as $fn$
declare
  news int[];
begin
  with made as (
    insert into store.claim (lane, owner, key, digest, resource, created_ms)
    select a.lane, a.owner, a.key, a.digest, a.resource, p_now
      from unnest(asks) a order by a.lane, a.owner, a.key
    on conflict do nothing
    returning claim.lane, claim.owner, claim.key
  )
  select array_agg(a.ord) into news
    from unnest(asks) a
    join made m on m.lane = a.lane and m.owner = a.owner and m.key = a.key;

  return query
    select a.ord, 'fresh'::text, a.resource, null::jsonb
      from unnest(asks) a where a.ord = any (news);
  if coalesce(cardinality(news), 0) < cardinality(asks) then
    -- A new snapshot: what was waited for is committed and can be seen.
    return query
      select a.ord,
             case when c.digest = a.digest then 'seen' else 'idempotency_key_reused' end,
             c.resource, case when c.digest = a.digest then c.answer end
        from unnest(asks) a
        join store.claim c on c.lane = a.lane and c.owner = a.owner and c.key = a.key
       where not (a.ord = any (coalesce(news, '{}')));
  end if;
end $fn$;

create type store.keeping as (
  lane smallint, owner text, key text, account text, answer jsonb
);

-- Keeps the first answers of fresh claims and the accounts they chose.
create function store.keep_all(kept store.keeping[])
returns void language sql volatile as $fn$
  update store.claim c set answer = k.answer, account = k.account
    from unnest(kept) k
   where c.lane = k.lane and c.owner = k.owner and c.key = k.key and c.answer is null
$fn$;

-- Lets go of fresh claims whose work was refused.
create function store.forget_all(gone store.keeping[])
returns void language sql volatile as $fn$
  delete from store.claim c using unnest(gone) k
   where c.lane = k.lane and c.owner = k.owner and c.key = k.key and c.answer is null
$fn$;

-- What a key was answered with before, for these same bytes; nothing is claimed.
create function store.seen(p_lane smallint, p_owner text, p_key text, p_digest bytea)
returns table (resource text, answer jsonb) language sql stable as $fn$
  select c.resource, c.answer from store.claim c
   where c.lane = p_lane and c.owner = p_owner and c.key = p_key and c.digest = p_digest
     and c.answer is not null
$fn$;

grant execute on function store.seen, store.once_all, store.keep_all, store.forget_all to warifu_app;
