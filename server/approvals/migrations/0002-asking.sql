-- Questions that come to a person who did not begin: delivery receipts, deadlines that the clock
-- acts on, shops that a person has muted, and a back-off for shops that ring in vain.

-- What the clock waits for. A table of its own: the money statement does not touch it.
create table approvals.waiting (
  lane      smallint not null,
  approval  text     not null,
  what      text     not null check (what in ('receipt', 'answer')),
  due_ms    bigint   not null,
  primary key (lane, approval, what)
);
create index waiting_due on approvals.waiting (due_ms);

-- One row for each person that was ever asked: its lock opens their questions one by one.
create table approvals.person (cardholder text primary key);

create table approvals.mute (
  cardholder  text   not null,
  merchant    text   not null,
  payee       jsonb  not null,
  created_ms  bigint not null,
  primary key (cardholder, merchant)
);

-- Why this merchant may not ask this person now; null where it may. One question of a kind is open
-- at a time (a consent that waits for a day holds no payment back); after three in an hour that
-- brought no yes, each further one waits twice as long as the last.
create function approvals.why_not_ask(p_cardholder text, p_merchant text, p_kind text, p_now bigint)
returns text language sql stable as $fn$
  with lately as (
    select v.state, v.created_ms
      from approvals.approval v
     where v.cardholder = p_cardholder and v.asked and v.content->'payee'->>'id' = p_merchant
       and v.subject_kind = p_kind and v.created_ms > p_now - 3600000
  ), vain as (
    select count(*)::int as n, max(created_ms) as last_ms, bool_or(state = 'pending') as open
      from lately
     where created_ms > coalesce((select max(created_ms) from lately where state = 'approved'), 0)
  )
  select case
           when exists (select from approvals.mute m
                         where m.cardholder = p_cardholder and m.merchant = p_merchant) then 'muted'
           when open                                                                then 'open'
           when n >= 3 and p_now < last_ms + 30000 * 2 ^ least(n - 3, 7)            then 'too_soon'
         end
    from vain
$fn$;

grant select, insert, delete on approvals.waiting, approvals.mute to warifu_app;
grant select, insert, update on approvals.person to warifu_app;
grant execute on function approvals.why_not_ask to warifu_app;
