-- Tokens are found by key only, whatever the table's size was when a plan was cached.
alter function tokens.resolve(tokens.ask[], bigint, int, int)
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off;
