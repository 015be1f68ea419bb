/** What a page is told of an order, and of a day. Keys, numbers and tokens stay here. */
import { orderLine } from '@warifu/protocol/sealed'
import { Type } from 'typebox'
import type { Act, Book, Purchase } from './book.ts'
import { rowOf } from './book-schema.ts'
import type { Day, Entered, Order, Refunded } from './browser/wire.ts'
import { dayOf, type Span } from './calendar.ts'

const lines = Type.Array(orderLine)
const instantOf = (ms: number): string => new Date(ms).toISOString()

export const linesOf = (row: Pick<Purchase, 'lines'>) => rowOf(lines, JSON.parse(row.lines))

type Beside = {
  /** There is a token of this customer's card. */
  readonly isKept?: boolean
  /** What the shop's entry device is at. */
  readonly entered?: Entered | null
  readonly refunds?: readonly Act[]
}

export const orderOf = (row: Purchase, beside: Beside = {}): Order => ({
  number: row.number,
  place: row.place,
  lines: linesOf(row),
  amount: row.amount,
  currency: row.currency,
  created_at: instantOf(row.created_ms),
  day: dayOf(row.created_ms),
  status: row.status,
  asked: row.asked,
  match_number: row.match_number,
  isKept: beside.isKept ?? false,
  doubt: row.doubt === 1 || beside.entered?.state === 'finding_out',
  entered: beside.entered ?? null,
  refusal: row.refusal,
  payment: row.payment,
  sale: row.sale,
  link: row.link,
  deadline_at: row.deadline_at,
  captured: row.captured,
  refunded: row.refunded,
  refunds: (beside.refunds ?? []).map(refundOf),
  received: row.received,
  transfer_reference: row.transfer_reference,
  arrived_at: row.arrived_ms === null ? null : instantOf(row.arrived_ms),
  last4: row.last4,
  declined_because: row.declined_because,
})

const refundOf = ({ amount, reason, asked_ms, answered_ms, answer }: Act): Refunded => ({
  amount,
  reason,
  at: instantOf(answered_ms ?? asked_ms),
  isDone: answer === 'done',
})

/** A day's sums, over everything that was sold. */
export function dayTold(
  book: Book,
  { day, currency, span }: Pick<Day, 'day' | 'currency'> & { readonly span: Span },
): Day {
  const kinds = book.tallies(span)
  const sum = (of: 'sold' | 'refunded') => ({
    count: kinds.reduce((all, kind) => all + kind[of].count, 0),
    amount: kinds.reduce((all, kind) => all + kind[of].amount, 0),
  })
  const expected = book.expected()
  return { day, currency, sold: sum('sold'), refunded: sum('refunded'), kinds, expected }
}
