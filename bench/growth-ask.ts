/**
 * One batch of cards presented by terminals, as the server asks for them, of people all over the
 * filled tables: more phones than a bench can hold. Answers with µs of one payment.
 */
import { randomBytes, randomInt } from 'node:crypto'
import { laneOf, mintId, type Prefix } from '@warifu/protocol/ids'
import type postgres from 'postgres'

export type Asked = { readonly sql: postgres.Sql; readonly people: number }

const BATCH = 32
const DAY_MS = 86_400_000
const evidence = JSON.stringify({ body: 'x'.repeat(1200) })

const mint = (prefix: Prefix, lane: number) =>
  mintId({ prefix, lane, nowMs: Date.now(), chance: randomBytes(14) })

/** Different people, in the order of their numbers: nobody comes twice in a batch. */
function somebody(people: number): number[] {
  const found = new Set<number>()
  while (found.size < BATCH) found.add(randomInt(people))
  return [...found]
}

type Name = { readonly merchant: string; readonly terminal: string; readonly card: string }
const namesOf = (sql: postgres.Sql, people: readonly number[]) => sql<Name[]>`
  select mer as merchant, trm as terminal, crd as card
    from bench.person where h = any(${[...people]}::int[])`

async function timed(work: () => Promise<readonly { readonly said: string }[]>): Promise<number> {
  const began = performance.now()
  const rows = await work()
  const us = ((performance.now() - began) * 1000) / BATCH
  const other = rows.find(({ said }) => said !== 'ok')
  if (other !== undefined || rows.length !== BATCH) throw new Error(`a batch said ${other?.said}`)
  return us
}

const clock = () => {
  const nowMs = Date.now()
  const now = new Date(nowMs)
  const month = now.getUTCFullYear() * 12 + now.getUTCMonth()
  return { nowMs, until: nowMs + 7 * DAY_MS, day: Math.floor(nowMs / DAY_MS), month }
}

/** Payments that wait for these people's cards are opened first, and not timed. */
export async function authorize({ sql, people }: Asked): Promise<number> {
  const { nowMs, until, day, month } = clock()
  const rows = (await namesOf(sql, somebody(people))).map((who, i) => {
    const lane = laneOf(who.merchant)
    return {
      ...{ ord: i + 1, lane, payment: mint('pay', lane), merchant: who.merchant },
      ...{ request: mint('req', 0), event: mint('evt', lane), approval: mint('apr', lane) },
      ...{ terminal: who.terminal, terminal_lane: laneOf(who.terminal), counter: nowMs },
      ...{ digest: randomBytes(32).toString('hex') },
      ...{ content_digest: '00'.repeat(32), factors: 'terminal_signature', given: false },
      ...{ presentments: 'wallet', actions: 'present', card: who.card },
      ...{ card_lane: laneOf(who.card), way: { of: 'wallet', terminal: who.terminal } },
    }
  })
  await waitFor(sql, rows, nowMs)
  return timed(
    () => sql`
      select x->>'code' as said from jsonb_array_elements(payments.authorize(
        array(select a from json_populate_recordset(
                null::payments.presented, ${JSON.stringify(rows)}::text::json) a order by a.ord),
        ${rows.map(() => evidence).join('\n')},
        ${rows.map(({ way }) => JSON.stringify(way)).join('\n')},
        ${nowMs}, ${until}, ${day}, ${month},
        ${['requires_action']})) x`,
  )
}

type Waiting = {
  readonly lane: number
  readonly payment: string
  readonly merchant: string
  readonly terminal: string
  readonly approval: string
}

async function waitFor(sql: postgres.Sql, rows: readonly Waiting[], nowMs: number): Promise<void> {
  const store = rows.map(({ merchant }) => merchant.replace('mer_', 'str_'))
  const [lane, payment, merchant] = [
    rows.map((row) => row.lane),
    rows.map((row) => row.payment),
    rows.map((row) => row.merchant),
  ]
  const [terminal, approval] = [rows.map((row) => row.terminal), rows.map((row) => row.approval)]
  await sql`
    insert into payments.payment
      (lane, id, merchant, store, payee, category, amount, currency, lines, order_digest,
       presentment, capture_method, metadata, status, terminal, approval, action,
      action_by, action_deadline_ms, created_ms, deadline_ms)
    select w.lane, w.payment, w.merchant, w.store, '{}', '5999', 1, 'jpy', '[]', 'x', 'wallet',
           'manual', '{}', 'requires_action', w.terminal, w.approval, 'present', 'cardholder',
           ${nowMs + DAY_MS}::bigint, ${nowMs}::bigint, ${nowMs + DAY_MS}::bigint
      from unnest(${lane}::smallint[], ${payment}::text[], ${merchant}::text[], ${store}::text[],
                  ${terminal}::text[], ${approval}::text[])
             w(lane, payment, merchant, store, terminal, approval)`
  await sql`
    insert into approvals.approval (lane, id, subject_kind, subject, terminal, cardholder, digest,
      content, factors, state, created_ms, deadline_ms)
    select w.lane, w.approval, 'payment', w.payment, w.terminal, 'chl',
           decode(repeat('00', 32), 'hex'),
           '{}', '{terminal_signature}', 'pending', ${nowMs}::bigint, ${nowMs + DAY_MS}::bigint
      from unnest(${lane}::smallint[], ${payment}::text[], ${terminal}::text[], ${approval}::text[])
             w(lane, payment, terminal, approval)`
}
