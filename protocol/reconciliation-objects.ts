/**
 * Reconciliation (S4): a merchant's order system against its payments and their settlement. What
 * does not agree is a difference, and each has a fix that can be carried out, or is dismissed.
 */
import { type Static, Type } from 'typebox'
import { idOf } from './ids.ts'
import { currency, minorUnits, minorUnitsOrZero } from './money.ts'
import { metadata } from './objects.ts'
import { saleId, saleKinds } from './sales-objects.ts'
import { closed, digest, instant, nullable, oneOf, plainText } from './shapes.ts'

export const differenceKinds = [
  'order_without_payment',
  'payment_without_order',
  'duplicate_order', // one order number on several lines
  'duplicate_payment', // one order paid twice in full
  'overpaid',
  'underpaid',
  'not_captured', // approved, and the money not taken
  'wrong_currency',
  'split', // several payments that add up to the order
  'split_over',
  'split_under',
  'captured_not_settled', // later than agreed
  'settled_without_capture',
] as const
export type DifferenceKind = (typeof differenceKinds)[number]

/** What can be done about one: by the platform, or by the merchant, who says so. */
export const fixes = [
  'refund',
  'cancel', // lets a hold go
  'capture', // takes the rest
  'record_cash', // it was paid in cash
  'record_transfer',
  'await_settlement', // looked at again by the next comparison
  'correct_order', // the order system was wrong, and was put right
  'accept', // it is right as it is
  'tell_platform', // its operators see it
] as const
export type Fix = (typeof fixes)[number]

export const differenceStates = [
  'open',
  'waiting', // for settlement
  'fixing', // a fix was begun and its end is not known: asked again, it goes on
  'fixed',
  'dismissed',
  'gone', // a later comparison did not find it any more
] as const
export type DifferenceState = (typeof differenceStates)[number]

export const reconciliationStates = ['receiving', 'comparing', 'completed'] as const

/** In what a file writes its amounts: whole minor units, or with a decimal point. */
export const amountForms = ['minor_units', 'decimal'] as const
export type AmountForm = (typeof amountForms)[number]

/** One order, as rows sent over the API and as columns of a file. */
export const orderRow = closed({
  merchant_reference: plainText(64),
  amount: minorUnits,
  currency,
  /** How the order system believes it was paid. */
  kind: Type.Optional(oneOf(saleKinds)),
  /** What of it was given back; left out, refunds are not compared. */
  refunded: Type.Optional(minorUnitsOrZero),
})
export type OrderRow = Static<typeof orderRow>

/** How many days. */
export const days = Type.Integer({ minimum: 0, maximum: 60 })
const count = Type.Integer({ minimum: 0 })

export const reconciliation = closed({
  id: idOf('rcn'),
  object: Type.Literal('reconciliation'),
  livemode: Type.Boolean(),
  created_at: instant,
  name: nullable(Type.String({ maxLength: 200 })),
  /** SHA-256 of the merchant's file: the same file is the same reconciliation. */
  file_digest: nullable(digest),
  from: instant,
  to: instant,
  settled_within_days: days,
  /** How far before and after that time an order's payments may lie. */
  reach_days: days,
  amounts_in: oneOf(amountForms),
  status: oneOf(reconciliationStates),
  /** Lines received so far. */
  orders: count,
  progress: closed({ done: count, total: count }),
  /** Orders that agree with what was paid, and sales that need no order. */
  agreed: count,
  differences: closed({ open: count, closed: count }),
  compared_at: nullable(instant),
  metadata,
})
export type Reconciliation = Static<typeof reconciliation>

export const difference = closed({
  id: idOf('dif'),
  object: Type.Literal('difference'),
  livemode: Type.Boolean(),
  created_at: instant,
  reconciliation: idOf('rcn'),
  kind: oneOf(differenceKinds),
  status: oneOf(differenceStates),
  merchant_reference: nullable(Type.String({ maxLength: 64 })),
  /** Where the order stands in the merchant's file. */
  line: nullable(Type.Integer({ minimum: 1 })),
  currency: nullable(currency),
  /** What should be there, and what is. */
  expected: Type.Integer(),
  found: Type.Integer(),
  /** The payments and other sales that it is about. */
  sales: Type.Array(saleId),
  /** What we would do, and how much money moves by it. */
  suggestion: closed({ fix: oneOf(fixes), amount: minorUnitsOrZero }),
  /** What else may be done. */
  fixes: Type.Array(oneOf(fixes)),
  fix: nullable(oneOf(fixes)),
  dismissed_because: nullable(Type.String({ maxLength: 200 })),
  closed_at: nullable(instant),
})
export type Difference = Static<typeof difference>
