// Goal: money after the yes, as shops, cardholders and operators see it: captures in parts
//   and above the hold, increments with a yes of their own, refunds at once, holds that lapse; the
//   day's settlement equal to the ledger to the last unit, carried below zero, and finished by
//   another process where one was killed.
// Method: one house with a real vault, a shop by the SDK, a terminal, operators by their tokens;
//   a relay before PostgreSQL; the test kit moves the clock, so nothing waits for time to pass.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { operateServer } from '@warifu/cli/operators'
import { isIncrement } from '@warifu/protocol/approval-content'
import type { CallName } from '@warifu/protocol/contract'
import { type Id, isId } from '@warifu/protocol/ids'
import { callApi, type Input } from '@warifu/sdk/api-call'
import type { Warifu } from '@warifu/sdk/sdk'
import postgres from 'postgres'
import {
  codeOf,
  inTheLedger,
  itemsOf,
  killAt,
  nextMorning,
  sell,
  standingOf,
  until,
} from './day.ts'
import { type House, startHouse } from './house.ts'
import { type Holder, type People, pay, peopleOf } from './people.ts'
import { openKeyed, openShop } from './shops.ts'

let house: House
let people: People
let shop: Warifu
let aiko: Holder
let sql: postgres.Sql
const tokens: Record<string, string> = {}

before(async () => {
  house = await startHouse({ relays: ['database'] })
  people = peopleOf(house)
  shop = people.merchant
  sql = postgres(house.serverDatabase.adminUrl, { max: 2, onnotice: () => {} })
  const add = async (name: string, role: string) =>
    JSON.parse(await operateServer(house.serverDatabase.url, ['add', name, role])).token
  for (const name of ['Mori', 'Kim']) tokens[name] = await add(name, 'operator')
  for (const name of ['Sato', 'Ueda']) tokens[name] = await add(name, 'issuer')
  aiko = await people.become('Aiko')
})
after(async () => {
  await sql?.end()
  await house?.stop()
})

const as = <N extends CallName>(who: string, name: N, input: Input<N>) =>
  callApi(people.api, name, { ...input, headers: { authorization: `Bearer ${tokens[who]}` } })

const paid = async (amount: number, holder = aiko, at = shop) => {
  const fixed = { amount, currency: 'jpy', capture_method: 'manual' } as const
  const { id, link } = await at.payments.create(fixed)
  await pay(holder, link ?? '')
  return id
}

/** The newest settlement that is closed and was not there before. */
const settledAfter = (known: ReadonlySet<string>, at = shop) =>
  until('a settlement', async () => {
    const all = await at.settlements.list().take(20)
    return all.find(({ id, status }) => !known.has(id) && status !== 'collecting')
  })
const settlementsOf = async (at = shop) =>
  new Set((await at.settlements.list().take(50)).map(({ id }) => id as string))

const sound = async () => {
  const { faults } = await as('Mori', 'checkLedger', {})
  assert.deepEqual(faults, [])
}

// ── what a merchant does ─────────────────────────────────────────────────────────────────────────

test('captures in parts, the last of which lets the rest go; then nothing more', async () => {
  const id = await paid(1000)
  const first = await shop.payments.capture(id, { amount: 300, final: false })
  assert.deepEqual(
    [first.status, first.amount_capturable, first.amount_captured],
    ['authorized', 700, 300],
  )
  assert.equal(await codeOf(shop.payments.capture(id, { amount: 701 })), 'amount_above_authorized')
  const last = await shop.payments.capture(id, { amount: 200 })
  assert.deepEqual(
    [last.status, last.amount_capturable, last.amount_captured],
    ['captured', 0, 500],
  )
  assert.equal(await codeOf(shop.payments.capture(id, { amount: 1 })), 'payment_state')
})

test('let go after a part: captured stays; the same key is the same act', async () => {
  const id = await paid(900)
  const key = { idempotencyKey: randomUUID() }
  const once = await shop.payments.capture(id, { amount: 400, final: false }, key)
  assert.deepEqual(await shop.payments.capture(id, { amount: 400, final: false }, key), once)
  const ended = await shop.payments.cancel(id)
  assert.deepEqual(
    [ended.status, ended.amount_captured, ended.amount_capturable],
    ['captured', 400, 0],
  )
})

test('refunds at once never give back more than was captured', async () => {
  const id = await paid(1000)
  await shop.payments.capture(id)
  const codes = await Promise.all(
    Array.from({ length: 8 }, () => codeOf(shop.payments.refund(id, { amount: 300 }))),
  )
  assert.deepEqual(codes.sort(), [
    ...Array.from({ length: 5 }, () => 'amount_above_captured'),
    ...Array.from({ length: 3 }, () => 'no refusal'),
  ])
  assert.equal((await shop.payments.get(id)).amount_refunded, 900)
})

