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

grant usage on schema store to warifu_app;
grant select, insert, update on store.claim to warifu_app;

create type store.claim_ask as (
  ord int, lane smallint, owner text, resource text, account text
);

-- Names the account of each claim. 'ok' where it is free or already this one.
create function store.choose(asks store.claim_ask[])
returns table (ord int, code text) language plpgsql volatile as $fn$
begin
  perform 1 from store.claim c
    join unnest(asks) a on c.lane = a.lane and c.owner = a.owner and c.resource = a.resource
   order by c.lane, c.owner, c.key
     for no key update of c;
  update store.claim c set account = a.account
    from unnest(asks) a
   where c.lane = a.lane and c.owner = a.owner and c.resource = a.resource and c.account is null;
  return query
    select a.ord,
           case when c.account = a.account then 'ok' else 'card_already_chosen' end
      from unnest(asks) a
      left join store.claim c
        on c.lane = a.lane and c.owner = a.owner and c.resource = a.resource;
end $fn$;

create index claim_resource on store.claim (lane, owner, resource);
grant execute on function store.choose to warifu_app;
