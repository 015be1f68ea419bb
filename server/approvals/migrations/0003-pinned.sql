-- A plan that was cached while a table was small reads it whole for ever: the money statement's
-- functions find rows by key only.
alter function approvals.decide(approvals.ask[], bigint)
  set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off;