test('an increment is held after a yes of its own, and captured with the rest', async () => {
  const { terminal } = aiko
  const id = await paid(1000)
  const asked = await shop.payments.increment(id, { amount: 250 })
  assert.equal(asked.status, 'requires_action')
  assert.equal(await codeOf(shop.payments.increment(id, { amount: 1 })), 'payment_state')
  assert.equal(await codeOf(shop.payments.capture(id, { amount: 1250, final: false })), over)
  const question = (await terminal.questions()).find(
    ({ content }) => isIncrement(content) && content.subject.id === asked.id,
  )
  assert(question && isIncrement(question.content))
  assert.deepEqual([question.content.amount, question.content.total], [250, 1250])
  assert.equal((await terminal.answer(question, 'approve')).status, 'approved')
  const [held] = await shop.payments.increments(id).take(1)
  assert.equal(held?.status, 'authorized')
  const { amount_incremented, amount_capturable } = await shop.payments.get(id)
  assert.deepEqual([amount_incremented, amount_capturable], [250, 1250])
  assert.equal((await shop.payments.capture(id)).amount_captured, 1250)
})
const over = 'amount_above_authorized'

test('a no holds nothing; a yes that the account has not got says so on the phone', async () => {
  const { terminal } = aiko
  const id = await paid(500)
  const answer = async (amount: number, said: 'approve' | 'deny') => {
    const { id: increment } = await shop.payments.increment(id, { amount })
    const question = (await terminal.questions()).find(
      ({ content }) => isIncrement(content) && content.subject.id === increment,
    )
    assert(question)
    const { status, ended_because } = await terminal.answer(question, said)
    return [status, ended_because]
  }
  assert.deepEqual(await answer(100, 'deny'), ['denied', null])
  assert.deepEqual(await answer(90_000_000, 'approve'), ['approved', 'limit_exceeded'])
  const said = (await shop.payments.increments(id).take(2)).map((one) => one.status)
  assert.deepEqual(said, ['declined', 'declined'])
  assert.equal((await shop.payments.get(id)).amount_capturable, 500)
  await shop.payments.cancel(id)
})

// ── above the hold ───────────────────────────────────────────────────────────────────────────────

/** By two of the issuer's people; where the cardholder approved the payment, it changes nothing. */
async function allow(over_capture: number, force_post: boolean): Promise<void> {
  const id = house.seed.program
  assert.ok(isId('prg', id))
  const asked = { params: { id }, body: { over_capture, force_post } }
  const first = await as('Sato', 'changeProgram', asked)
  assert.equal(first.waiting?.act, 'program.change')
  const { waiting, program } = await as('Ueda', 'changeProgram', asked)
  const now = [program.over_capture, program.force_post]
  assert.deepEqual([waiting, ...now], [null, over_capture, force_post])
}

test('above the hold: within what was approved, of free funds, or not at all', async () => {
  await allow(10_000, true)
  const asked = await paid(1000)
  assert.equal(await codeOf(shop.payments.capture(asked, { amount: 1001 })), over, 'approved')
  await allow(2000, false)
  const { token } = await shop.tokens.create({ source: { kind: 'payment', payment: asked } })
  await shop.payments.cancel(asked)
  const charge = async (amount: number) => {
    const presentment = { kind: 'token', token: token ?? '', initiator: 'customer' } as const
    const fixed = { currency: 'jpy', capture_method: 'manual', presentment } as const
    return (await shop.payments.create({ amount, ...fixed })).id
  }
  const one = await charge(1000)
  assert.equal(await codeOf(shop.payments.capture(one, { amount: 1201 })), over, 'the ceiling')
  const taken = await shop.payments.capture(one, { amount: 1200 })
  assert.deepEqual([taken.amount_captured, taken.amount_overcaptured], [1200, 200])
  assert.equal((await shop.payments.refund(one)).amount, 1200)
  await sound()
})

