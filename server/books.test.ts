// Goal: money after the yes is never made, lost or moved twice, whatever the order and however much
// happens at once; and the suite that says so can be trusted.
// Method: random histories by the rooms' own doors beside an auditor with far simpler books; after
// each, every law read from the legs. Then the same suite over copies of the database in which one
// function was spoilt: it must find each within its budget.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { type Rehearsal, rehearse } from './rehearsal.ts'
import {
  check,
  DAY_MS,
  type Deed,
  OVER,
  openWorld,
  perform,
  settlementsOf,
  sleep,
  standing,
  type World,
} from './rehearsal-books.ts'
import { bugs, plant } from './rehearsal-books-bugs.ts'
import { type Day, enter, expected, mustStand, newBooks, pass } from './rehearsal-books-model.ts'

const startMs = Date.UTC(2027, 0, 5, 10)
const adminUrl = process.env['WARIFU_TEST_SERVER_ADMIN_URL']

/** Deeds that are done at once, or a sleep of some days. */
type Step = { readonly deeds: readonly Deed[]; readonly again: boolean } | { readonly days: number }

/** The payment that was made last. */
const NEWEST = 99
const payment = fc.oneof(fc.constant(NEWEST), fc.nat({ max: 5 }))
const amount = fc.oneof(fc.integer({ min: 1, max: 6500 }), fc.integer({ min: 1, max: 900 }))
const either = fc.nat({ max: 1 })
const signed = fc.integer({ min: -3000, max: 3000 }).filter((value) => value !== 0)
const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('authorise' as const),
      account: either,
      shop: either,
      amount,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('capture' as const),
      payment,
      amount,
      final: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('refund' as const), payment, amount }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), payment }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('increment' as const),
      payment,
      amount,
      yes: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('adjust_account' as const),
      account: either,
      amount: signed,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('adjust_shop' as const),
      shop: either,
      amount: signed,
    }),
  },
)
const alone = deed.chain((one) => fc.boolean().map((again): Step => ({ deeds: [one], again })))
const mixed = fc
  .array(deed, { minLength: 2, maxLength: 5 })
  .map((deeds): Step => ({ deeds, again: false }))
const night = fc.constantFrom(1, 1, 3, 8).map((days): Step => ({ days }))

const six = (one: Deed): Step => ({ deeds: Array.from({ length: 6 }, () => one), again: false })
/** A payment of which more is taken, or given back, at once than there is. */
const crowd = fc
  .record({ account: either, shop: either, amount: fc.integer({ min: 30, max: 900 }) })
  .chain((of) =>
    fc.boolean().map((refunds): Step[] => {
      const part = Math.ceil(of.amount / 2)
      const [newest, all] = [{ payment: NEWEST }, { amount: of.amount, final: true }]
      const made: Step = { deeds: [{ kind: 'authorise', ...of }], again: false }
      if (!refunds) return [made, six({ kind: 'capture', ...newest, amount: part, final: false })]
      const taken: Step = { deeds: [{ kind: 'capture', ...newest, ...all }], again: false }
      return [made, taken, six({ kind: 'refund', ...newest, amount: part })]
    }),
  )
/** Captures above their holds, until the account has not got it; then money comes back. */
const beyond = either.chain((account) => {
  // What exhausts the funds of an account that is as it was: with its ceiling, a second one as big.
  const [ceiling, last] = account === 0 ? ([0.1, 3300] as const) : ([0.5, 900] as const)
  return fc
    .record({
      ...{ shop: either, first: fc.constantFrom(6000, 5500), again: fc.boolean() },
      ...{ second: fc.constantFrom(last, last, 400), back: fc.integer({ min: 1, max: 1200 }) },
      share: fc.constantFrom(ceiling, ceiling, -0.2, 0.05, 0.7),
    })
    .map(({ shop, first, second, back, share, again }): Step[] => {
      const of = { account, shop }
      const newest = { payment: NEWEST, final: true }
      const deeds: Deed[] = [first, second].flatMap((amount) => [
        { kind: 'authorise', ...of, amount },
        { kind: 'capture', ...newest, amount: amount + Math.floor(amount * share) },
      ])
      deeds.push({ kind: 'refund', payment: NEWEST, amount: back })
      deeds.push({ kind: 'adjust_account', account, amount: back })
      return deeds.map((one) => ({ deeds: [one], again }))
    })
})
const steps = fc
  .array(
    fc.oneof(
      { weight: 8, arbitrary: alone.map((one) => [one]) },
      { weight: 2, arbitrary: mixed.map((one) => [one]) },
      { weight: 2, arbitrary: night.map((one) => [one]) },
      { weight: 3, arbitrary: crowd },
      { weight: 2, arbitrary: beyond },
    ),
    { minLength: 5, maxLength: 14 },
  )
  .map((parts) => parts.flat())

type Model = ReturnType<typeof newBooks>

