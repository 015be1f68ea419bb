// Goal: whatever the order of messages, cuts and answers, the page never goes back to what is old,
//   and the list of today holds the orders of today.
// Method: the page's reducer, fed by hand with what a back end tells.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hear, nothingHeard, type TillState } from './browser/till-state.ts'
import type { DaySales, Order, OrderStatus } from './browser/wire.ts'

const tally = { count: 0, amount: 0 }
const dayOf = (day: string, orders: readonly Order[] = []): DaySales => ({
  day,
  currency: 'jpy',
  sold: tally,
  refunded: tally,
  kinds: [],
  expected: tally,
  orders,
})
const order = (number: number, day: string, status: OrderStatus): Order => ({
  number,
  day,
  status,
  place: 'till',
  lines: [],
  amount: 1,
  currency: 'jpy',
  created_at: `${day}T00:00:00.000Z`,
  asked: null,
  isKept: false,
  entered: null,
  sale: null,
  refunds: [],
  received: null,
  transfer_reference: null,
  arrived_at: null,
  doubt: false,
  refusal: null,
  payment: null,
  link: null,
  deadline_at: null,
  match_number: null,
  captured: 0,
  refunded: 0,
  last4: null,
  declined_because: null,
})
const told = (state: TillState, one: Order, today: string) =>
  hear(state, { type: 'order', data: { order: one, day: dayOf(today) } })
const start = hear(nothingHeard, { type: 'day', data: dayOf('2026-01-02') })
const statusOf = (state: TillState, number: number) => state.orders.get(number)?.status
const listed = (state: TillState) => state.day?.orders.map(({ number }) => number)

test('an answer that comes after the stream’s message changes nothing', () => {
  const paid = told(start, order(1, '2026-01-02', 'captured'), '2026-01-02')
  const late = hear(paid, { type: 'known', data: order(1, '2026-01-02', 'requires_action') })
  assert.equal(statusOf(late, 1), 'captured')
})

test('while the stream is cut, an answer is the newest there is', () => {
  const waiting = told(start, order(1, '2026-01-02', 'requires_action'), '2026-01-02')
  const cut = hear(waiting, { type: 'state', isOpen: false })
  assert.equal(
    statusOf(hear(cut, { type: 'known', data: order(1, '2026-01-02', 'cancelled') }), 1),
    'cancelled',
  )
})

test('an order of yesterday that changes is known, and not listed today', () => {
  const today = told(start, order(2, '2026-01-02', 'captured'), '2026-01-02')
  const changed = told(today, order(1, '2026-01-01', 'captured'), '2026-01-02')
  assert.deepEqual(listed(changed), [2])
  assert.equal(statusOf(changed, 1), 'captured')
})

test('a stream that begins anew forgets what it cannot vouch for', () => {
  const known = told(start, order(1, '2026-01-01', 'captured'), '2026-01-02')
  const anew = hear(known, {
    type: 'day',
    data: dayOf('2026-01-02', [order(2, '2026-01-02', 'captured')]),
  })
  assert.deepEqual([...anew.orders.keys()], [2])
})

test('newest first; after midnight the list begins anew', () => {
  const two = [1, 3, 2].reduce(
    (state, number) => told(state, order(number, '2026-01-02', 'captured'), '2026-01-02'),
    start,
  )
  assert.deepEqual(listed(two), [3, 2, 1])
  assert.deepEqual(listed(told(two, order(4, '2026-01-03', 'asking'), '2026-01-03')), [4])
})
