-- Claims of a batch are found by key only, whatever the table's size was when a plan was cached.
alter function store.once_all(store.asking[], bigint)
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off;
alter function store.keep_all(store.keeping[])
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off;