/** In which order deeds of one moment may be entered: what ends a payment comes last. */
const rank = (one: Deed): number =>
  ({
    authorise: 0,
    adjust_account: 0,
    adjust_shop: 0,
    increment: 1,
    capture: 2,
    cancel: 4,
    refund: 5,
  })[one.kind] + (one.kind === 'capture' && one.final ? 1 : 0)

type Deeds = Extract<Step, { deeds: unknown }>

const ofNewest = (world: World, one: Deed): Deed =>
  'payment' in one && one.payment === NEWEST ? { ...one, payment: world.payments.length - 1 } : one

async function together(world: World, model: Model, { deeds: named, again }: Deeds) {
  const deeds = named.map((one) => ofNewest(world, one))
  const keys = deeds.map(() => world.newKey())
  const said = await Promise.all(deeds.map((one, i) => perform(world, one, keys[i] ?? '')))
  const [only] = deeds
  if (deeds.length === 1 && only !== undefined) {
    const must = expected(model, only)
    assert.equal(said[0]?.code, must, JSON.stringify(only))
    const isIncrement = only.kind === 'increment'
    if (again && must === 'ok' && !isIncrement) {
      const second = await perform(world, only, keys[0] ?? '')
      assert.deepEqual(second, said[0], 'the same key again')
    }
  }
  const went = deeds.map((one, i) => ({ one, said: said[i] })).filter((d) => d.said?.code === 'ok')
  for (const { one, said: it } of went.sort((a, b) => rank(a.one) - rank(b.one))) {
    if (one.kind === 'authorise') world.payments.push(it?.payment)
    enter(model, one, world.clock.nowMs)
  }
}

async function assertStands(world: World, model: Model): Promise<void> {
  await world.settlement.tick(world.clock.nowMs)
  const { payments, ...sums } = await standing(world)
  const plain = payments.map((said) => said.replace('settled', 'captured'))
  assert.deepEqual({ ...sums, payments: plain }, mustStand(model))
  for (const { captured, refunded } of model.paid) assert(refunded <= captured)
  assert(
    model.free.every((free, i) => free >= 0 || OVER[i]?.forcePost),
    'nobody spends what is not there, save where it may be forced',
  )
}

async function assertSettled(world: World, days: readonly (Day | undefined)[]): Promise<void> {
  for (const [shop, day] of days.entries()) {
    if (day === undefined) continue
    // Ids of this stage all tell the same instant.
    const last = (await settlementsOf(world, shop)).sort((a, b) => b.cut_ms - a.cut_ms)[0]
    assert(last !== undefined && last.status !== 'collecting', 'settled by the morning')
    const { gross, refunds, fees, net } = last
    assert.deepEqual({ gross, refunds, fees, net }, { ...day })
    if (last.payout === null) continue
    const paid = last.net % 3 !== 0
    if (!paid) continue
    const reason = null
    const end = { payout: last.payout, status: 'paid' as const, bankReference: 'b', reason }
    assert((await world.settlement.endPayout({ ...end, nowMs: world.clock.nowMs })).ok)
  }
}

async function history(stage: Rehearsal, all: readonly Step[], seed: string): Promise<void> {
  const world = await openWorld(stage, seed, startMs)
  const model = newBooks(world.books.length, world.shops.length)
  for (const one of all) {
    if ('days' in one) {
      await assertStands(world, model)
      await sleep(world, one.days)
      await assertSettled(world, pass(model, world.clock.nowMs))
    } else await together(world, model, one)
  }
  await assertStands(world, model)
  await sleep(world, 1)
  await assertSettled(world, pass(model, world.clock.nowMs))
  assert.deepEqual(await check(world), [], 'every law of the books')
  assert.equal((await world.settlement.alerts({ limit: 1, before: undefined })).length, 0)
}

let runs = 0
const suite = (stage: Rehearsal, numRuns: number, seed: number) =>
  fc.assert(
    fc.asyncProperty(steps, (all) => {
      runs += 1
      return history(stage, all, `${seed}/${runs}`)
    }),
    { numRuns, seed, endOnFailure: true },
  )

const TEMPLATE = 'books template'
let template: Rehearsal
before(async () => {
  template = await rehearse({ adminUrl, name: TEMPLATE }, startMs)
})
after(() => template.close())

const seed = Number(process.env['SEED'] ?? 20270105)

test(`random histories agree with the auditor; seed ${seed}`, async () => {
  const stage = await rehearse({ adminUrl, name: 'books', copyOf: TEMPLATE }, startMs)
  try {
    await suite(stage, Number(process.env['RUNS'] ?? 12), seed)
  } finally {
    await stage.close()
  }
})

describe('a spoilt ledger is found', () => {
  for (const [i, bug] of bugs.entries())
    test(bug.name, async () => {
      const place = { adminUrl, name: `bug ${i}` }
      const stage = await rehearse({ ...place, copyOf: TEMPLATE }, startMs)
      try {
        await plant(place, bug)
        await assert.rejects(() => suite(stage, 25, seed + i))
      } finally {
        await stage.close()
      }
    })
})

// A day of this file's clock is what the books call a day.
assert.equal(DAY_MS, 86_400_000)
