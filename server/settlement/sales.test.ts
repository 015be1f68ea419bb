// Goal: everything that a merchant sold is in one list and one total, once, and nobody else's is.
// Method: real PostgreSQL; payments as rows of their table, cash and transfers by the room.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Id, mintId } from '@warifu/protocol/ids'
import { type Rehearsal, rehearse } from '@warifu/server/rehearsal'
import { createMerchant, createStore } from '#merchants'
import { createSales, type NewSale, type Sales } from './sales.ts'
import { FOREVER } from './span.ts'

const noon = Date.UTC(2027, 0, 5, 12)
const HOUR = 3_600_000
let stage: Rehearsal
let sales: Sales
let merchant: Id<'mer'>

before(async () => {
  const adminUrl = process.env['WARIFU_TEST_SERVER_ADMIN_URL']
  stage = await rehearse({ adminUrl, name: 'sales' }, noon)
  sales = createSales(stage)
  merchant = await bornMerchant()
})
after(() => stage.close())

async function bornMerchant(): Promise<Id<'mer'>> {
  const { sql } = stage.store
  const [id, store] = [stage.mint('mer', 7), stage.mint('str')]
  await createMerchant(sql, { id, name: '茶屋', nowMs: noon })
  await createStore(sql, { id: store, merchant: id, name: '本店', place: '京都', nowMs: noon })
  return id
}

const sold = (more: Partial<NewSale>): NewSale => ({
  ...{ merchant, key: stage.mint('req'), digest: stage.random(32), nowMs: noon },
  ...{ kind: 'cash', amount: 500, currency: 'jpy', store: undefined, lines: [], metadata: {} },
  ...{ merchantReference: null, transferReference: null, soldMs: noon },
  ...more,
})
const made = async (more: Partial<NewSale>) => {
  const answer = await sales.create(sold(more))
  assert(answer.ok, JSON.stringify(answer))
  return answer.value
}

/** A payment as the payments room writes it. */
async function paid(more: Readonly<Record<string, unknown>>, atMs = noon): Promise<Id<'pay'>> {
  const { sql } = stage.store
  const id = mintId({ prefix: 'pay', lane: 7, nowMs: atMs, chance: stage.random(14) })
  const row = {
    ...{ lane: 7, id, merchant, store: 'str_1', payee: sql.json({}), amount: 1200 },
    ...{ currency: 'jpy', lines: sql.json([]), order_digest: 'd', presentment: 'token' },
    ...{ capture_method: 'automatic', metadata: sql.json({}), status: 'captured' },
    ...{ captured: 1200, created_ms: atMs, deadline_ms: atMs, merchant_reference: null },
    ...more,
  }
  await sql`insert into payments.payment ${sql(row)}`
  return id
}

const list = async (of: Id<'mer'>, more = {}) =>
  sales.list(of, {
    ...{ limit: 100, before: undefined, kind: undefined, reference: undefined },
    ...FOREVER,
    ...more,
  })
const idsOf = (rows: readonly { id: string }[]) => rows.map(({ id }) => id)

test('payments, cash and transfers stand in one list by time, with their orders', async () => {
  const lines = [{ description: '抹茶', quantity: 2, amount: 500 }]
  const first = await made({ merchantReference: 'A-1', lines, soldMs: noon - 3 * HOUR })
  const second = await paid({ merchant_reference: 'A-2' }, noon - 2 * HOUR)
  const transfer = { kind: 'transfer', transferReference: 'FT 77', soldMs: noon - HOUR } as const
  const third = await made(transfer)
  const all = await list(merchant)
  assert.deepEqual(idsOf(all), [third.id, second, first.id])
  assert.deepEqual(
    all.map(({ kind, status }) => [kind, status]),
    [
      ['transfer', 'captured'],
      ['payment', 'captured'],
      ['cash', 'captured'],
    ],
  )
  assert.deepEqual([first.merchant_reference, first.lines], ['A-1', lines])
  assert.equal(third.transfer_reference, 'FT 77')
  assert.deepEqual(await sales.get(merchant, second), all[1])
  assert.deepEqual(idsOf(await list(merchant, { kind: 'payment' })), [second])
  assert.deepEqual(idsOf(await list(merchant, { reference: 'A-1' })), [first.id])
  const hours = { fromMs: noon - 2 * HOUR, toMs: noon - HOUR }
  assert.deepEqual(idsOf(await list(merchant, hours)), [second])
  const pages = [await list(merchant, { limit: 2 })]
  pages.push(await list(merchant, { limit: 2, before: pages[0]?.at(-1)?.id }))
  assert.deepEqual(pages.map(idsOf), [[third.id, second], [first.id]])
})

