// Goal: a card pays within its controls and never beyond: per payment, day, month, count, kind of
// shop, shop, and number of uses; what is cancelled counts no longer; a debit card spends what was
// put on it and no more. Method: random histories over two cards of one account on a real
// PostgreSQL, in batches, beside a model of a few lines that keeps the whole history and counts.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Id } from '@warifu/protocol/ids'
import { type Rehearsal, rehearse } from '@warifu/server/rehearsal'
import fc from 'fast-check'
import {
  type CardFacts,
  type Controls,
  fundAccount,
  openAccount,
  putCard,
  setControls,
  spendings,
  standings,
  succeedCard,
  unbounded,
  usedUpCards,
} from './ledger.ts'

const firstMs = Date.UTC(2027, 0, 30)
const dayMs = (day: number) => firstMs + day * 86_400_000
let stage: Rehearsal
before(async () => {
  const adminUrl = process.env['WARIFU_TEST_SERVER_ADMIN_URL']
  stage = await rehearse({ adminUrl, name: 'controls' }, firstMs)
})
after(() => stage.close())

const wide = { perTransaction: 500n, perDay: 100_000n, perMonth: 100_000n, signatureOnlyMax: 0n }
/** One seed, so that what the histories come to is the same each time. */
const seed = Number(process.env['SEED'] ?? 42)
const shops = ['mer_A', 'mer_B', 'mer_C'] as const satisfies readonly Id<'mer'>[]

async function openBook(creditLimit = 5000n) {
  const { sql } = stage.store
  const lane = stage.lane()
  const account = stage.mint('acc', lane)
  await openAccount(sql, { id: account, currency: 'jpy', creditLimit, nowMs: firstMs })
  const issue = async (facts: Partial<CardFacts> = {}) => {
    const card = stage.mint('crd', lane)
    await putCard(sql, { card, account, active: true, ...wide, ...facts })
    return card
  }
  return { lane, account, issue }
}

type Ask = {
  readonly card: Id<'crd'>
  readonly payment: string
  readonly amount: number
  readonly merchant: string
  readonly category: string
}

async function authorize(lane: number, asks: readonly Ask[], nowMs = firstMs): Promise<string[]> {
  const { sql } = stage.store
  const rows = asks.map((ask, i) => ({ ord: i + 1, lane, currency: 'jpy', ...ask }))
  const codes = await sql<{ code: string }[]>`
    select outcome as code from unnest(ledger.authorize(
      array(select a from jsonb_populate_recordset(null::ledger.ask, ${sql.json(rows)}) a),
      ${nowMs}, ${nowMs + 1000}, ledger.day_of(${nowMs}::bigint),
      ledger.month_of(${nowMs}::bigint)))`
  return codes.map(({ code }) => code)
}

async function end(book: { lane: number; account: Id<'acc'> }, payment: string, take: number) {
  const { sql } = stage.store
  const [row] =
    take === 0
      ? await sql<{ code: string }[]>`
          select ledger.release(${book.lane}::smallint, ${book.account}, ${payment},
                                ${firstMs}) as code`
      : await sql<{ code: string }[]>`
          select ledger.capture(${book.lane}::smallint, ${book.account}, array[${payment}],
                                ${stage.mint('mer')}, ${stage.mint('cap')}, ${take}, true, null,
                                ${firstMs}) as code`
  return row?.code
}

// ── the model ────────────────────────────────────────────────────────────────────────────────

type Paid = Ask & { readonly day: number; counted: number; open: boolean }
type Rules = Controls & { readonly uses: number | null; readonly locks: boolean }
const monthOf = (day: number) => new Date(dayMs(day)).getUTCMonth()

/** Everything is counted from the history, each time anew. */
function judge(rules: Rules, ask: Ask, world: { paid: Paid[]; free: number; day: number }): string {
  const own = world.paid.filter(({ card }) => card === ask.card)
  const today = own.filter(({ day, counted }) => day === world.day && counted > 0)
  const thisMonth = own.filter(
    ({ day, counted }) => monthOf(day) === monthOf(world.day) && counted > 0,
  )
  const sum = (list: Paid[]) => list.reduce((total, { counted }) => total + counted, 0)
  const only = rules.locks ? own.slice(0, 1).map(({ merchant }) => merchant) : rules.merchantsOnly
  if (rules.uses !== null && own.length >= rules.uses) return 'card_used_up'
  if (ask.amount > rules.perTransaction) return 'limit_exceeded'
  if (sum(today) + ask.amount > rules.perDay) return 'limit_exceeded'
  if (sum(thisMonth) + ask.amount > rules.perMonth) return 'limit_exceeded'
  if (today.length >= (rules.countDay ?? 1e9)) return 'count_exceeded'
  if (thisMonth.length >= (rules.countMonth ?? 1e9)) return 'count_exceeded'
  const mayShop = rules.locks ? only?.length === 0 || only?.[0] === ask.merchant : undefined
  if (mayShop === false) return 'merchant_not_allowed'
  if (mayShop === undefined && only && !only.some((one) => one === ask.merchant))
    return 'merchant_not_allowed'
  if (rules.merchantsNever.some((one) => one === ask.merchant)) return 'merchant_not_allowed'
  if (rules.categoriesOnly && !rules.categoriesOnly.includes(ask.category))
    return 'category_not_allowed'
  if (rules.categoriesNever.includes(ask.category)) return 'category_not_allowed'
  return ask.amount > world.free ? 'insufficient_funds' : 'ok'
}

