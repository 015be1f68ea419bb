/** What merchants are paid: settlements by day with their items, payouts, balances, terms. */
import { Type } from 'typebox'
import { idOf } from './ids.ts'
import { currency, minorUnits, minorUnitsOrZero } from './money.ts'
import { payoutMoves, settlementMoves } from './moves.ts'
import { closed, instant, nullable, oneOf, plainText, statesOf } from './shapes.ts'
import { day, signedUnits } from './statement-objects.ts'

export const settlement = closed({
  id: idOf('stl'),
  object: Type.Literal('settlement'),
  livemode: Type.Boolean(),
  created_at: instant,
  merchant: idOf('mer'),
  currency,
  /** A day of the merchant's calendar, and the time zone in which it is one. */
  day,
  zone: Type.String(),
  status: statesOf(settlementMoves),
  /** An operator holds its run. */
  stopped: Type.Boolean(),
  /** Movements that are in it, of those that were there when it was opened. */
  progress: closed({ done: Type.Integer(), total: Type.Integer() }),
  gross: minorUnitsOrZero,
  refunds: minorUnitsOrZero,
  fees: minorUnitsOrZero,
  adjustments: signedUnits,
  /** What the days before left: below zero it is owed by the merchant. */
  carried: signedUnits,
  /** gross - refunds - fees + adjustments + carried. */
  net: signedUnits,
  payout: nullable(idOf('pyo')),
  closed_at: nullable(instant),
})

export const entries = ['capture', 'refund', 'fee', 'adjustment'] as const
export const settlementItem = closed({
  object: Type.Literal('settlement_item'),
  settlement: idOf('stl'),
  entry: oneOf(entries),
  /** The capture, refund or adjustment; a fee has that of its capture. */
  reference: Type.String(),
  payment: nullable(idOf('pay')),
  /** What it adds to what the merchant is owed. */
  amount: signedUnits,
  at: instant,
})

export const payout = closed({
  id: idOf('pyo'),
  object: Type.Literal('payout'),
  livemode: Type.Boolean(),
  created_at: instant,
  merchant: idOf('mer'),
  currency,
  amount: minorUnits,
  settlement: idOf('stl'),
  status: statesOf(payoutMoves),
  bank_reference: nullable(Type.String()),
  failed_because: nullable(Type.String()),
  decided_at: nullable(instant),
})

/** What a merchant is owed and is not in a payout; below zero: what it owes. */
export const balance = closed({
  object: Type.Literal('balance'),
  merchant: idOf('mer'),
  currency,
  amount: signedUnits,
  zone: Type.String(),
  /** When the day ends that will be settled next. */
  settles_at: nullable(instant),
})

/** Rounded half up to a minor unit, capture by capture; a refund gives no fee back. */
export const feeTerms = closed({
  object: Type.Literal('fee_terms'),
  /** Null: every one. The narrowest terms in force at the capture count. */
  merchant: nullable(idOf('mer')),
  program: nullable(idOf('prg')),
  currency,
  basis_points: Type.Integer({ minimum: 0, maximum: 10_000 }),
  fixed: minorUnitsOrZero,
  from: instant,
})

export const adjustment = closed({
  id: idOf('adj'),
  object: Type.Literal('adjustment'),
  created_at: instant,
  merchant: nullable(idOf('mer')),
  card: nullable(idOf('crd')),
  /** Above zero it is given, below it is taken. */
  amount: signedUnits,
  currency,
  reason: plainText(200),
  reference: plainText(64),
  reverses: nullable(idOf('adj')),
  asked_by: idOf('opr'),
  by: idOf('opr'),
})

/** A month of a card's account, by UTC. What is owed stands above zero. */
export const ledgerCheck = closed({
  object: Type.Literal('ledger_check'),
  checked_at: instant,
  lanes: Type.Integer(),
  faults: Type.Array(
    closed({
      lane: Type.Integer(),
      law: Type.String(),
      about: Type.String(),
      expected: Type.Integer(),
      found: Type.Integer(),
    }),
  ),
})

export const ledgerAlert = closed({
  id: Type.String(),
  object: Type.Literal('ledger_alert'),
  lane: Type.Integer(),
  kind: Type.Literal('clearing_left'),
  account: Type.String(),
  currency,
  amount: Type.Integer(),
  at: instant,
})
