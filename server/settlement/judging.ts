/**
 * Decides what does not agree about one order number: a pure function over gathered facts. The
 * rules are a table; of those about money the first that holds names the difference, the others
 * are told besides it.
 */
import type { DifferenceKind, Fix } from '@warifu/protocol/reconciliation-objects'
import type { SaleKind } from '@warifu/protocol/sales-objects'

/** A line of the merchant's order system. */
export type OrderFact = {
  readonly line: number
  readonly amount: number
  readonly currency: string
  readonly kind: SaleKind | null
  /** Null: refunds are not compared. */
  readonly refunded: number | null
}
/** A payment, or what was written down as sold. */
export type SaleFact = {
  readonly id: string
  readonly kind: SaleKind
  readonly currency: string
  readonly captured: number
  readonly refunded: number
  /** Approved, and still there to be captured. */
  readonly held: number
  readonly settled: number
  /** When it was captured last; told where it matters: more captured than settled, and long ago. */
  readonly captured_ms: number | null
}
export type Facts = {
  /** Null: a sale that names no order. */
  readonly reference: string | null
  readonly orders: readonly OrderFact[]
  /** In the order in which they were sold. */
  readonly sales: readonly SaleFact[]
  /** What was captured before should be settled. */
  readonly dueMs: number
}

/** One act on one sale; the state it was judged by must still be there when it is carried out. */
export type Act = {
  readonly act: 'refund' | 'cancel' | 'capture'
  readonly sale: string
  readonly amount: number
  readonly captured: number
  readonly refunded: number
}
export type Found = {
  readonly kind: DifferenceKind
  readonly line: number | null
  readonly currency: string | null
  readonly expected: number
  readonly found: number
  readonly sales: readonly string[]
  readonly suggested: Fix
  readonly acts: readonly Act[]
}

/** The facts in order: which order is meant, which sales pay for it, which do so once more. */
type Case = {
  readonly facts: Facts
  readonly order: OrderFact | undefined
  /** What should have been paid; the order's amount less what it says was given back. */
  readonly target: number
  readonly paying: readonly SaleFact[]
  readonly twice: readonly SaleFact[]
  readonly foreign: readonly SaleFact[]
  readonly net: number
  readonly gross: number
  readonly held: number
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0)
const netOf = (sale: SaleFact): number => sale.captured - sale.refunded
/** What a sale brings, or would bring. */
const worthOf = (sale: SaleFact): number => netOf(sale) + sale.held
const targetOf = (order: OrderFact): number => order.amount - (order.refunded ?? 0)

/** Lines that contradict each other: the one that was paid is meant, else the first. */
function meantBy(orders: readonly OrderFact[], sales: readonly SaleFact[]): OrderFact | undefined {
  const paid = orders.find((order) => {
    const ours = sales.filter(({ currency }) => currency === order.currency)
    return ours.length > 0 && sum(ours.map(worthOf)) === targetOf(order)
  })
  return paid ?? orders[0]
}

/** Takes out what pays the whole order once more: holds before captures, later before earlier. */
function withoutTwice(sales: readonly SaleFact[], target: number) {
  const paying = [...sales.filter(({ captured }) => captured > 0)]
  paying.push(...sales.filter(({ captured }) => captured === 0))
  const twice: SaleFact[] = []
  const whole = () => paying.filter((sale) => worthOf(sale) === target)
  while (target > 0 && sum(paying.map(worthOf)) > target && whole().length > 1) {
    const last = paying.findLastIndex((sale) => worthOf(sale) === target)
    twice.push(...paying.splice(last, 1))
  }
  return { paying, twice }
}

function caseOf(facts: Facts): Case {
  const live = facts.sales.filter(({ captured, held }) => captured + held > 0)
  const order = meantBy(facts.orders, live)
  const ours = live.filter(({ currency }) => order === undefined || currency === order.currency)
  const target = order === undefined ? 0 : targetOf(order)
  // What was given back in full pays for nothing, where something else does.
  const worth = ours.filter((sale) => worthOf(sale) > 0)
  const candidates = worth.length > 0 ? worth : ours
  const { paying, twice } =
    order === undefined ? { paying: worth, twice: [] } : withoutTwice(candidates, target)
  return {
    ...{ facts, order, target, paying, twice },
    foreign: live.filter((sale) => !ours.includes(sale) && worthOf(sale) > 0),
    net: sum(paying.map(netOf)),
    gross: sum(paying.map(({ captured }) => captured)),
    held: sum(paying.map(({ held }) => held)),
  }
}

