/**
 * What so many payments have left in the server's tables: who pays and who sells, and of each
 * payment one row (two legs) in every table that an authorisation writes. Heaps lie in the order of
 * time, people are drawn at random, and most of it is of the present month, as in life. An
 * installation's evidence is shorter than in life: nobody reads it while paying.
 */
export const MERCHANTS = 100
const DAY_MS = 86_400_000

/** One account, card, token and terminal for so many payments. */
export const holdersFor = (payments: number): number => Math.max(640, Math.round(payments / 20))

export type Scale = { readonly payments: number; readonly nowMs: number }

const letters = "'0123456789ABCDEFGHJKMNPQRSTVWXYZ'"
/** The ten characters of an id that its time is in. */
const clockText = Array.from(
  { length: 10 },
  (_, at) => `substr(${letters}, ((ms >> ${5 * (9 - at)}) & 31)::int + 1, 1)`,
).join(' || ')

/** The bench's own schema: how ids, digits and lanes are made. */
export const names = `
  create schema if not exists bench;
  create table if not exists bench.step (name text primary key);
  create or replace function bench.clock(ms bigint) returns text language sql immutable as $$
    select ${clockText} $$;
  create or replace function bench.tail(lane int) returns text language sql immutable as $$
    select substr('01', lane / 32 + 1, 1)
           || substr(${letters}, lane % 32 + 1, 1) $$;
  create or replace function bench.chance(word text) returns text language sql immutable as $$
    select upper(substr(md5(word), 1, 14)) $$;
  create or replace function bench.drawn(i int, among int) returns int language sql immutable as $$
    select (hashint4(i) & 2147483647) % among $$;
  create or replace function bench.not_luhn(digits text) returns text language sql immutable as $$
    select digits || (11 - sum(d * (1 + j % 2)
                               - case when j % 2 = 1 and d > 4 then 9 else 0 end) % 10) % 10
      from generate_series(1, 15) j
     cross join lateral (select substr(digits, j, 1)::int as d) x $$;`

type Step = { readonly name: string; readonly sql: string }

/** Made once, each in a transaction of its own: who is who, and when who paid. */
export const casts = ({ payments, nowMs }: Scale): readonly Step[] => {
  const holders = holdersFor(payments)
  const now = new Date(nowMs)
  const month = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1)
  const earlier = Math.floor(payments / 10)
  const span = (from: number, until: number, at: string, of: number) =>
    `${from} + ((${until}::bigint - ${from}) * ${at} / ${of})`
  return [
    {
      name: 'merchants',
      sql: `
  create table bench.merchant as
  select n, lane, body, 'mer_' || body as mer, 'str_' || body as str,
         'wk_test_' || rtrim(translate(encode(sha256(convert_to('key' || n, 'utf8')), 'base64'),
                                       '+/', '-_'), '=') as key
    from generate_series(0, ${MERCHANTS - 1}) n
   cross join lateral (select bench.drawn(n, 64)::smallint as lane) l
   cross join lateral (select bench.clock(${nowMs - 400 * DAY_MS} + n) || bench.chance('mer' || n)
                              || bench.tail(lane) as body) b;
  insert into merchants.merchant (id, name, created_ms)
  select mer, 'shop ' || n, 0 from bench.merchant;
  insert into merchants.store (id, merchant, name, place, created_ms)
  select str, mer, 'shop ' || n, 'Kobe', 0 from bench.merchant;
  insert into merchants.api_key (id, merchant, digest, prefix, last4, created_ms)
  select 'key_' || body, mer, sha256(convert_to(key, 'utf8')), 'wk_test_', right(key, 4), 0
    from bench.merchant`,
    },
    {
      name: 'people',
      sql: `
  create table bench.person as
  select h, x.lane, s.lane as mlane, bench.tail(s.lane) as mtail, s.mer, s.str,
         'acc_' || y.body as acc, 'crd_' || y.body as crd, 'trm_' || y.body as trm,
         'chl_' || y.body as chl, 'tok_' || bench.clock(since) || bench.chance('tok' || h)
         || bench.tail(z.token_lane) as tok, bench.not_luhn('98' || lpad(z.digits::text, 13, '0'))
         as digits, z.token_lane::smallint, since
    from generate_series(0, ${holders - 1}) h
   cross join lateral (select bench.drawn(h, 64)::smallint as lane,
           ${span(nowMs - 365 * DAY_MS, nowMs - 61 * DAY_MS, 'h', holders)} as since) x
    join bench.merchant s on s.n = bench.drawn(h + 1, ${MERCHANTS})
   cross join lateral (select bench.clock(since) || bench.chance('who' || h) || bench.tail(x.lane)
                              as body) y
   cross join lateral (select d as digits, (d % 64)::int as token_lane from (
           select (h::bigint * 7182818284591 + 161803398875) % 10000000000000 as d) w) z
   order by h;
  alter table bench.person add primary key (h);
  analyze bench.person`,
    },
    {
      name: 'payments',
      sql: `
  create table bench.made as
  select i, ms, bench.drawn(i, ${holders}) as h, 100 + i % 5000 as amount,
         i % 10 = 0 and ms > ${nowMs - 6 * DAY_MS} as open,
         bench.clock(ms) || bench.chance(i::text) as body
    from (select i, case when i <= ${earlier}
                    then ${span(month - 60 * DAY_MS, month, 'i', Math.max(1, earlier))} - 1
                    else ${span(month, nowMs, `(i - ${earlier})`, payments - earlier)} - 1 end as ms
            from generate_series(1, ${payments}) i) x;
  analyze bench.made`,
    },
    { name: 'holders', sql: holdersSql },
  ]
}

