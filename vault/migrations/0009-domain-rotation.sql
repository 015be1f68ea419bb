-- A domain key gives way to a new one. That is first only held by every vault, then used; what it
-- wraps is wrapped anew, and the old one is nobody's. States as in SP 800-57 Part 1 r5 §7.
alter table keys.domain
  drop constraint domain_state_check,
  drop constraint domain_wrapped_check,
  add constraint domain_state_check
    check (state in ('pre-active', 'active', 'deactivated', 'destroyed')),
  add constraint domain_wrapped_check
    check (case state when 'destroyed' then wrapped = ''
                      else octet_length(wrapped) between 24 and 512 end);
create unique index domain_pre_active on keys.domain (name) where state = 'pre-active';

-- The version under which a key is to be wrapped in this transaction; it stays so until its end.
-- With the owner's rights, as the vault's own role may lock no key.
create function keys.wrapping(p_name text)
returns smallint language plpgsql volatile security definer set search_path = pg_catalog as $fn$
declare
  found_version smallint;
begin
  -- Where another has come meanwhile the next statement sees it.
  for attempt in 1 .. 10 loop
    select version into found_version from keys.domain
     where name = p_name and state = 'active' for share;
    if found_version is not null then
      return found_version;
    end if;
  end loop;
  raise exception 'keys.wrapping: no active key of %', p_name;
end $fn$;
revoke all on function keys.wrapping(text) from public;
grant execute on function keys.wrapping(text) to vault_app;