/** Refunds were not told, so what was taken at first may agree, or what is left of it. */
const agrees = ({ order, target, net, gross }: Case): boolean =>
  net === target || (order?.refunded === null && gross === target)

const act = (name: Act['act'], sale: SaleFact, amount: number): Act => {
  const { id, captured, refunded } = sale
  return { act: name, sale: id, amount, captured, refunded }
}
/** Gives all of a sale back: what was taken is refunded, what is only held is let go. */
const undo = (sale: SaleFact): Act[] => [
  ...(netOf(sale) > 0 ? [act('refund', sale, netOf(sale))] : []),
  ...(sale.held > 0 ? [act('cancel', sale, sale.held)] : []),
]
/** The last sale gives back first. */
function refundsOf(sales: readonly SaleFact[], amount: number): Act[] {
  const acts: Act[] = []
  let left = amount
  const exact = sales.findLast((sale) => netOf(sale) === amount)
  for (const sale of exact === undefined ? sales.toReversed() : [exact]) {
    const part = Math.min(left, netOf(sale))
    if (part > 0) acts.push(act('refund', sale, part))
    left -= part
  }
  return acts
}
function capturesOf(sales: readonly SaleFact[], amount: number): Act[] {
  const acts: Act[] = []
  let left = amount
  for (const sale of sales) {
    const part = Math.min(left, sale.held)
    if (part > 0) acts.push(act('capture', sale, part))
    left -= part
  }
  return acts
}

type Telling = Partial<Found> & Pick<Found, 'kind' | 'suggested'>
const tell = ({ order, target, paying, net, held }: Case, told: Telling): Found => ({
  line: order?.line ?? null,
  currency: order?.currency ?? null,
  expected: target,
  found: net + held,
  sales: paying.map(({ id }) => id),
  acts: [],
  ...told,
})
/** One sale by itself, which should not be there. */
const tellSale = (it: Case, sale: SaleFact, told: Telling): Found =>
  tell(it, {
    ...{ currency: sale.currency, expected: 0, found: worthOf(sale), sales: [sale.id] },
    ...told,
  })
const unmade = (sale: SaleFact): Pick<Found, 'suggested' | 'acts'> => ({
  suggested: netOf(sale) > 0 ? 'refund' : 'cancel',
  acts: undo(sale),
})

type Rule = {
  /** The difference that it names, or why there is none. */
  readonly kind: DifferenceKind | 'in_another_currency' | 'agreed'
  readonly holds: (it: Case) => boolean
  readonly tell: (it: Case) => readonly Found[]
}

const short = ({ order }: Case): Fix =>
  order?.kind === 'transfer' ? 'record_transfer' : 'record_cash'
/** By rule: too little came in. */
const less = (kind: DifferenceKind) => (it: Case) => {
  const isReturned = it.net < it.gross
  return [tell(it, { kind, suggested: isReturned ? 'correct_order' : short(it) })]
}
const more = (kind: DifferenceKind) => (it: Case) => {
  const acts = refundsOf(it.paying, Math.min(it.net + it.held - it.target, it.net))
  return [tell(it, { kind, suggested: acts.length > 0 ? 'refund' : 'correct_order', acts })]
}

