-- What time has to act on, in one statement: open payments past their deadline, holds past their
-- own, sales that are captured by themselves. Read by key and index only, as every tick asks it.
create function payments.due(p_now bigint, p_limit int)
returns table (act text, lane smallint, payment text, merchant text)
language plpgsql stable set enable_seqscan = off as $fn$
begin
  return query
    (select 'expire', p.lane, p.id, p.merchant from payments.payment p
      where p.status = 'requires_action' and p.deadline_ms <= p_now
      order by p.deadline_ms limit p_limit)
    union all
    (select 'expire', p.lane, p.id, p.merchant
       from ledger.lapsed(p_now, p_limit) l
       join payments.payment p on p.lane = store.lane_of(l.payment) and p.id = l.payment)
    union all
    (select 'capture', p.lane, p.id, p.merchant from payments.payment p
      where p.status = 'authorized' and p.capture_method = 'automatic' limit p_limit);
end $fn$;

grant execute on function payments.due to warifu_app;
