-- What one person was asked, newest first, and who that person is. The index names no column that
-- a decision changes, so the money statement does not touch it.
create index approval_cardholder on approvals.approval (cardholder, id);

create function approvals.cardholder_of(p_lane smallint, p_approval text)
returns text language sql stable as $fn$
  select cardholder from approvals.approval where lane = p_lane and id = p_approval
$fn$;

grant execute on function approvals.cardholder_of to warifu_app;