/** About the money of an order, in this order: the first that holds. */
export const moneyRules: readonly Rule[] = [
  {
    kind: 'payment_without_order',
    holds: ({ order }) => order === undefined,
    tell: (it) =>
      it.paying.map((sale) => {
        const named = it.facts.reference !== null || sale.kind !== 'payment'
        const away = unmade(sale)
        const suggested = named ? 'correct_order' : away.suggested
        return tellSale(it, sale, { kind: 'payment_without_order', ...away, suggested })
      }),
  },
  {
    kind: 'order_without_payment',
    holds: ({ paying, foreign, target }) =>
      paying.length === 0 && foreign.length === 0 && target > 0,
    tell: (it) => [tell(it, { kind: 'order_without_payment', suggested: short(it) })],
  },
  {
    // Told of each of them, below.
    kind: 'in_another_currency',
    holds: ({ paying }) => paying.length === 0,
    tell: () => [],
  },
  {
    kind: 'split',
    holds: (it) => agrees(it) && it.paying.filter(({ captured }) => captured > 0).length > 1,
    tell: (it) => [tell(it, { kind: 'split', suggested: 'accept', found: it.net })],
  },
  { kind: 'agreed', holds: agrees, tell: () => [] },
  {
    kind: 'not_captured',
    holds: ({ held, net, target }) => held > 0 && net < target && net + held >= target,
    tell: (it) => {
      const acts = capturesOf(it.paying, it.target - it.net)
      return [tell(it, { kind: 'not_captured', suggested: 'capture', acts, found: it.net })]
    },
  },
  {
    kind: 'split_over',
    holds: ({ paying, net, held, target }) => paying.length > 1 && net + held > target,
    tell: more('split_over'),
  },
  {
    kind: 'split_under',
    holds: ({ paying }) => paying.length > 1,
    tell: less('split_under'),
  },
  {
    kind: 'overpaid',
    holds: ({ net, held, target }) => net + held > target,
    tell: more('overpaid'),
  },
  { kind: 'underpaid', holds: () => true, tell: less('underpaid') },
]

/** Told beside it, each by itself. */
export const otherRules: readonly ((it: Case) => readonly Found[])[] = [
  // A line that says the order once more.
  (it) =>
    it.facts.orders
      .filter((order) => order !== it.order)
      .map(({ line, amount, currency }) =>
        tell(it, {
          ...{ kind: 'duplicate_order', suggested: 'correct_order', line, currency },
          ...{ expected: 0, found: amount, sales: [] },
        }),
      ),
  (it) =>
    it.twice.map((sale) => tellSale(it, sale, { kind: 'duplicate_payment', ...unmade(sale) })),
  (it) => it.foreign.map((sale) => tellSale(it, sale, { kind: 'wrong_currency', ...unmade(sale) })),
  (it) => it.facts.sales.flatMap((sale) => settlementOf(it, sale)),
]

/** The platform's side of it: what was captured must be settled, in time, and nothing else. */
function settlementOf(it: Case, sale: SaleFact): Found[] {
  if (sale.kind !== 'payment') return []
  const { captured: expected, settled: found } = sale
  const told = { line: null, expected, found } as const
  if (found > expected) {
    const kind = 'settled_without_capture'
    return [tellSale(it, sale, { ...told, kind, suggested: 'tell_platform' })]
  }
  const isLate = sale.captured_ms !== null && sale.captured_ms < it.facts.dueMs
  if (found === expected || !isLate) return []
  const kind = 'captured_not_settled'
  return [tellSale(it, sale, { ...told, kind, suggested: 'await_settlement' })]
}

/** Everything that does not agree. */
export function judge(facts: Facts): Found[] {
  const it = caseOf(facts)
  const first = moneyRules.find(({ holds }) => holds(it))
  return [...(first?.tell(it) ?? []), ...otherRules.flatMap((rule) => rule(it))]
}

/** What may be done about a difference besides what is suggested. */
// biome-ignore format: a table reads by its columns
const alternatives: Readonly<Record<DifferenceKind, readonly Fix[]>> = {
  order_without_payment:   ['record_cash', 'record_transfer', 'correct_order'],
  payment_without_order:   ['correct_order', 'refund', 'cancel'],
  duplicate_order:         ['correct_order'],
  duplicate_payment:       ['refund', 'cancel', 'correct_order'],
  overpaid:                ['refund', 'correct_order'],
  underpaid:               ['record_cash', 'record_transfer', 'correct_order'],
  not_captured:            ['capture', 'correct_order'],
  wrong_currency:          ['refund', 'cancel', 'correct_order'],
  split:                   ['accept'],
  split_over:              ['refund', 'correct_order'],
  split_under:             ['record_cash', 'record_transfer', 'correct_order'],
  captured_not_settled:    ['await_settlement', 'tell_platform'],
  settled_without_capture: ['tell_platform', 'accept'],
}

/** The fixes that fit: what moves money only where there is an act for it. */
export function fixesOf(kind: DifferenceKind, acts: readonly Act[]): Fix[] {
  const done = new Set<Fix>(acts.map((one) => one.act))
  const needsAct = new Set<Fix>(['refund', 'cancel', 'capture'])
  return alternatives[kind].filter((fix) => !needsAct.has(fix) || done.has(fix))
}
