// Goal: what does not agree is found, put right once, and stays as a person left it; nothing of a
//   file that cannot be read counts; nobody sees another's.
// Method: real PostgreSQL; sales for cash, so that fixes are carried out here. Payments move by the
//   demo S4.reconciliation, with real ones.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { after, before, test } from 'node:test'
import type { Id } from '@warifu/protocol/ids'
import type { OrderRow } from '@warifu/protocol/reconciliation-objects'
import { type Rehearsal, rehearse } from '@warifu/server/rehearsal'
import { createMerchant, createStore } from '#merchants'
import { createReconciling, type Reconciling } from './reconciling.ts'
import { createSales, type Sales } from './sales.ts'

const noon = Date.UTC(2027, 0, 5, 12)
const DAY = 86_400_000
let stage: Rehearsal
let sales: Sales
let reconciling: Reconciling
let merchant: Id<'mer'>

const nobody = () => assert.fail('no payment is acted on here')
before(async () => {
  const adminUrl = process.env['WARIFU_TEST_SERVER_ADMIN_URL']
  stage = await rehearse({ adminUrl, name: 'reconciling' }, noon)
  sales = createSales(stage)
  const payments = { refund: nobody, capture: nobody, cancel: nobody, paymentOf: nobody }
  reconciling = createReconciling({ ...stage, payments, sales })
  merchant = await bornMerchant()
})
after(() => stage.close())

async function bornMerchant(): Promise<Id<'mer'>> {
  const [id, store] = [stage.mint('mer', 7), stage.mint('str')]
  await createMerchant(stage.store.sql, { id, name: '茶屋', nowMs: noon })
  await createStore(stage.store.sql, {
    id: store,
    merchant: id,
    name: '本店',
    place: '京都',
    nowMs: noon,
  })
  return id
}
const once = (nowMs = noon) => ({ key: stage.mint('req'), digest: stage.random(32), nowMs })
const at = { requestId: 'req_1', nowMs: noon } as const

async function sell(reference: string | null, amount: number, currency = 'jpy') {
  const told = { merchantReference: reference, transferReference: null, metadata: {}, lines: [] }
  const cash = { kind: 'cash', amount, currency, store: undefined, soldMs: noon } as const
  const made = await sales.create({ merchant, ...once(), ...cash, ...told })
  assert(made.ok)
  return made.value.id as Id<'sal'>
}
const order = (reference: string, amount: number): OrderRow => ({
  ...{ merchant_reference: reference, amount, currency: 'jpy' },
})

async function begin(more = {}) {
  const made = await reconciling.create({
    ...{ merchant, ...once(), fromMs: noon - DAY, toMs: noon + DAY, name: null, fileDigest: null },
    ...({ withinDays: 3, reachDays: 0, amountsIn: 'minor_units', metadata: {} } as const),
    ...more,
  })
  assert(made.ok)
  return made.value.id
}
async function compare(id: Id<'rcn'>) {
  const begun = await reconciling.compare({ merchant, id, nowMs: noon })
  assert(begun.ok, JSON.stringify(begun))
  // Two processes at once: each chunk is done by one of them.
  const goOn = async () => {
    while (await reconciling.work(noon));
  }
  await Promise.all([goOn(), goOn()])
  const row = await reconciling.get({ merchant, id })
  assert.equal(row?.status, 'completed')
  return row
}
async function reconcile(rows: readonly OrderRow[]) {
  const id = await begin()
  const added = await reconciling.addOrders({ merchant, id, ...once(), rows })
  assert(added.ok)
  return await compare(id)
}
const differencesOf = (id: Id<'rcn'>, of = merchant) => {
  const all = { limit: 100, before: undefined, kind: undefined, status: undefined }
  return reconciling.differences({ merchant: of, id }, all)
}
const saidOf = async (id: Id<'rcn'>) =>
  (await differencesOf(id)).map((one) => `${one.reference} ${one.kind} ${one.status}`).toSorted()
const only = async (id: Id<'rcn'>) => {
  const [difference, more] = await differencesOf(id)
  assert(difference !== undefined && more === undefined)
  return difference
}

test('rows come in several requests, each once; then they are compared', async () => {
  const [paid, alone] = [await sell('A-1', 500), await sell(null, 40)]
  assert(paid !== alone)
  const id = await begin()
  const first = { merchant, id, ...once(), rows: [order('A-1', 500)] }
  const again = [await reconciling.addOrders(first), await reconciling.addOrders(first)]
  assert.deepEqual(
    again.map((each) => each.ok && each.value.orders),
    [1, 1],
  )
  await reconciling.addOrders({ merchant, id, ...once(), rows: [order('A-2', 70)] })
  const row = await compare(id)
  assert.deepEqual([row.orders, row.agreed, row.done, row.open], [2, 1, row.total, 2])
  assert.deepEqual(await saidOf(id), [
    'A-2 order_without_payment open',
    'null payment_without_order open',
  ])
  const late = await reconciling.addOrders({ merchant, id, ...once(), rows: [order('A-3', 1)] })
  assert(!late.ok && late.refusal === 'reconciliation_state')
  // What was found so far is of no matter to the tests that follow.
  assert((await sales.refund({ merchant, ...once(), sale: alone, amount: null })).ok)
})

