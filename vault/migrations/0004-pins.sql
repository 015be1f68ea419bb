-- PINs that their owners set themselves: the vault's published keys, the hash of a PIN's first two
-- digits beside its verifier, and every try, whoever asked, under the one counter of the card.

-- A public key with the vault's signature, made once for each key.
create table keys.published (
  kid            text     primary key check (length(kid) = 43),
  statement      jsonb    not null,
  signature      bytea    not null check (octet_length(signature) = 64)
);

-- A try by the digest of the message that brought it, so that a retry is told the same.
create table pins.attempt (
  card           text     not null references pins.verifier (card),
  digest         bytea    not null check (octet_length(digest) = 32),
  verdict        text     not null check (verdict in ('verified', 'wrong', 'blocked')),
  at_ms          bigint   not null,
  primary key (card, digest)
);

-- A sealed PIN is taken once, whatever else of its request was made anew.
create table pins.taken (
  card           text     not null,
  nonce          bytea    not null check (octet_length(nonce) = 16),
  at_ms          bigint   not null,
  primary key (card, nonce)
);

-- The card whose PIN a verification's code may unblock.
create table pins.unblocking (
  verification   text     primary key,
  card           text     not null references cards.card (card)
);

-- Counts a try once. Only a whole PIN gives the tries back: whoever knows two digits must not be
-- able to refill the counter and go on guessing the others.
create function pins.judge(
  p_card text, p_digest bytea, p_right boolean, p_whole boolean, p_now bigint
) returns text language plpgsql as $fn$
declare
  kept    pins.verifier;
  verdict text;
begin
  select * into kept from pins.verifier v where v.card = p_card for no key update;
  if not found then
    return 'unset';
  end if;
  select a.verdict into verdict from pins.attempt a where a.card = p_card and a.digest = p_digest;
  if found then
    return verdict;
  end if;
  verdict := case when kept.tries_left = 0 then 'blocked'
                  when p_right             then 'verified'
                  when kept.tries_left = 1 then 'blocked'
                  else 'wrong' end;
  insert into pins.attempt (card, digest, verdict, at_ms)
  values (p_card, p_digest, verdict, p_now);
  update pins.verifier v
     set tries_left = case when verdict = 'verified' and p_whole then v.tries
                           when verdict = 'verified'             then v.tries_left
                           else greatest(v.tries_left - 1, 0) end
   where v.card = p_card;
  return verdict;
end $fn$;

grant select, insert on keys.published, pins.attempt, pins.taken, pins.unblocking to vault_app;
grant update (prefix) on pins.verifier to vault_app;
revoke all on function pins.judge(text, bytea, boolean, boolean, bigint) from public;
grant execute on function pins.judge(text, bytea, boolean, boolean, bigint) to vault_app;
