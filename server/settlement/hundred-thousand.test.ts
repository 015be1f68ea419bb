// Goal: of 100,000 orders with injected faults all are found, nothing else is, within a minute; a
//   process killed in between loses nothing; once more changes nothing.
// Method: payments, cash and settlement lines are written into the real tables by SQL (LABEL: not
//   through the API), the faults by whoever knows the truth; the merchant's file is read as a file.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { DifferenceKind } from '@warifu/protocol/reconciliation-objects'
import { chanceOf, type Rehearsal, rehearse } from '@warifu/server/rehearsal'
import { compareNext } from './comparing.ts'
import { createReconciliation, takeFile } from './receiving.ts'
import { listDifferences, readReconciliation } from './reconciliation.ts'

const ORDERS = 100_000
const DAY = 86_400_000
const soldMs = Date.UTC(2027, 0, 5, 12)
const nowMs = soldMs + 20 * DAY
const seed = process.env['SEED'] ?? 'orders'

type Order = { readonly reference: string; readonly amount: number; lines: number; fault: Fault }
/** What goes wrong with an order, and how it has to be found. */
const truth = {
  none: [],
  missing: ['order_without_payment'],
  dropped: ['payment_without_order'],
  paid_twice: ['duplicate_payment'],
  told_twice: ['duplicate_order'],
  over: ['overpaid'],
  under: ['underpaid'],
  held: ['not_captured'],
  other_currency: ['wrong_currency'],
  split: ['split'],
  split_over: ['split_over'],
  split_under: ['split_under'],
  unsettled: ['captured_not_settled'],
  settled_only: ['order_without_payment', 'settled_without_capture'],
} as const satisfies Record<string, readonly DifferenceKind[]>
type Fault = keyof typeof truth
const faults = Object.keys(truth).filter((name): name is Fault => name !== 'none')

let stage: Rehearsal
let url: string
const merchant = 'mer_0000000000000000000000000T' as const

before(async () => {
  const adminUrl = process.env['WARIFU_TEST_SERVER_ADMIN_URL']
  stage = await rehearse({ adminUrl, name: 'hundred thousand' }, nowMs)
  const address = new URL(adminUrl ?? '')
  address.pathname = '/rehearsal_hundred_thousand'
  address.searchParams.set('role', 'warifu_app')
  url = address.href
})
after(() => stage.close())

/** One order in twenty has a fault, of any kind; by one seed. */
function inject(): Order[] {
  const chance = chanceOf(seed)
  return Array.from({ length: ORDERS }, (_, i) => {
    const [first = 0, second = 0] = chance(2)
    const fault = first < 13 ? (faults[second % faults.length] ?? 'none') : 'none'
    const amount = 200 + ((i * 37) % 9000)
    return { reference: `O-${String(i).padStart(6, '0')}`, amount, lines: 1, fault }
  })
}

type Sold = {
  reference: string
  amount: number
  captured: number
  currency: string
  settled: number
}
/** What was sold for an order whose money went wrong so. */
function soldFor({ reference, amount, fault }: Order): Sold[] {
  const sold = (captured: number, more: Partial<Sold> = {}): Sold => ({
    ...{ reference, amount: captured, captured, currency: 'jpy', settled: captured },
    ...more,
  })
  const part = Math.floor(amount / 3)
  const ways: Readonly<Partial<Record<Fault, Sold[]>>> = {
    missing: [],
    paid_twice: [sold(amount), sold(amount)],
    over: [sold(amount + 7)],
    under: [sold(amount - 7)],
    held: [sold(amount, { captured: 0, settled: 0 })],
    other_currency: [sold(amount, { currency: 'krw' })],
    split: [sold(part), sold(amount - part)],
    split_over: [sold(part), sold(amount - part + 1)],
    split_under: [sold(part), sold(amount - part - 1)],
    unsettled: [sold(amount, { settled: 0 })],
    settled_only: [sold(amount, { captured: 0, settled: amount })],
  }
  return ways[fault] ?? [sold(amount)]
}

