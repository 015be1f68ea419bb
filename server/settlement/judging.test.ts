// Goal: every way in which an order and its money may disagree has its name, and only that one.
// Method: each rule has rows of its own; then orders with one injected fault each, by fast-check,
//   whose injector knows the truth.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { DifferenceKind } from '@warifu/protocol/reconciliation-objects'
import fc from 'fast-check'
import { type Facts, type Found, fixesOf, judge, type OrderFact, type SaleFact } from './judging.ts'

const order = (more: Partial<OrderFact> = {}): OrderFact => ({
  ...{ line: 2, amount: 1000, currency: 'jpy', kind: null, refunded: null },
  ...more,
})
let ids = 0
function sale(more: Partial<SaleFact> = {}): SaleFact {
  ids += 1
  const { captured = 1000 } = more
  const settled = more.kind === 'cash' ? 0 : captured
  return {
    ...{ id: `pay_${ids}`, kind: 'payment', currency: 'jpy', captured, refunded: 0, held: 0 },
    ...{ settled, captured_ms: null },
    ...more,
  }
}
const cash = (captured: number) => sale({ kind: 'cash', captured })
const hold = (held: number) => sale({ held, captured: 0 })
const facts = (orders: OrderFact[], sales: SaleFact[], reference: string | null = 'A'): Facts => ({
  ...{ reference, orders, sales, dueMs: 100 },
})
const said = ({ kind, expected, found, suggested, acts }: Found) =>
  [kind, expected, found, suggested, ...acts.map(({ act, amount }) => `${act} ${amount}`)].join(' ')

type Row = readonly [name: string, facts: Facts, ...said: string[]]
const [one, half] = [sale(), () => sale({ captured: 500 })]

