-- Tokens: sixteen digits that stand for one card at one merchant. A token lives in the lane of its
-- own digits; of a card only its id is known here. Deleted tokens stay, so that no digits return.
create schema if not exists tokens;

create table tokens.token (
  lane        smallint not null,              -- of the digits
  token       text     not null check (token ~ '^98[0-9]{14}$'),
  id          text     not null,
  merchant    text     not null,
  card        text     not null,
  last4       text     not null,
  metadata    jsonb    not null,
  latest      text,                           -- the mandate that was asked for last
  -- The recurring consent in force, and what was taken under it in the present period.
  mandate     text,
  cap         bigint   check (cap > 0),
  currency    text,
  period      text     check (period in ('day', 'week', 'month', 'year')),
  until_ms    bigint,
  turn        int      not null default 0,
  spent       bigint   not null default 0 check (spent >= 0),
  version     int      not null default 1,
  created_ms  bigint   not null,
  deleted_ms  bigint,
  primary key (lane, token),
  constraint never_above_consent check (cap is null or spent <= cap)
) with (fillfactor = 70);
create unique index token_id on tokens.token (lane, id);
create index token_merchant on tokens.token (merchant, id);

-- Directory, in the merchant's lane: one living token per card and merchant.
create table tokens.of_card (
  lane        smallint not null,
  merchant    text     not null,
  card        text     not null,
  token_lane  smallint not null,
  token       text     not null,
  primary key (lane, merchant, card)
);

create table tokens.mandate (
  lane         smallint not null,             -- the token's
  id           text     not null,
  token        text     not null,
  approval     text     not null,
  state        text     not null check (state in ('asked', 'given', 'refused', 'expired')),
  cap          bigint   not null check (cap > 0),
  currency     text     not null,
  period       text     not null,
  until_ms     bigint   not null,
  created_ms   bigint   not null,
  deadline_ms  bigint   not null,
  decided_ms   bigint,
  primary key (lane, id),
  check ((state = 'asked') = (decided_ms is null))
);
create index mandate_asked on tokens.mandate (deadline_ms) where state = 'asked';

-- Makes the token of a card at a merchant, or answers with the living one. 'collision': the digits
-- are taken, try others.
create function tokens.make(p_lane smallint, p_row jsonb)
returns table (code text, token jsonb) language plpgsql volatile as $fn$
declare
  t tokens.token := jsonb_populate_record(null::tokens.token, p_row);
begin
  insert into tokens.of_card (lane, merchant, card, token_lane, token)
  values (p_lane, t.merchant, t.card, t.lane, t.token) on conflict do nothing;
  if not found then
    return query
      select 'seen'::text, to_jsonb(k) from tokens.of_card c
        join tokens.token k on k.lane = c.token_lane and k.token = c.token
       where c.lane = p_lane and c.merchant = t.merchant and c.card = t.card;
    return;
  end if;
  insert into tokens.token select t.* on conflict do nothing;
  if not found then
    delete from tokens.of_card c
     where c.lane = p_lane and c.merchant = t.merchant and c.card = t.card;
    return query select 'collision'::text, null::jsonb;
    return;
  end if;
  return query select 'made'::text, to_jsonb(t);
end $fn$;

-- Which turn of a period an instant is in; days and months are counted since 1970 and year 0.
create function tokens.turn_of(p_period text, p_day int, p_month int)
returns int language sql immutable as $fn$
  select case p_period when 'day' then p_day when 'week' then (p_day + 3) / 7
                       when 'month' then p_month else p_month / 12 end
$fn$;

create type tokens.ask as (
  ord int, lane smallint, token text, merchant text, amount bigint, currency text, absent boolean
);

-- Holds the rows of tokens that are used in the cardholder's absence, so that a cap is never passed
-- by two at once; no such token is named twice in a batch.
create function tokens.hold(asks tokens.ask[])
returns void language plpgsql volatile
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $fn$
begin
  perform 1 from tokens.token t
    join unnest(asks) a on t.lane = a.lane and t.token = a.token
   where a.absent
   order by t.lane, t.token
     for no key update of t;
end $fn$;

-- Whose card a token stands for, and what speaks against this use of it; no row where it is none
-- of this merchant's.
create function tokens.resolve(p_lane smallint, p_token text, p_merchant text, p_amount bigint,
                               p_currency text, p_absent boolean, p_now bigint, p_day int,
                               p_month int)
returns table (id text, card text, code text) language sql stable as $fn$
  select t.id, t.card,
         case
           when not p_absent             then null
           when t.mandate is null        then 'consent_missing'
           when t.currency <> p_currency then 'consent_exceeded'
           when t.until_ms <= p_now      then 'consent_exceeded'
           when p_amount > t.cap - case
                  when t.turn = tokens.turn_of(t.period, p_day, p_month) then t.spent else 0 end
                                         then 'consent_exceeded'
         end
    from tokens.token t
   where t.lane = p_lane and t.token = p_token and t.merchant = p_merchant
     and t.deleted_ms is null
$fn$;

-- Takes from the consent what was authorised in the cardholder's absence.
create function tokens.spend(asks tokens.ask[], p_day int, p_month int)
returns void language sql volatile as $fn$
  update tokens.token t
     set spent = a.amount + case
           when t.turn = tokens.turn_of(t.period, p_day, p_month) then t.spent else 0 end,
         turn = tokens.turn_of(t.period, p_day, p_month)
    from unnest(asks) a
   where t.lane = a.lane and t.token = a.token and a.absent
$fn$;

-- A given mandate comes into force; any other answer leaves what was in force.
create function tokens.decide(p_lane smallint, p_mandate text, p_state text, p_now bigint)
returns table (token jsonb) language plpgsql volatile as $fn$
declare
  m tokens.mandate;
begin
  update tokens.mandate set state = p_state, decided_ms = p_now
   where lane = p_lane and id = p_mandate and state = 'asked'
  returning * into m;
  if not found then return; end if;
  update tokens.token k set version = k.version + 1 where k.lane = m.lane and k.token = m.token;
  if p_state = 'given' then
    update tokens.token k
       set mandate = m.id, cap = m.cap, currency = m.currency, period = m.period,
           until_ms = m.until_ms, turn = 0, spent = 0
     where k.lane = m.lane and k.token = m.token and k.deleted_ms is null;
  end if;
  return query select to_jsonb(k) from tokens.token k where k.lane = m.lane and k.token = m.token;
end $fn$;

grant usage on schema tokens to warifu_app;
grant select, insert, update on tokens.token, tokens.mandate to warifu_app;
grant select, insert, delete on tokens.of_card to warifu_app;
grant execute on all functions in schema tokens to warifu_app;