const some = <T>(values: readonly T[]) =>
  fc.subarray([...values], { maxLength: Math.min(2, values.length) })
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null, freq: 2 })
const controls: fc.Arbitrary<Controls> = fc.record({
  perTransaction: fc.bigInt({ min: 100n, max: 400n }),
  perDay: fc.bigInt({ min: 200n, max: 900n }),
  perMonth: fc.bigInt({ min: 300n, max: 1500n }),
  countDay: maybe(fc.integer({ min: 0, max: 3 })),
  countMonth: maybe(fc.integer({ min: 1, max: 4 })),
  merchantsOnly: maybe(some(shops)),
  merchantsNever: some(shops.slice(2)),
  categoriesOnly: maybe(fc.constant(['5541', '5812'])),
  categoriesNever: some(['5812']),
})
const ask = fc.record({
  which: fc.integer({ min: 0, max: 1 }),
  amount: fc.integer({ min: 1, max: 420 }),
  merchant: fc.constantFrom(...shops),
  category: fc.constantFrom('5541', '5812', '7995'),
})
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ batch: fc.array(ask, { minLength: 1, maxLength: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ end: fc.nat(20), take: fc.integer({ min: 0, max: 2 }) }) },
  { weight: 1, arbitrary: fc.record({ which: fc.integer({ min: 0, max: 1 }), now: controls }) },
  { weight: 1, arbitrary: fc.record({ days: fc.integer({ min: 1, max: 2 }) }) },
)
const history = fc.record({
  first: controls,
  second: controls,
  uses: maybe(fc.integer({ min: 1, max: 3 })),
  locks: fc.boolean(),
  steps: fc.array(step, { minLength: 4, maxLength: 14 }),
})

test('random histories of two cards of one account agree with the model', async () => {
  const { sql } = stage.store
  const counts = new Map<string, number>()
  const run = async ({
    first,
    second,
    uses,
    locks,
    steps,
  }: typeof history extends fc.Arbitrary<infer T> ? T : never) => {
    const book = await openBook(400n)
    const own = { uses, locks }
    const cards = [await book.issue({ ...first, ...own }), await book.issue(second)] as const
    const rules: Rules[] = [
      { ...first, ...own },
      { ...second, uses: null, locks: false },
    ]
    const world = { paid: [] as Paid[], free: 400, day: 0 }
    for (const now of steps) {
      if ('batch' in now) {
        const asks = now.batch.map(({ which, ...rest }, i) => ({
          ...rest,
          card: cards[which === 0 ? 0 : 1],
          payment: `pay_${world.paid.length}_${i}_${counts.size}_${Math.trunc(world.free)}`,
        }))
        const expected = asks.map((one) => {
          const rule = rules[one.card === cards[0] ? 0 : 1]
          assert(rule)
          const code = judge(rule, one, world)
          counts.set(code, (counts.get(code) ?? 0) + 1)
          if (code === 'ok') {
            world.free -= one.amount
            world.paid.push({ ...one, day: world.day, counted: one.amount, open: true })
          }
          return code
        })
        assert.deepEqual(await authorize(book.lane, asks, dayMs(world.day)), expected)
      } else if ('end' in now) {
        const open = world.paid.filter((one) => one.open)
        const chosen = open[now.end % Math.max(open.length, 1)]
        if (chosen === undefined) continue
        const take = [0, 1, chosen.amount][now.take] ?? 0
        assert.equal(await end(book, chosen.payment, take), 'ok')
        world.free += chosen.amount - take
        chosen.open = false
        chosen.counted = take
      } else if ('now' in now) {
        const old = rules[now.which]
        assert(old)
        rules[now.which] = { ...old, ...now.now }
        await setControls(sql, [{ ...now.now, card: cards[now.which === 0 ? 0 : 1] }])
      } else world.day += now.days
    }
    const [standing] = await standings(sql, [cards[0]])
    assert.equal(Number(standing?.available), world.free)
  }
  await fc.assert(fc.asyncProperty(history, run), { numRuns: 40, seed })
  const codes = ['ok', 'card_used_up', 'limit_exceeded', 'count_exceeded', 'insufficient_funds']
  for (const code of [...codes, 'merchant_not_allowed', 'category_not_allowed'])
    assert((counts.get(code) ?? 0) > 0, `the histories never came to ${code}`)
})