test('what is forced is owed first: nothing more is paid before money comes in', async () => {
  const bora = await people.become('Bora')
  const first = await paid(1000, bora)
  const { token: digits } = await shop.tokens.create({
    source: { kind: 'payment', payment: first },
  })
  await shop.payments.cancel(first)
  await allow(10_000, true)
  const [{ available }] = await standingOf(sql, bora)
  const presentment = { kind: 'token', token: digits ?? '', initiator: 'customer' } as const
  const held = { amount: available - 100, currency: 'jpy', capture_method: 'manual' } as const
  await sql`update ledger.card set per_transaction = 1000000, per_day = 1000000,
              per_month = 1000000 where id = ${bora.card}`
  const { id } = await shop.payments.create({ ...held, presentment })
  const taken = await shop.payments.capture(id, { amount: available + 400 })
  assert.equal(taken.amount_overcaptured, 500)
  assert.deepEqual(await standingOf(sql, bora), [{ available: 0, receivable: 400 }])
  const more = await shop.payments.create({ ...held, amount: 1, presentment })
  assert.equal(more.declined_because, 'insufficient_funds')
  const month = (await callApi(people.api, 'getTestClock', {})).now.slice(0, 7)
  const { closing, spent } = await bora.terminal.statement(bora.card, month)
  assert.deepEqual([closing, spent], [available + 400, available + 400], 'all of it is owed')
  const repay = { amount: 1000, currency: 'jpy', reference: 'transfer-1' } as const
  const asked = { params: { id: bora.card }, body: repay }
  assert.equal((await as('Sato', 'repayCard', asked)).owed, available - 600)
  assert.equal((await as('Sato', 'repayCard', asked)).owed, available - 600, 'once')
  assert.deepEqual(await standingOf(sql, bora), [{ available: 600, receivable: 0 }])
  const later = await bora.terminal.statement(bora.card, month)
  assert.deepEqual([later.repaid, later.closing], [1000, available - 600])
  assert.deepEqual(
    later.entries.map(({ entry, amount }) => [entry, amount]),
    [
      ['capture', available + 400],
      ['repay', -1000],
    ],
  )
  assert.equal(await codeOf(aiko.terminal.statement(bora.card, month)), 'not_found')
  await sound()
})

// ── the day ──────────────────────────────────────────────────────────────────────────────────────

test('a day is settled to the last unit: as JSON, as CSV, and as the ledger has it', async () => {
  const merchant = house.seed.merchant
  assert.ok(isMerchant(merchant))
  const terms = { merchant, currency: 'jpy', basis_points: 275, fixed: 3 }
  await as('Mori', 'putFeeTerms', { body: terms })
  const id = await paid(1990)
  await shop.payments.capture(id)
  await shop.payments.refund(id, { amount: 90 })
  const known = await settlementsOf()
  await nextMorning(people)
  const day = await settledAfter(known)
  const books = await inTheLedger(sql, day)
  assert.equal(day.gross - day.refunds + day.adjustments, books.moved)
  assert.equal(day.fees, books.fees)
  assert.deepEqual([day.progress.done, day.progress.total], [books.count, books.count])
  assert.equal(day.net, books.moved - books.fees + day.carried)
  const items = await shop.settlements.items(day.id, { limit: 3 }).take(1000)
  assert.equal(
    items.reduce((sum, { amount }) => sum + amount, 0),
    day.net - day.carried,
  )
  assert.ok(
    items.some(({ entry, amount }) => entry === 'fee' && amount === -58),
    '1990: 54.7 + 3',
  )
  const csv = await (
    await fetch(`${house.url}/v1/settlements/${day.id}/items`, {
      headers: { authorization: `Bearer ${house.seed.api_key}`, accept: 'text/csv' },
    })
  ).text()
  const [head = '', ...lines] = csv.trim().split(/\r?\n/)
  const at = head.split(',').indexOf('amount')
  assert.deepEqual(
    lines.map((line) => Number(line.split(',')[at])),
    items.map(({ amount }) => amount),
  )
  assert.deepEqual(await shop.settlements.get(day.id), day)
  await until('the payment is settled', async () =>
    (await shop.payments.get(id)).status === 'settled' ? true : undefined,
  )
  assert.equal((await shop.payments.refund(id, { amount: 10 })).amount, 10, 'also after that')
})
const isMerchant = (text: string): text is Id<'mer'> => text.startsWith('mer_')

test('what the bank could not pay, and what is below zero, is carried on', async () => {
  const [payout] = await shop.payouts.list().take(1)
  assert(payout?.status === 'pending')
  const params = { id: payout.id }
  const failed = { status: 'failed', reason: 'account closed' } as const
  assert.equal((await as('Mori', 'endPayout', { params, body: failed })).status, 'failed')
  const paidOut = { status: 'paid', bank_reference: 'b-1' } as const
  assert.equal(await codeOf(as('Mori', 'endPayout', { params, body: paidOut })), 'payout_state')

  const other = await openShop({ database: sql, apiUrl: house.url }, '豆腐屋')
  const id = await paid(700, aiko, other)
  await other.payments.capture(id)
  await nextMorning(people)
  const first = await settledAfter(new Set(), other)
  assert.deepEqual([first.net, first.status], [700, 'ready'])
  const again = await settledAfter(new Set([payout.settlement as string]))
  assert.equal(again.carried, payout.amount)
  assert.equal(again.net, again.gross - again.refunds - again.fees + again.carried)

  await other.payments.refund(id)
  await nextMorning(people)
  const below = await settledAfter(new Set([first.id as string]), other)
  assert.deepEqual([below.net, below.status, below.payout], [-700, 'carried', null])
  assert.equal((await other.balances.list())[0]?.amount, -700)
  await other.payments.capture(await paid(1000, aiko, other))
  await nextMorning(people)
  const known = new Set([first.id as string, below.id as string])
  const next = await settledAfter(known, other)
  assert.deepEqual([next.carried, next.net, next.status], [-700, 300, 'ready'])
})

