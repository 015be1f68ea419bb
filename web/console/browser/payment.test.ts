// Goal: a payment's page offers what may be done and nothing else, and reads typed money exactly.
// Method: payments in each state; amounts as people type them, in currencies with 0, 2, 3 digits.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { amountIn, amountText } from './amount-in.ts'
import { actsOf, type OwnPayment, standingOf } from './payment.ts'

const some = {
  status: 'authorized',
  amount: 1200,
  amount_capturable: 1200,
  amount_captured: 0,
  amount_refunded: 0,
}
// Only these fields are read.
const payment = (change: object) => ({ ...some, ...change }) as OwnPayment
const acts = (change: object) => Object.fromEntries(actsOf(payment(change)))

test('a state offers its own acts and no other', () => {
  assert.deepEqual(acts({}), { capture: 1200, cancel: 1200 })
  const captured = { status: 'captured', amount_capturable: 0, amount_captured: 1200 }
  assert.deepEqual(acts(captured), { refund: 1200 })
  assert.deepEqual(acts({ ...captured, amount_refunded: 450 }), { refund: 750 })
  assert.deepEqual(acts({ ...captured, amount_refunded: 1200 }), {})
  assert.deepEqual(acts({ status: 'requires_action', amount_capturable: 0 }), { cancel: 1200 })
  for (const status of ['declined', 'expired', 'cancelled', 'processing'])
    assert.deepEqual(acts({ status, amount_capturable: 0 }), {}, status)
})

test('money that went back is told before money that came', () => {
  const captured = { status: 'captured', amount_captured: 1200 }
  assert.equal(standingOf(payment(captured)), 'captured')
  assert.equal(standingOf(payment({ ...captured, amount_refunded: 1 })), 'partly_refunded')
  assert.equal(standingOf(payment({ ...captured, amount_refunded: 1200 })), 'refunded')
})

test('an amount is read to the last digit, or not at all', () => {
  assert.equal(amountIn('1200', 'jpy'), 1200)
  assert.equal(amountIn(' 1,200 ', 'jpy'), 1200)
  assert.equal(amountIn('12.5', 'usd'), 1250)
  assert.equal(amountIn('12.345', 'kwd'), 12_345)
  assert.equal(amountIn('0.1', 'usd'), 10)
  for (const [text, currency] of [
    ['12.5', 'jpy'],
    ['12.345', 'usd'],
    ['', 'jpy'],
    ['-3', 'jpy'],
    ['1e3', 'jpy'],
    ['9999999999999', 'jpy'],
  ] as const)
    assert.equal(amountIn(text, currency), undefined, `${text} ${currency}`)
  for (const [amount, currency, text] of [
    [1200, 'jpy', '1200'],
    [1250, 'usd', '12.50'],
    [5, 'kwd', '0.005'],
  ] as const) {
    assert.equal(amountText(amount, currency), text)
    assert.equal(amountIn(text, currency), amount)
  }
})