// ── what the model leaves out ────────────────────────────────────────────────────────────────

const shop = { merchant: 'mer_A', category: '5999' }

test('for one use: the second of two at once is told so, and the card is swept', async () => {
  const { lane, issue } = await openBook()
  const card = await issue({ uses: 1 })
  const asks = ['a', 'b'].map((payment) => ({ card, payment, amount: 10, ...shop }))
  const codes = await Promise.all(asks.map((one) => authorize(lane, [one])))
  assert.deepEqual(codes.flat().sort(), ['card_used_up', 'ok'])
  assert((await usedUpCards(stage.store.sql, 50)).includes(card))
  await assert.rejects(
    async () => await stage.store.sql`update ledger.card set uses_left = -1 where id = ${card}`,
    /used_no_more/,
  )
})

test('a card without rules pays where nobody says what kind of shop it is', async () => {
  const { lane, issue } = await openBook()
  const [free, bound] = [await issue(), await issue({ categoriesOnly: ['5541'] })]
  const nameless = { amount: 10, merchant: 'mer_A' }
  const asks = [
    { card: free, payment: 'a', ...nameless },
    { card: bound, payment: 'b', ...nameless },
  ]
  // No category: the field is absent.
  const codes = await authorize(lane, asks as never)
  assert.deepEqual(codes, ['ok', 'category_not_allowed'])
})

test('a debit account spends what was put on it, once for each reference', async () => {
  const { lane, account, issue } = await openBook(0n)
  const card = await issue()
  const pay = async (payment: string, amount: number) =>
    (await authorize(lane, [{ card, payment, amount, ...shop }]))[0]
  const fund = (reference: string, amount: number, currency = 'jpy') =>
    fundAccount(stage.store.sql, { account, reference, amount, currency, nowMs: firstMs })
  assert.equal(await pay('a', 1), 'insufficient_funds')
  const twice = await Promise.all([fund('req_1', 300), fund('req_1', 300)])
  assert.deepEqual(twice.sort(), ['ok', 'seen'])
  assert.equal(await fund('req_1', 301), 'idempotency_key_reused')
  assert.equal(await fund('req_2', 1, 'usd'), 'currency_mismatch')
  assert.equal(await pay('b', 301), 'insufficient_funds')
  assert.equal(await pay('c', 300), 'ok')
  assert.equal(await pay('d', 1), 'insufficient_funds')
  const sums = await stage.store.sql`
    select 1 from ledger.leg group by lane, layer, currency having sum(amount) <> 0`
  assert.equal(sums.length, 0, 'every lane and layer sums to zero')
})

test('a card in the place of another goes on with what was spent', async () => {
  const { lane, issue } = await openBook()
  const from = await issue({ perDay: 100n, locks: true })
  assert.deepEqual(await authorize(lane, [{ card: from, payment: 'a', amount: 70, ...shop }]), [
    'ok',
  ])
  const { sql } = stage.store
  const to = stage.mint('crd', lane)
  await succeedCard(sql, { from, to })
  const [spent] = await spendings(sql, [to], firstMs)
  assert.deepEqual([spent?.day, spent?.dayCount, spent?.lockedTo], [70n, 1, 'mer_A'])
  const [tomorrow] = await spendings(sql, [to], dayMs(1))
  assert.deepEqual([tomorrow?.day, tomorrow?.month], [0n, 70n])
  await sql`update ledger.card set active = true where lane = ${lane} and id = ${to}`
  assert.deepEqual(await authorize(lane, [{ card: to, payment: 'b', amount: 31, ...shop }]), [
    'limit_exceeded',
  ])
})

test('bounds that are taken away bound no more', async () => {
  const { lane, issue } = await openBook()
  const card = await issue({ categoriesOnly: [], countDay: 0 })
  const pay = () => authorize(lane, [{ card, payment: 'a', amount: 1, ...shop }])
  assert.deepEqual(await pay(), ['count_exceeded'])
  await setControls(stage.store.sql, [{ card, ...unbounded, ...wide, categoriesOnly: [] }])
  assert.deepEqual(await pay(), ['category_not_allowed'], 'only these kinds, and there are none')
  await setControls(stage.store.sql, [{ card, ...unbounded, ...wide }])
  assert.deepEqual(await pay(), ['ok'])
})
