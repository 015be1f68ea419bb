-- Payments: the only conductor's own rows. They live in the merchant's lane.
create schema if not exists payments;

create domain payments.extent as text check (value in ('exact', 'up_to'));
create domain payments.capturing as text check (value in ('automatic', 'manual'));
create domain payments.initiator as text check (value in ('customer', 'merchant'));

create table payments.payment (
  lane                smallint not null,
  id                  text     not null,
  merchant            text     not null,
  store               text     not null,
  payee               jsonb    not null,       -- name and place from the registry
  category            text,                    -- the store's, when the payment was made
  merchant_reference  text,
  amount              store.amount not null,
  currency            text     not null,
  extent              payments.extent not null default 'exact',
  lines               jsonb    not null,
  order_digest        text     not null,
  presentment         text     not null,
  capture_method      payments.capturing not null,
  return_url          text,                    -- where the shop's page waits; not what is signed
  metadata            jsonb    not null,
  status              text     not null,
  declined_because    text,
  -- What it waits for, by whom, until when, as its presentment's table says
  -- (server/presentment/steps.ts); null where it was decided in its own request.
  action              text,
  action_by           text,
  action_deadline_ms  bigint,
  match_number        text,                    -- two digits that the till shows
  program             text,                    -- the card program asked for; null: any
  terminal            text,                    -- who claimed it
  approval            text,
  card                text,
  card_last4          text,
  account             text,                    -- which it chose: where its hold is
  device              text,                    -- the entry device it came from
  token               text,                    -- the token (its id) it was charged by
  initiator           payments.initiator,
  captured            store.total not null default 0,
  refunded            store.total not null default 0,
  version             int      not null default 1,
  created_ms          bigint   not null,
  deadline_ms         bigint   not null,
  -- After the yes. Null counts as nothing: a payment that has none of this costs nothing for it.
  incremented         store.total,             -- approved on top of `amount`
  released            store.total,             -- let go of, not captured
  settled             store.total,             -- captures that are settled
  overcaptured        store.total,             -- captured above all that was held
  overcaptures        text[],                               -- by these captures
  -- The request that decided it, how its card came, and when it was presented (null: it came with
  -- the payment). That row of its timeline is told from these.
  request             text,
  way                 jsonb,
  presented_ms        bigint,
  primary key (lane, id),
  constraint never_refunded_more check (refunded <= captured),
  constraint never_captured_more check
    (captured + coalesce(released, 0)
     <= amount + coalesce(incremented, 0) + coalesce(overcaptured, 0)),
  constraint never_settled_more check (coalesce(settled, 0) <= captured)
) with (fillfactor = 70);
create index payment_merchant on payments.payment (merchant, id);
-- What the clock has to act on: steps past their deadline, automatic captures.
create index payment_open on payments.payment (action_deadline_ms) where status = 'requires_action';
create index payment_capture_due on payments.payment (lane, id)
  where status = 'authorized' and capture_method = 'automatic';

-- Directory: a link's hash names its payment. It holds no truth.
create table payments.link (
  lane     smallint not null,                  -- of the hash
  hash     bytea    not null,
  payment  text     not null,
  primary key (lane, hash)
);

create table payments.refund (
  lane        smallint not null,
  payment     text     not null,
  id          text     not null,
  amount      bigint   not null check (amount > 0),
  created_ms  bigint   not null,
  primary key (lane, payment, id)
);

-- One row per request of a payment, with its hops, or with the few words from which they are told
-- (payments/hops.ts). Names and check values of keys, never a secret. `private`: for the platform's
-- own people: whom a payment did not reach, and why.
create table payments.timeline (
  lane      smallint not null,
  payment   text     not null,
  request   text     not null,
  at_ms     bigint   not null,
  name      text     not null,
  outcome   text     not null,
  hops      jsonb    not null,
  private   boolean  not null default false,
  primary key (lane, payment, request)
) partition by range (request);
select store.cut_by_time('payments.timeline', 'req_');

-- A payment's timeline, with what its own row tells of it; no request of before `p_first`.
create function payments.timeline_of(p_lane smallint, p_payment text, p_first text)
returns table (request text, at_ms bigint, name text, outcome text, hops jsonb, private boolean)
language sql stable as $fn$
  select p.request, coalesce(p.presented_ms, p.created_ms),
         case when p.presented_ms is null then 'createPayment' else 'presentCard' end,
         case p.status when 'declined' then p.declined_because else 'ok' end, p.way, false
    from payments.payment p
   where p.lane = p_lane and p.id = p_payment and p.way is not null
  union all
  select t.request, t.at_ms, t.name, t.outcome, t.hops, t.private from payments.timeline t
   where t.lane = p_lane and t.payment = p_payment and t.request >= p_first
   order by 2, 1
$fn$;

-- Payments that somebody is yet to be asked about, and by what they are to be found.
create table payments.asking (
  lane     smallint not null,
  payment  text     not null,
  claim    jsonb    not null,
  primary key (lane, payment)
);

-- What a decision is: the payment ends by it. Everything else leaves it where it was.
create function payments.is_decision(p_code text)
returns boolean language sql immutable as $fn$
  select p_code in ('ok', 'card_not_active', 'card_expired', 'currency_mismatch', 'limit_exceeded',
                    'insufficient_funds', 'count_exceeded', 'card_used_up',
                    'merchant_not_allowed', 'category_not_allowed')
$fn$;

grant usage on schema payments to warifu_app;
grant select, insert, update on payments.payment to warifu_app;
grant select, insert on payments.link, payments.refund, payments.timeline to warifu_app;
grant select, insert, delete on payments.asking to warifu_app;
grant execute on function payments.is_decision, payments.timeline_of to warifu_app;
