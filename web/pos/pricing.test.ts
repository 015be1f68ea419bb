// Goal: prices are the shop's, amounts are exact, days are whole.
// Method: small orders by hand; properties for carts; midnights around changes of clocks.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  emptyCart,
  readCart,
  totalOf,
  withArticle,
  withFreeLine,
  withQuantity,
} from './browser/cart.ts'
import { dayOf, spanOf } from './calendar.ts'
import { catalogue } from './catalogue.ts'
import { price } from './pricing.ts'

test('an article costs what the catalogue says, in the words of the buyer’s language', () => {
  const lines = [
    { article: 'blend', quantity: 2 },
    { description: 'Cup', quantity: 3, price: 100 },
  ]
  const priced = price(catalogue, { language: 'ja', lines })
  assert.deepEqual(priced, {
    ok: true,
    amount: 1500,
    lines: [
      { description: 'ブレンドコーヒー', quantity: 2, amount: 1200 },
      { description: 'Cup', quantity: 3, amount: 300 },
    ],
  })
})

test('what is not sold here, or is more than can be paid, is refused by name', () => {
  const unknown = price(catalogue, { language: 'en', lines: [{ article: 'gold', quantity: 1 }] })
  assert.ok(!unknown.ok)
  assert.equal(unknown.param, 'lines.0.article')
  const dear = { description: 'Gold', quantity: 999, price: 999_999_999_999 }
  assert.ok(!price(catalogue, { language: 'en', lines: [dear] }).ok)
})

test('what the page shows is what the back end comes to', () => {
  const step = fc.oneof(
    fc.record({ tap: fc.constantFrom(...catalogue.articles.map(({ id }) => id)) }),
    fc.record({ name: fc.constantFrom('Cup', 'Bag'), price: fc.integer({ min: 1, max: 5000 }) }),
    fc.record({ at: fc.nat(5), quantity: fc.nat(20) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const cart = steps.reduce((before, one) => {
        if ('tap' in one) return withArticle(before, one.tap)
        if ('name' in one) return withFreeLine(before, one.name, one.price)
        return withQuantity(before, one.at, one.quantity)
      }, emptyCart('draft'))
      const priced = price(catalogue, { language: 'en', lines: [...cart.lines] })
      assert.ok(priced.ok)
      assert.equal(totalOf(cart, catalogue.articles), priced.amount)
      assert.ok(cart.lines.every(({ quantity }) => quantity >= 1))
      assert.deepEqual(readCart(JSON.stringify(cart)), cart)
    }),
  )
})

test('a cart that cannot be read is none', () => {
  for (const text of [null, '', '{', '[]', '{"draft":1,"lines":[]}'])
    assert.equal(readCart(text), undefined)
})

test('every moment lies in its own day, and days do not overlap', () => {
  const moment = fc.integer({ min: 1_600_000_000_000, max: 2_000_000_000_000 })
  fc.assert(
    fc.property(moment, (ms) => {
      const span = spanOf(dayOf(ms))
      assert.ok(span !== undefined && span.fromMs <= ms && ms < span.toMs)
      assert.notEqual(dayOf(span.toMs), dayOf(ms))
    }),
  )
  for (const text of ['', '2026-02-30', '2026', 'today']) assert.equal(spanOf(text), undefined)
})
