/**
 * Unified sales (S4): one row for everything that was sold, whoever took the money. A payment is
 * read where it lies; cash and transfers are what the merchant writes down beside it.
 */
import { type Static, Type } from 'typebox'
import { type Id, idOf, isId } from './ids.ts'
import { currency, minorUnits, minorUnitsOrZero } from './money.ts'
import { paymentMoves } from './moves.ts'
import { metadata, order, presentments } from './objects.ts'
import { closed, instant, nullable, oneOf, statesOf } from './shapes.ts'

/** How the money came. */
export const saleKinds = ['payment', 'cash', 'transfer'] as const
export type SaleKind = (typeof saleKinds)[number]

/** A payment's id, or that of a sale which was written down. */
export const saleId = Type.Unsafe<Id<'pay'> | Id<'sal'>>({
  type: 'string',
  pattern: '^(pay|sal)_[0-9A-HJKMNP-TV-Z]{26}$',
})
export const isWrittenDown = (id: Id<'pay'> | Id<'sal'>): id is Id<'sal'> => isId('sal', id)

export const sale = closed({
  id: saleId,
  object: Type.Literal('sale'),
  livemode: Type.Boolean(),
  /** When it was sold: the payment was asked for, the cash or the transfer received. */
  sold_at: instant,
  kind: oneOf(saleKinds),
  /** In which way a card came into it; null for cash and transfers. */
  presentment: nullable(oneOf(presentments)),
  /** A payment's status. Cash and transfers are `captured`: the merchant has the money. */
  status: statesOf(paymentMoves),
  merchant_reference: nullable(Type.String({ maxLength: 64 })),
  amount: minorUnits,
  currency,
  amount_captured: minorUnitsOrZero,
  amount_refunded: minorUnitsOrZero,
  store: idOf('str'),
  token: nullable(idOf('tok')),
  entry_device: nullable(idOf('edv')),
  /** What the bank's statement calls a transfer. */
  transfer_reference: nullable(Type.String({ maxLength: 64 })),
  order,
  metadata,
})
export type Sale = Static<typeof sale>

export const saleRefund = closed({
  id: idOf('ref'),
  object: Type.Literal('refund'),
  created_at: instant,
  sale: idOf('sal'),
  amount: minorUnits,
  currency,
})

/** Of the sales in a time, as they stand now. */
export const saleTotal = closed({
  object: Type.Literal('sale_total'),
  kind: oneOf(saleKinds),
  currency,
  /** Sales by which money came. */
  count: Type.Integer({ minimum: 0 }),
  amount: Type.Integer({ minimum: 0 }),
  refunded: Type.Integer({ minimum: 0 }),
  /** `amount` less `refunded`. */
  net: Type.Integer(),
})
