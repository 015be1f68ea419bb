-- The payee at this store (the merchant's first where none is named), and what speaks against the
-- entry device, where one is named.
create function merchants.place_of(p_merchant text, p_store text, p_device text)
returns table (name text, store text, place text, category text, device_code text)
language sql stable as $fn$
  select m.name, s.id, s.place, s.category,
         case when p_device is null then null
              when d.id is null then 'device_unknown'
              when d.status <> 'active' then 'device_not_active' end
    from merchants.merchant m
    cross join lateral (
      select t.id, t.place, t.category from merchants.store t
       where t.merchant = p_merchant and (p_store is null or t.id = p_store)
       order by t.id limit 1) s
    left join merchants.entry_device d on d.id = p_device and d.merchant = p_merchant
   where m.id = p_merchant
$fn$;

grant execute on function merchants.place_of to warifu_app;
