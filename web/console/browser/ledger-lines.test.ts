// Goal: the lanes of a trial balance come together by account, and their sums tell the truth.
// Method: rows of two lanes and two currencies, whose sums are known by hand.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { linesOf, sumsOf } from './ledger-lines.ts'

const row = (account: string, layer: 'pending' | 'posted', amount: number, currency = 'jpy') => ({
  account,
  layer,
  amount,
  currency,
})

test('lanes come together by account and currency; books that fit sum to zero', () => {
  const lines = linesOf([
    row('cardholders', 'posted', 1200),
    row('cardholders', 'posted', 300),
    row('cardholders', 'pending', 50),
    row('payable', 'posted', -1500),
    row('clearing', 'pending', -50),
    row('cardholders', 'posted', 7, 'usd'),
  ])
  assert.deepEqual(lines, [
    { account: 'cardholders', currency: 'jpy', pending: 50, posted: 1500 },
    { account: 'clearing', currency: 'jpy', pending: -50, posted: 0 },
    { account: 'payable', currency: 'jpy', pending: 0, posted: -1500 },
    { account: 'cardholders', currency: 'usd', pending: 0, posted: 7 },
  ])
  assert.deepEqual(sumsOf(lines), [
    { currency: 'jpy', pending: 0, posted: 0 },
    { currency: 'usd', pending: 0, posted: 7 },
  ])
})
