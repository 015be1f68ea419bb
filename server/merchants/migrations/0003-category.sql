-- What kind of shop a store is: a merchant category code (ISO 18245). Cards have controls by it.
alter table merchants.store
  add column category text not null default '5999' check (category ~ '^[0-9]{4}$');

create function merchants.category_of(p_store text)
returns table (category text) language sql stable as $fn$
  select s.category from merchants.store s where s.id = p_store
$fn$;

grant execute on function merchants.category_of to warifu_app;