test('an adjustment takes a reason and two persons, and is made once', async () => {
  const merchant = house.seed.merchant
  assert.ok(isMerchant(merchant))
  const body = { merchant, amount: 250, currency: 'jpy', reference: 'goodwill-7' } as const
  const unreasoned = await fetch(`${house.url}/v1/operator/adjustments`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tokens['Mori']}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  assert.deepEqual([unreasoned.status, (await unreasoned.json()).error.param], [400, 'reason'])
  const asked = { body: { ...body, reason: 'the till was down' } }
  for (const _ of [1, 2]) {
    const { adjustment, waiting } = await as('Mori', 'makeAdjustment', asked)
    assert.deepEqual([adjustment, waiting?.act], [null, 'adjustment.make'], 'not by oneself')
  }
  const { data } = await as('Mori', 'listActs', { query: { status: 'waiting' } })
  const act = data.find(({ act: kind }) => kind === 'adjustment.make')
  assert(act)
  const alone = { params: { id: act.id }, body: { digest: act.digest } }
  assert.equal(await codeOf(as('Mori', 'approveAct', alone)), 'act_own')
  const balance = (await shop.balances.list())[0]?.amount ?? 0
  const made = await as('Kim', 'makeAdjustment', asked)
  assert.deepEqual([made.adjustment?.amount, made.waiting], [250, null])
  assert.deepEqual((await as('Kim', 'makeAdjustment', asked)).adjustment, made.adjustment, 'once')
  assert.equal((await shop.balances.list())[0]?.amount, balance + 250)
})

// biome-ignore format: a table
const deaths: readonly (readonly ['asked' | 'done', step: 'open' | 'collect', left: string])[] = [
  ['asked', 'open',    'nothing'],
  ['done',  'open',    'collecting 0'],
  ['asked', 'collect', 'collecting 0'],
  ['done',  'collect', 'collecting 200'],
  ['done',  'collect', 'ready 250'],
]

test('a run whose process is killed at every step goes on in another: the same bytes', async () => {
  const registry = { database: sql, apiUrl: house.url }
  const whole = await openKeyed(registry, '和菓子屋')
  const cut = await openKeyed(registry, '洋菓子屋')
  const today = async () => (await callApi(people.api, 'getTestClock', {})).now.slice(0, 10)
  await sell(sql, whole.merchant, await today())
  await nextMorning(people)
  const first = await settledAfter(new Set(), whole.shop)

  await sell(sql, cut.merchant, await today())
  const rowsOf = () => sql<{ id: string; items: number; status: string }[]>`
    select id, items, status from settlement.settlement where merchant = ${cut.merchant}`
  for (const [at, [when, step, left]] of deaths.entries()) {
    const [begun] = await rowsOf()
    const named = step === 'open' ? [cut.merchant, 'stl_'] : [begun?.id ?? '', 'pyo_']
    const killed = killAt(house, when, named)
    if (at === 0) await nextMorning(people)
    else await house.restart('server')
    await killed
    const found = (await rowsOf()).map(({ status, items }) => `${status} ${items}`)
    assert.equal(found.join() || 'nothing', left, `killed: ${step} ${when}`)
  }
  house.relay('database').hook()
  await house.restart('server')
  const second = await settledAfter(new Set(), cut.shop)
  assert.deepEqual(await itemsOf(house, cut.key, second), await itemsOf(house, whole.key, first))
  const payouts = await cut.shop.payouts.list().take(10)
  assert.deepEqual(
    payouts.map(({ amount, settlement }) => ({ amount, settlement })),
    [{ amount: second.net, settlement: second.id }],
  )
  await sound()
})

test('a hold lapses by itself after seven days, though nobody asks', async () => {
  const id = await paid(300)
  await nextMorning(people, 8)
  const ended = await until('expired', async () => {
    const now = await shop.payments.get(id)
    return now.status === 'expired' ? now : undefined
  })
  assert.deepEqual([ended.amount_capturable, ended.amount_captured], [0, 0])
  await sound()
})