const rows: readonly Row[] = [
  ['paid', facts([order()], [sale()])],
  ['paid in cash', facts([order()], [cash(1000)])],
  ['paid, and given back in part', facts([order()], [sale({ refunded: 300 })])],
  ['given back, and the order lowered', facts([order({ amount: 700 })], [sale({ refunded: 300 })])],
  ['given back whole', facts([order()], [sale({ refunded: 1000 })])],
  ['given back as the order says', facts([order({ refunded: 300 })], [sale({ refunded: 300 })])],
  [
    'given back whole, as the order says',
    facts([order({ refunded: 1000 })], [sale({ refunded: 1000 })]),
  ],
  ['paid after a declined try', facts([order()], [sale({ captured: 0 }), sale()])],
  ['paid twice, and once given back', facts([order()], [sale({ refunded: 1000 }), sale()])],
  ['a declined try for no order', facts([], [sale({ captured: 0 })])],
  ['given back what no order asked for', facts([], [sale({ refunded: 1000 })], null)],

  ['no payment', facts([order()], []), 'order_without_payment 1000 0 record_cash'],
  [
    'no payment, a transfer',
    facts([order({ kind: 'transfer' })], []),
    'order_without_payment 1000 0 record_transfer',
  ],
  [
    'a declined try only',
    facts([order()], [sale({ captured: 0 })]),
    'order_without_payment 1000 0 record_cash',
  ],
  [
    'no order, a number',
    facts([], [sale()]),
    'payment_without_order 0 1000 correct_order refund 1000',
  ],
  [
    'no order, no number',
    facts([], [sale()], null),
    'payment_without_order 0 1000 refund refund 1000',
  ],
  [
    'no order, only held',
    facts([], [hold(800)], null),
    'payment_without_order 0 800 cancel cancel 800',
  ],
  [
    'no order, cash',
    facts([], [cash(50)], null),
    'payment_without_order 0 50 correct_order refund 50',
  ],

  [
    'one line twice',
    facts([order(), order({ line: 9 })], [sale()]),
    'duplicate_order 0 1000 correct_order',
  ],
  [
    'lines that contradict',
    facts([order({ amount: 900 }), order({ line: 9 })], [sale()]),
    'duplicate_order 0 900 correct_order',
  ],
  ['paid twice', facts([order()], [sale(), sale()]), 'duplicate_payment 0 1000 refund refund 1000'],
  [
    'paid three times',
    facts([order()], [sale(), sale(), sale()]),
    'duplicate_payment 0 1000 refund refund 1000',
    'duplicate_payment 0 1000 refund refund 1000',
  ],
  [
    'paid, and held once more',
    facts([order()], [hold(1000), sale()]),
    'duplicate_payment 0 1000 cancel cancel 1000',
  ],
  [
    'paid by card and in cash',
    facts([order()], [sale(), cash(1000)]),
    'duplicate_payment 0 1000 refund refund 1000',
  ],

  ['over', facts([order()], [sale({ captured: 1200 })]), 'overpaid 1000 1200 refund refund 200'],
  ['under', facts([order()], [sale({ captured: 800 })]), 'underpaid 1000 800 record_cash'],
  [
    'more given back than the order says',
    facts([order({ refunded: 100 })], [sale({ refunded: 300 })]),
    'underpaid 900 700 correct_order',
  ],
  [
    'less given back than the order says',
    facts([order({ refunded: 300 })], [sale({ refunded: 100 })]),
    'overpaid 700 900 refund refund 200',
  ],
  ['held', facts([order()], [hold(1000)]), 'not_captured 1000 0 capture capture 1000'],
  ['a ceiling held', facts([order()], [hold(5000)]), 'not_captured 1000 0 capture capture 1000'],
  [
    'captured in part, the rest held',
    facts([order()], [sale({ captured: 600, held: 400 })]),
    'not_captured 1000 600 capture capture 400',
  ],
  ['captured less of a ceiling', facts([order()], [sale({ held: 400 })])],

  [
    'other currency',
    facts([order()], [sale({ currency: 'krw' })]),
    'wrong_currency 0 1000 refund refund 1000',
  ],
  [
    'and paid besides',
    facts([order()], [sale({ currency: 'krw', captured: 9 }), sale()]),
    'wrong_currency 0 9 refund refund 9',
  ],

  ['split', facts([order()], [half(), half()]), 'split 1000 1000 accept'],
  [
    'split, card and cash',
    facts([order()], [sale({ captured: 400 }), cash(600)]),
    'split 1000 1000 accept',
  ],
  [
    'split, too much',
    facts([order()], [sale({ captured: 700 }), sale({ captured: 500 })]),
    'split_over 1000 1200 refund refund 200',
  ],
  [
    'split, one too many',
    facts([order()], [sale({ captured: 600 }), sale({ captured: 400 }), sale({ captured: 250 })]),
    'split_over 1000 1250 refund refund 250',
  ],
  [
    'split, over by more than the last',
    facts([order({ amount: 100 })], [sale({ captured: 300 }), sale({ captured: 250 })]),
    'split_over 100 550 refund refund 250 refund 200',
  ],
  [
    'split, too little',
    facts([order()], [half(), sale({ captured: 300 })]),
    'split_under 1000 800 record_cash',
  ],

  [
    'late',
    facts([order()], [sale({ settled: 0, captured_ms: 99 })]),
    'captured_not_settled 1000 0 await_settlement',
  ],
  ['not late yet', facts([order()], [sale({ settled: 0, captured_ms: 100 })])],
  [
    'settled in part, late',
    facts([order()], [sale({ settled: 400, captured_ms: 99 })]),
    'captured_not_settled 1000 400 await_settlement',
  ],
  [
    'settled without capture',
    facts([], [sale({ captured: 0, settled: 500 })]),
    'settled_without_capture 0 500 tell_platform',
  ],
  [
    'settled more',
    facts([order()], [sale({ settled: 1500 })]),
    'settled_without_capture 1000 1500 tell_platform',
  ],
  ['cash is not settled', facts([order()], [sale({ kind: 'cash', settled: 0, captured_ms: 1 })])],
]