test('another merchant sees, and gives back, nothing of it', async () => {
  const mine = await made({})
  const other = await bornMerchant()
  assert.deepEqual(await list(other), [])
  assert.deepEqual(await sales.totals(other, FOREVER), [])
  assert.equal(await sales.get(other, mine.id), undefined)
  const digest = stage.random(32)
  const asked = { merchant: other, key: 'r', digest, nowMs: noon, amount: null }
  const answer = await sales.refund({ ...asked, sale: mine.id as Id<'sal'> })
  assert.deepEqual(answer, { ok: false, refusal: 'not_found' })
})

test('totals count what came in and what went back, for each currency and kind', async () => {
  merchant = await bornMerchant()
  const cash = await made({ amount: 900 })
  await made({ amount: 100 })
  await made({ amount: 700, currency: 'krw', kind: 'transfer' })
  await paid({ refunded: 200 })
  await paid({ status: 'declined', captured: 0 })
  const refund = { merchant, key: 'back', digest: stage.random(32), nowMs: noon, amount: 400 }
  assert((await sales.refund({ ...refund, sale: cash.id as Id<'sal'> })).ok)
  assert.deepEqual(await sales.totals(merchant, FOREVER), [
    { currency: 'jpy', kind: 'cash', count: 2, amount: 1000, refunded: 400 },
    { currency: 'jpy', kind: 'payment', count: 1, amount: 1200, refunded: 200 },
    { currency: 'krw', kind: 'transfer', count: 1, amount: 700, refunded: 0 },
  ])
  assert.deepEqual(await sales.totals(merchant, { fromMs: 0, toMs: noon }), [])
})

test('the same key writes one sale; another body under it writes none', async () => {
  const sale = sold({ amount: 321 })
  const [first, again] = [await sales.create(sale), await sales.create(sale)]
  assert.deepEqual(first, again)
  const other = await sales.create({ ...sale, digest: stage.random(32) })
  assert(!other.ok && other.refusal === 'idempotency_key_reused')
  const rows = (await list(merchant)).filter(({ amount }) => amount === 321)
  assert.equal(rows.length, 1)
})

test('refused: a sale of tomorrow, a store of somebody else, more back than came in', async () => {
  const later = await sales.create(sold({ soldMs: noon + 1 }))
  assert(!later.ok && later.refusal === 'field_invalid' && later.param === 'received_at')
  const elsewhere = sold({ store: stage.mint('str') })
  const unknown = await sales.create(elsewhere)
  assert(!unknown.ok && unknown.refusal === 'not_found')
  // What was refused let go of its key.
  assert((await sales.create({ ...elsewhere, store: undefined })).ok)

  const sale = (await made({ amount: 1000 })).id as Id<'sal'>
  const refund = (key: string, amount: number | null) =>
    sales.refund({ merchant, key, digest: new Uint8Array(32), nowMs: noon, sale, amount })
  const all = await Promise.all(['p', 'q', 'r'].map((key) => refund(key, 400)))
  assert.equal(all.filter(({ ok }) => ok).length, 2)
  const rest = await refund('s', null)
  assert(rest.ok && rest.value.amount === 200)
  const none = await refund('t', null)
  assert(!none.ok && none.refusal === 'amount_above_captured')
  assert.deepEqual(await refund('s', null), rest)
})
