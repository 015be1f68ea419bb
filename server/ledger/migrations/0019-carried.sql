-- The books without their oldest legs. Before a partition of legs goes into an archive, what it came
-- to is carried: per account, layer and kind of entry. From the instant at which its period is closed,
-- every sum over the books is what was carried and what was written since, so that they are proved
-- without the old legs as they were with them.
create table ledger.carried (
  lane      smallint not null,
  account   text     not null,
  until_ms  bigint   not null,                 -- end of the period
  currency  text     not null,
  layer     smallint not null check (layer in (0, 1)),
  entry     text     not null,
  amount    bigint   not null,
  legs      bigint   not null check (legs > 0),
  primary key (lane, account, until_ms, currency, layer, entry)
);
create table ledger.period (
  until_ms  bigint primary key,
  from_ms   bigint not null,
  legs      bigint not null,
  check (until_ms > from_ms)
);

-- What people entered under a name of their own, so that it is entered once however long ago it was.
create table ledger.remembered (
  lane       smallint not null,
  owner      text     not null,
  entry      text     not null check (entry in ('fund', 'repay', 'adjustment')),
  reference  text     not null,
  amount     bigint   not null,
  primary key (lane, owner, entry, reference)
);

-- The first instant whose legs count by themselves.
create function ledger.since() returns bigint language sql stable as $fn$
  select coalesce(max(p.until_ms), 0) from ledger.period p
$fn$;

-- All that was ever entered in a lane: what was carried, and each leg since.
create function ledger.entries(p_lane smallint)
returns table (account text, currency text, layer smallint, entry text, amount bigint)
language sql stable as $fn$
  select c.account, c.currency, c.layer, c.entry, c.amount
    from ledger.carried c where c.lane = p_lane and c.until_ms <= (select ledger.since())
  union all
  select l.account, l.currency, l.layer, l.entry, l.amount
    from ledger.leg l where l.lane = p_lane and l.created_ms >= (select ledger.since())
$fn$;

-- Carries one lane's legs of a period; once, however often it is asked. Nobody writes legs of the past.
create function ledger.carry(p_lane smallint, p_until bigint)
returns void language plpgsql volatile as $fn$
begin
  if exists (select from ledger.carried c where c.lane = p_lane and c.until_ms = p_until) then
    return;
  end if;
  insert into ledger.carried (lane, account, until_ms, currency, layer, entry, amount, legs)
  select l.lane, l.account, p_until, l.currency, l.layer, l.entry, sum(l.amount), count(*)
    from ledger.leg l
   where l.lane = p_lane and l.created_ms >= (select ledger.since()) and l.created_ms < p_until
   group by l.lane, l.account, l.currency, l.layer, l.entry;
  insert into ledger.remembered (lane, owner, entry, reference, amount)
  select l.lane, l.owner, l.entry, l.reference, -l.amount from ledger.leg l
   where l.lane = p_lane and l.created_ms >= (select ledger.since()) and l.created_ms < p_until
     and l.entry in ('fund', 'repay', 'adjustment') and l.seq = 0;
end $fn$;

-- Closes a period whose legs were carried, and says with how many. It is refused where a leg was not,
-- or where a lane, currency and layer do not come to nothing.
create function ledger.close_period(p_until bigint)
returns bigint language plpgsql volatile as $fn$
declare
  since bigint := ledger.since();
  there bigint;
  taken bigint;
begin
  select count(*) into there from ledger.leg l
   where l.created_ms >= since and l.created_ms < p_until;
  select coalesce(sum(c.legs), 0) into taken from ledger.carried c where c.until_ms = p_until;
  if there <> taken then
    raise exception 'ledger: % legs before %, and % carried', there, p_until, taken;
  end if;
  if exists (select from ledger.carried c where c.until_ms = p_until
              group by c.lane, c.currency, c.layer having sum(c.amount) <> 0) then
    raise exception 'ledger: what was carried until % does not come to zero', p_until;
  end if;
  insert into ledger.period (until_ms, from_ms, legs) values (p_until, since, taken);
  return taken;
end $fn$;

-- What of a span lies in closed periods only: of an account, by kind of entry.
create function ledger.carried_in(p_lane smallint, p_account text, p_from bigint, p_until bigint)
returns table (entry text, amount bigint) language sql stable as $fn$
  select c.entry, sum(c.amount)::bigint from ledger.carried c
   where c.lane = p_lane and c.account in (p_account, 'receivable:' || p_account) and c.layer = 1
     and c.until_ms > p_from and c.until_ms <= least(p_until, (select ledger.since()))
   group by c.entry having sum(c.amount) <> 0
$fn$;

grant select on ledger.carried, ledger.period, ledger.remembered to warifu_app;
revoke execute on function ledger.carry, ledger.close_period from public;
grant execute on function ledger.since, ledger.entries, ledger.carried_in to warifu_app;
