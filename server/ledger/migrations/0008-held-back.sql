-- A card that is held back for a while: its amounts are capped, whatever its owner sets meanwhile;
-- what is theirs stands beside and comes back.
alter table ledger.card
  add column cap  bigint   check (cap >= 0),
  add column own  bigint[] check (cardinality(own) = 3),
  add constraint held_back check ((cap is null) = (own is null));
