-- Payments: the only conductor's own rows. They live in the merchant's lane.
create schema if not exists payments;

create table payments.payment (
  lane                smallint not null,
  id                  text     not null,
  merchant            text     not null,
  store               text     not null,
  payee               jsonb    not null,       -- name and place from the registry
  merchant_reference  text,
  amount              bigint   not null check (amount > 0),
  currency            text     not null,
  lines               jsonb    not null,
  order_digest        text     not null,
  presentment         text     not null,
  capture_method      text     not null check (capture_method in ('automatic', 'manual')),
  metadata            jsonb    not null,
  status              text     not null,
  declined_because    text,
  terminal            text,                    -- who claimed it
  approval            text,
  card                text,
  card_last4          text,
  account             text,                    -- where its hold is
  captured            bigint   not null default 0 check (captured >= 0 and captured <= amount),
  refunded            bigint   not null default 0 check (refunded >= 0 and refunded <= captured),
  version             int      not null default 1,
  created_ms          bigint   not null,
  deadline_ms         bigint   not null,
  primary key (lane, id)
) with (fillfactor = 70);
create index payment_merchant on payments.payment (merchant, id);
-- What the clock has to act on: open payments past their deadline, automatic captures.
create index payment_open on payments.payment (deadline_ms) where status = 'requires_action';
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

-- One row per request of a payment, with its hops. Names and check values of keys, never a secret.
create table payments.timeline (
  lane      smallint not null,
  payment   text     not null,
  request   text     not null,
  at_ms     bigint   not null,
  name      text     not null,
  outcome   text     not null,
  hops      jsonb    not null,
  primary key (lane, payment, request)
);

grant usage on schema payments to warifu_app;
grant select, insert, update on payments.payment to warifu_app;
grant select, insert on payments.link, payments.refund, payments.timeline to warifu_app;
