/** A month of a card's account: a file of its own, since the wallet loads no more of the money. */
import { Type } from 'typebox'
import { idOf } from './ids.ts'
import { currency, minorUnitsOrZero } from './money.ts'
import { closed, instant, nullable } from './shapes.ts'

/** Minor units that may lie below zero. */
export const signedUnits = Type.Integer({ minimum: -999_999_999_999, maximum: 999_999_999_999 })
export const day = Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' })
export const month = Type.String({ pattern: '^[0-9]{4}-(0[1-9]|1[0-2])$' })

export const statement = closed({
  object: Type.Literal('statement'),
  card: idOf('crd'),
  month,
  currency,
  opening: signedUnits,
  /** Captures; refunds and adjustments in the cardholder's favour count against them. */
  spent: minorUnitsOrZero,
  given_back: minorUnitsOrZero,
  repaid: minorUnitsOrZero,
  adjustments: signedUnits,
  closing: signedUnits,
  /** Of a credit account, when what is owed is to be repaid; null while the month runs. */
  due: nullable(day),
  /** The entries lie in an archive; opening, closing and sums are whole. */
  archived: Type.Boolean(),
  entries: Type.Array(
    closed({
      at: instant,
      entry: Type.String(),
      reference: Type.String(),
      payment: nullable(idOf('pay')),
      payee: nullable(Type.String()),
      /** Above zero it was spent or taken, below it was given back or repaid. */
      amount: signedUnits,
    }),
  ),
})
