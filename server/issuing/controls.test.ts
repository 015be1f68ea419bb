// Goal: the cardholder's own bounds narrow the program's and never widen them.
// Method: any two sets of bounds, any payment: it passes both together exactly where it passes
// each; the order does not matter.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Id } from '@warifu/protocol/ids'
import type { ControlsObject } from '@warifu/protocol/issuing-objects'
import fc from 'fast-check'
import { boundsOf, narrowed, noControls } from './controls.ts'

const shops: Id<'mer'>[] = ['mer_a', 'mer_b', 'mer_c']
const kinds = ['5541', '5812', '7995']
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null })
const bound = maybe(fc.integer({ min: 0, max: 9 }))
const controls: fc.Arbitrary<ControlsObject> = fc.record({
  per_transaction: bound,
  per_day: bound,
  per_month: bound,
  count_day: bound,
  count_month: bound,
  merchants_only: maybe(fc.subarray(shops)),
  merchants_never: fc.subarray(shops),
  categories_only: maybe(fc.subarray(kinds)),
  categories_never: fc.subarray(kinds),
})
const payment = fc.record({
  amount: fc.integer({ min: 1, max: 9 }),
  count: fc.integer({ min: 0, max: 9 }),
  shop: fc.constantFrom(...shops),
  kind: fc.constantFrom(...kinds),
})
type Payment = typeof payment extends fc.Arbitrary<infer P> ? P : never

const passes = (bounds: ControlsObject, { amount, count, shop, kind }: Payment): boolean =>
  [bounds.per_transaction, bounds.per_day, bounds.per_month].every(
    (b) => b === null || amount <= b,
  ) &&
  [bounds.count_day, bounds.count_month].every((b) => b === null || count < b) &&
  (bounds.merchants_only?.includes(shop) ?? true) &&
  !bounds.merchants_never.includes(shop) &&
  (bounds.categories_only?.includes(kind) ?? true) &&
  !bounds.categories_never.includes(kind)

test('together they let through what each lets through', () => {
  fc.assert(
    fc.property(controls, controls, payment, (a, b, paid) => {
      assert.equal(passes(narrowed(a, b), paid), passes(a, paid) && passes(b, paid))
      assert.equal(passes(narrowed(b, a), paid), passes(narrowed(a, b), paid))
      assert.equal(passes(narrowed(a, noControls), paid), passes(a, paid))
    }),
    { numRuns: 2000 },
  )
})

test('a program bounds its amounts, and what else it names', () => {
  const amounts = { perTransaction: 1n, perDay: 2n, perMonth: 3n }
  const bounds = boundsOf({ ...amounts, controls: { categories_only: ['5541'] } })
  assert.deepEqual(
    [bounds.per_transaction, bounds.per_day, bounds.per_month, bounds.categories_only],
    [1, 2, 3, ['5541']],
  )
  assert.deepEqual([bounds.count_day, bounds.merchants_only], [null, null])
})