async function write(orders: readonly Order[]): Promise<void> {
  const { sql } = stage.store
  const at = stage.mint('pay').slice(4, 6) // a prefix of the ids' time; the rest is below
  assert.equal(at, '01')
  const rows = orders.flatMap(soldFor).map((row, i) => {
    const tail = `${String(i).padStart(14, '0')}0T`
    const status = row.captured > 0 ? 'captured' : row.settled > 0 ? 'declined' : 'authorized'
    return { ...row, id: `pay_${timeLetters}${tail}`, status }
  })
  for (let from = 0; from < rows.length; from += 10_000) {
    const some = sql.json(rows.slice(from, from + 10_000))
    await sql`
      insert into payments.payment
        (lane, id, merchant, store, payee, merchant_reference, amount, currency, lines,
         order_digest, presentment, capture_method, metadata, status, captured, created_ms,
         deadline_ms)
      select 26, r.id, ${merchant}, 'str_1', '{}', r.reference, r.amount, r.currency, '[]', 'd',
             'token', 'automatic', '{}', r.status, r.captured, ${soldMs}, ${soldMs}
        from jsonb_to_recordset(${some}) r(id text, reference text, amount bigint,
               currency text, status text, captured bigint)`
    await sql`
      insert into settlement.item (lane, settlement, payment, entry, reference, amount, at_ms)
      select 26, 'stl_1', r.id, 'capture', r.id, r.settled, ${soldMs}
        from jsonb_to_recordset(${some}) r(id text, settled bigint) where r.settled > 0`
  }
}
const timeLetters = (() => {
  const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
  let text = ''
  for (let rest = soldMs, i = 0; i < 10; i += 1, rest = Math.floor(rest / 32))
    text = letters.charAt(rest % 32) + text
  return text
})()

function* fileOf(orders: readonly Order[]) {
  yield 'order,amount,currency\n'
  for (const { reference, amount, fault } of orders) {
    const line = `${reference},${amount},jpy\n`
    if (fault !== 'dropped') yield fault === 'told_twice' ? line + line : line
  }
}

async function differencesOf(id: `rcn_${string}`) {
  const all = { limit: 1_000_000, before: undefined, kind: undefined, status: undefined }
  return await listDifferences(stage.store.sql, { merchant, id }, all)
}

/** To the end: what a killed process had in hand is free once PostgreSQL has seen its end. */
async function compareAll(id: `rcn_${string}`): Promise<void> {
  for (let patience = 1000; patience > 0; patience -= 1) {
    while (await compareNext(stage, nowMs));
    const now = await readReconciliation(stage.store.sql, { merchant, id })
    if (now?.status !== 'comparing') return
    await sleep(20)
  }
}

test('all are found, and nothing else', async (context) => {
  const orders = inject()
  await write(orders)
  const file = Buffer.from([...fileOf(orders)].join(''))
  const fileDigest = createHash('sha256').update(file).digest('base64url')
  const ask = {
    ...{ merchant, digest: new Uint8Array(32), nowMs, name: 'orders.csv', fileDigest },
    ...{ fromMs: soldMs - DAY, toMs: soldMs + DAY, withinDays: 3, reachDays: 7 },
    ...({ amountsIn: 'minor_units', metadata: {} } as const),
  }
  const begun = await createReconciliation(stage, { ...ask, key: 'one' })
  assert(begun.ok)
  const { id } = begun.value
  const startedMs = performance.now()
  const taken = await takeFile(stage, { merchant, id, file: Readable.from([file]), nowMs })
  assert(taken.ok && taken.value.status === 'comparing')

  // Another process begins, and is killed after three chunks.
  const program = fileURLToPath(import.meta.resolve('@warifu/server/rehearsal-reconciling'))
  const child = spawn(process.execPath, [program, url, String(nowMs)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const gone = once(child, 'exit')
  let chunks = 0
  for await (const _ of createInterface({ input: child.stdout })) {
    chunks += 1
    if (chunks === 3) child.kill('SIGKILL')
  }
  await gone
  const halfway = await readReconciliation(stage.store.sql, { merchant, id })
  assert(halfway !== undefined && halfway.status === 'comparing')
  assert(
    halfway.done >= 6000 && halfway.done < halfway.total,
    `${halfway.done} of ${halfway.total}`,
  )

  await compareAll(id)
  const tookMs = performance.now() - startedMs
  const ended = await readReconciliation(stage.store.sql, { merchant, id })
  assert.deepEqual([ended?.status, ended?.done], ['completed', ended?.total])

  const expected = orders.flatMap(({ reference, fault }) =>
    truth[fault].map((kind) => `${reference} ${kind}`),
  )
  assert(expected.length > 4000 && new Set(orders.map(({ fault }) => fault)).size === 14)
  const found = await differencesOf(id)
  const told = found.map(({ reference, kind }) => `${reference} ${kind}`)
  assert.deepEqual(told.toSorted(), expected.toSorted(), `seed ${seed}`)
  context.diagnostic(`${told.length} faults, ${(tookMs / 1000).toFixed(1)} s`)
  assert(tookMs < 60_000)

  // The same file again is the same reconciliation; compared again, nothing has changed.
  const again = await createReconciliation(stage, { ...ask, key: 'two' })
  assert(again.ok && again.value.id === id)
  const same = await takeFile(stage, { merchant, id, file: Readable.from([file]), nowMs })
  assert(same.ok && same.value.status === 'completed')
  assert.deepEqual(await differencesOf(id), found)
})