/** What a person has, as their payments have left it. */
const holdersSql = `
  insert into ledger.account (lane, id, currency, credit_limit, debits_posted, debits_pending,
                              created_ms)
  select lane, acc, 'jpy', 9000000000, coalesce(posted, 0), coalesce(pending, 0), since
    from bench.person left join (
      select h, sum(amount) filter (where not open)::bigint as posted,
             sum(amount) filter (where open)::bigint as pending
        from bench.made group by h) x using (h) order by h;
  insert into ledger.card (lane, id, account, active, last4, per_transaction, per_day, per_month,
                           signature_only_max)
  select lane, crd, acc, true, '0042', 9000000000, 9000000000, 9000000000, 0
    from bench.person order by h;
  insert into tokens.token (lane, token, id, merchant, card, last4, metadata, created_ms)
  select token_lane, digits, tok, mer, crd, '0042', '{}', since from bench.person order by h;
  insert into tokens.of_card (lane, merchant, card, token_lane, token)
  select mlane, mer, crd, token_lane, digits from bench.person order by h;
  insert into terminals.terminal (lane, id, cardholder, status, sealing_thumbprint,
                                  signing_thumbprint, signing_key, counter, created_ms)
  select lane, trm, chl, 'active', '', '', '{}', ${2 ** 31}, since from bench.person order by h`

export type Hot = { readonly table: string; readonly columns: string; readonly select: string }
/** `SPAN`: the times of one partition. */
const FROM = 'from bench.made join bench.person using (h) where SPAN'
const PAY = `'pay_' || body || mtail`

/** Each is copied in the order of time. */
export const hot: readonly Hot[] = [
  {
    table: 'payments.payment',
    columns: `lane, id, merchant, store, payee, category, amount, currency, lines, order_digest,
      presentment, capture_method, metadata, status, card, card_last4, account, token, initiator,
      captured, version, created_ms, deadline_ms`,
    select: `mlane, ${PAY}, mer, str, jsonb '{"name": "shop", "place": "Kobe"}', '5999',
      amount::bigint, 'jpy', jsonb '[]', 'T1PNoY0N7vCHqDVxbZcqGNCWHjZqkqOAKxuZ4hNd0nM', 'token',
      'manual', jsonb '{}', case when open then 'authorized' else 'captured' end, crd, '0042', acc,
      tok, 'customer', case when open then 0 else amount end::bigint,
      case when open then 1 else 2 end, ms, ms + 300000 ${FROM}`,
  },
  {
    table: 'store.claim',
    columns: 'lane, owner, key, digest, resource, account, answer, created_ms',
    select: `mlane, mer, md5('key' || i)::uuid::text, sha256(int4send(i)), ${PAY}, acc,
      jsonb '{"status":"authorized","captured":0,"refunded":0,"version":1}', ms ${FROM}`,
  },
  {
    table: 'payments.timeline',
    columns: 'lane, payment, request, at_ms, name, outcome, hops',
    select: `mlane, ${PAY}, 'req_' || body || '00', ms, 'createPayment', 'ok',
      jsonb '{"of": "token"}' ${FROM}`,
  },
  {
    table: 'ledger.hold',
    columns: 'lane, account, payment, card, amount, held, captured, created_ms, expires_ms',
    select: `lane, acc, ${PAY}, crd, amount::bigint, case when open then amount else 0 end::bigint,
      case when open then 0 else amount end::bigint, ms, ms + ${7 * DAY_MS} ${FROM}`,
  },
  {
    table: 'ledger.leg',
    columns: `lane, owner, payment, entry, reference, seq, account, layer, currency, amount,
      created_ms`,
    select: `lane, acc, pay, 'hold', pay, seq::smallint,
      case seq when 0 then acc else 'clearing' end, 0::smallint, 'jpy',
      (amount * (1 - 2 * seq))::bigint, ms
      from (select lane, acc, ${PAY} as pay, amount, ms, generate_series(0, 1) as seq ${FROM}) x`,
  },
  {
    table: 'events.event',
    columns: 'lane, id, audience, type, subject, sequence, data, created_ms, xid',
    select: `mlane, 'evt_' || body || mtail, mer, 'payment.authorized', ${PAY}, 1,
      jsonb '{"amount": 100, "currency": "jpy"}', ms,
      ((select xid from bench.first) + i / 32)::text::xid8 ${FROM}`,
  },
  {
    table: 'approvals.approval',
    columns: `lane, id, subject_kind, subject, terminal, cardholder, digest, content, factors,
      state, factors_used, created_ms, deadline_ms, decided_ms`,
    select: `mlane, 'apr_' || body || mtail, 'payment', ${PAY}, trm, chl, sha256('x'),
      jsonb '{"amount": 100}', '{terminal_signature}'::text[], 'approved',
      '{terminal_signature}'::text[], ms, ms + 300000, ms ${FROM}`,
  },
  {
    table: 'terminals.request',
    columns: 'lane, terminal, counter, digest, answer, evidence, created_ms',
    select: `lane, trm, i::bigint, sha256(int4send(i)), jsonb '{"code": "ok"}',
      '{"body": ""}', ms ${FROM}`,
  },
]

/** Tables of people, whose keys are built anew too. */
export const peopleTables = [
  'ledger.account',
  'ledger.card',
  'tokens.token',
  'tokens.of_card',
  'terminals.terminal',
] as const

/** Keys that chance spreads: their pages are as full as inserts at random leave them. */
export const spread: readonly string[] = [
  'claim_pkey',
  'token_pkey',
  'of_card_pkey',
  'request_pkey',
]
