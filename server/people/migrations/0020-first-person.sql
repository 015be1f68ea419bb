-- Who asked for an act that waits; null where nobody did.
create function people.first_person(p_act text, p_subject text, p_now bigint)
returns text language sql stable as $fn$
  select by from people.second
   where act = p_act and subject = p_subject and approved_by is null and refused_by is null
     and deadline_ms > p_now
$fn$;
grant execute on function people.first_person to warifu_app;