suite('what is told', () => {
  for (const [name, given, ...told] of rows)
    test(name, () => assert.deepEqual(judge(given).map(said), told))
})

test('a fix that moves money is offered where there is an act for it', () => {
  for (const [name, given] of rows)
    for (const { kind, acts, suggested } of judge(given)) {
      const offered = fixesOf(kind, acts)
      assert(offered.includes(suggested), `${name}: ${suggested} is not offered`)
      for (const fix of ['refund', 'cancel', 'capture'] as const)
        assert.equal(
          offered.includes(fix),
          acts.some(({ act }) => act === fix),
          name,
        )
    }
})

test('what is suggested puts it right: judged again, the difference is gone', () => {
  for (const [name, given] of rows)
    for (const { kind, acts, suggested } of judge(given)) {
      if (!acts.some(({ act }) => act === suggested)) continue
      const sales = given.sales.map((one) => acts.reduce(acted, one))
      const again = judge({ ...given, sales }).filter((found) => found.kind === kind)
      assert.equal(
        again.length,
        judge(given).filter((found) => found.kind === kind).length - 1,
        name,
      )
    }
})
function acted(one: SaleFact, { act, sale: id, amount }: Found['acts'][number]): SaleFact {
  if (one.id !== id) return one
  if (act === 'refund') return { ...one, refunded: one.refunded + amount }
  if (act === 'cancel') return { ...one, held: 0 }
  return { ...one, captured: one.captured + amount, settled: one.captured + amount, held: 0 }
}

/** Puts one fault into an order that was paid right; knows what has to be found. */
const faults: Readonly<
  Record<string, (amount: number, by: number) => readonly [Facts, ...DifferenceKind[]]>
> = {
  none: (amount) => [facts([order({ amount })], [sale({ captured: amount })])],
  missing: (amount) => [facts([order({ amount })], []), 'order_without_payment'],
  stray: (amount) => [facts([], [sale({ captured: amount })]), 'payment_without_order'],
  twice: (amount) => [
    facts([order({ amount })], [sale({ captured: amount }), sale({ captured: amount })]),
    'duplicate_payment',
  ],
  line: (amount) => [
    facts([order({ amount }), order({ amount, line: 3 })], [sale({ captured: amount })]),
    'duplicate_order',
  ],
  over: (amount, by) => [facts([order({ amount })], [sale({ captured: amount + by })]), 'overpaid'],
  under: (amount, by) => [
    facts([order({ amount: amount + by })], [sale({ captured: amount })]),
    'underpaid',
  ],
  currency: (amount) => [
    facts([order({ amount })], [sale({ captured: amount, currency: 'krw' })]),
    'wrong_currency',
  ],
  split: (amount, by) => [
    facts([order({ amount: amount + by })], [sale({ captured: amount }), sale({ captured: by })]),
    'split',
  ],
  held: (amount) => [facts([order({ amount })], [hold(amount)]), 'not_captured'],
  unsettled: (amount) => [
    facts([order({ amount })], [sale({ captured: amount, settled: 0, captured_ms: 1 })]),
    'captured_not_settled',
  ],
  settled: (amount, by) => [
    facts([order({ amount })], [sale({ captured: amount, settled: amount + by })]),
    'settled_without_capture',
  ],
}

test('one injected fault is found by its name, and nothing else', () => {
  const amounts = fc.integer({ min: 1, max: 999_999 })
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.values(faults)),
      amounts,
      amounts,
      (inject, amount, by) => {
        const [given, ...truth] = inject(amount, by)
        assert.deepEqual(
          judge(given).map(({ kind }) => kind),
          truth,
        )
      },
    ),
    { numRuns: 2000 },
  )
})

test('the order of the sales in which they come changes nothing but who is last', () => {
  const both = [one, sale()]
  const kinds = (sales: SaleFact[]) => judge(facts([order()], sales)).map(({ kind }) => kind)
  assert.deepEqual(kinds(both), kinds(both.toReversed()))
})
