-- Holds that stand, by the time until which they do.
create index hold_standing on ledger.hold (expires_ms) where held > 0;

create function ledger.lapsed(p_now bigint, p_limit int)
returns table (payment text) language sql stable as $fn$
  select payment from ledger.hold
   where held > 0 and expires_ms <= p_now order by expires_ms limit p_limit
$fn$;

grant execute on function ledger.lapsed to warifu_app;