test('paid twice: the later one is given back once, whoever finds it how often', async () => {
  await sell('B-1', 300)
  await sell('B-1', 300)
  const orders = [order('A-1', 500), order('B-1', 300)]
  const [one, two] = [await reconcile(orders), await reconcile(orders)]
  const [first, second] = [await only(one.id), await only(two.id)]
  assert.deepEqual(
    [first.kind, first.suggested, first.sales.length],
    ['duplicate_payment', 'refund', 1],
  )
  const fix = (id: Id<'dif'>) => reconciling.fix({ merchant, id, fix: undefined, ...at })
  const done = await Promise.all([fix(first.id), fix(first.id)])
  assert(
    done.every((each) => each.ok && each.value.status === 'fixed'),
    JSON.stringify(done),
  )
  const [sale] = first.sales
  assert(sale !== undefined)
  assert.equal((await sales.get(merchant, sale))?.refunded, 300)
  // The other reconciliation saw it as it was before.
  const stale = await fix(second.id)
  assert(!stale.ok && stale.refusal === 'difference_stale')
  await compare(two.id)
  assert.equal((await only(two.id)).status, 'gone')
  await compare(one.id)
  assert.equal((await only(one.id)).status, 'fixed')
})

test('a fix that was begun by a process that died goes on, and nothing moves twice', async () => {
  await sell('C-1', 90)
  await sell('C-1', 90)
  const { id } = await reconcile(['A-1 500', 'B-1 300', 'C-1 90'].map(parsed))
  const difference = await only(id)
  const [sale] = difference.sales
  assert(sale !== undefined)
  // Died after it was written down; and once more after the money moved.
  const { sql } = stage.store
  for (const _ of ['before', 'after']) {
    await sql`
      update settlement.difference set status = 'fixing', fix = 'refund', closed_ms = null
       where id = ${difference.id}`
    const done = await reconciling.fix({ merchant, id: difference.id, fix: undefined, ...at })
    assert(done.ok && done.value.status === 'fixed')
    assert.equal((await sales.get(merchant, sale))?.refunded, 90)
  }
})
const parsed = (text: string): OrderRow => {
  const [reference = '', amount] = text.split(' ')
  return order(reference, Number(amount))
}
const settledOrders = ['A-1 500', 'B-1 300', 'C-1 90'].map(parsed)

test('paid in cash, written down by the fix: compared again, the order agrees', async () => {
  const { id } = await reconcile([...settledOrders, order('D-1', 120)])
  const difference = await only(id)
  const wrong = await reconciling.fix({ merchant, id: difference.id, fix: 'refund', ...at })
  assert(!wrong.ok && wrong.refusal === 'difference_state')
  const done = await reconciling.fix({ merchant, id: difference.id, fix: 'record_cash', ...at })
  assert(done.ok && done.value.fix === 'record_cash')
  const again = await compare(id)
  assert.deepEqual([again.open, again.closed, again.agreed], [0, 1, 4])
})

test('dismissed stays dismissed with its reason, until something else is found there', async () => {
  const part = await sell('E-1', 80)
  const { id } = await reconcile([...settledOrders, order('D-1', 120), order('E-1', 100)])
  const { id: difference } = await only(id)
  const dismissed = { merchant, id: difference, nowMs: noon }
  const done = await reconciling.dismiss({ ...dismissed, because: 'agreed on the telephone' })
  assert(done.ok && done.value.because === 'agreed on the telephone')
  const other = await reconciling.dismiss({ ...dismissed, because: 'another reason' })
  assert(!other.ok && other.refusal === 'difference_state')
  await compare(id)
  assert.equal((await only(id)).status, 'dismissed')
  assert((await sales.refund({ merchant, ...once(), sale: part, amount: 10 })).ok)
  await compare(id)
  const { status, because, found } = await only(id)
  assert.deepEqual([status, because, found], ['open', null, 70])
})

test('a file counts whole or not at all; the same file is the same reconciliation', async () => {
  const good = 'order,amount,currency\nA-1,500,jpy\n'
  const digestOf = (text: string) => createHash('sha256').update(text).digest('base64url')
  const send = (id: Id<'rcn'>, text: string) =>
    reconciling.takeFile({ merchant, id, nowMs: noon, file: Readable.from([Buffer.from(text)]) })
  const id = await begin({ fileDigest: digestOf(good) })
  for (const text of [`${good}A-2,x,jpy\n`, `${good}A-2,1,jpy\n`, good.slice(0, -8)]) {
    const answer = await send(id, text)
    assert(!answer.ok && answer.refusal === 'field_invalid', text)
  }
  const [left] = await stage.store.sql`
    select 1 from settlement.order_row where reconciliation = ${id} limit 1`
  assert.equal(left, undefined)
  const taken = await send(id, good)
  assert(taken.ok && taken.value.orders === 1 && taken.value.status === 'comparing')
  while (await reconciling.work(noon));
  const found = await differencesOf(id)
  const later = await begin({ fileDigest: digestOf(good) })
  assert.equal(later, id)
  assert((await send(id, good)).ok)
  assert.deepEqual(await differencesOf(id), found)
  // About another time it is another one.
  assert.notEqual(await begin({ fileDigest: digestOf(good), toMs: noon + 2 * DAY }), id)
})

test('another merchant finds nothing of it', async () => {
  const { id } = await reconcile(settledOrders)
  const [difference] = await differencesOf(id)
  assert(difference !== undefined)
  const other = await bornMerchant()
  assert.equal(await reconciling.get({ merchant: other, id }), undefined)
  assert.deepEqual(await differencesOf(id, other), [])
  const asked = { merchant: other, id: difference.id, nowMs: noon }
  const refusals = [
    await reconciling.fix({ ...asked, ...at, fix: undefined }),
    await reconciling.dismiss({ ...asked, because: 'mine' }),
    await reconciling.compare({ merchant: other, id, nowMs: noon }),
  ]
  for (const answer of refusals) assert(!answer.ok && answer.refusal === 'not_found')
})
