/** A sale by reader, as the terminal sees it that carries messages between reader and host. */
import { Type } from 'typebox'
import { errors } from './errors.ts'
import { idOf } from './ids.ts'
import { currency, minorUnits } from './money.ts'
import { paymentMoves } from './moves.ts'
import { nextAction } from './next-action.ts'
import { offerText } from './reader.ts'
import { closed, nullable, oneOf, statesOf } from './shapes.ts'

export const readerSale = closed({
  object: Type.Literal('reader_sale'),
  payment: idOf('pay'),
  status: statesOf(paymentMoves),
  declined_because: nullable(oneOf(Object.keys(errors))),
  next_action: nullable(nextAction),
  amount: minorUnits,
  currency,
  reader: idOf('rdr'),
  /** Signed by the host; the reader alone judges it. */
  offer: offerText,
})
