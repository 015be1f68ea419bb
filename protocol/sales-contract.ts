/** Endpoints of the contract: unified sales, one list and totals over every kind (S4). */
import { Type } from 'typebox'
import { idOf } from './ids.ts'
import { currency, minorUnits } from './money.ts'
import { listOf, metadata } from './objects.ts'
import * as s from './sales-objects.ts'
import { orderLine } from './sealed.ts'
import { closed, oneOf, plainText } from './shapes.ts'

const time = 'T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,3})?(Z|[+-][0-9]{2}:[0-9]{2})'
/** RFC 3339, or a date: its first instant, UTC. */
export const moment = Type.String({
  pattern: `^[0-9]{4}-[0-9]{2}-[0-9]{2}(${time})?$`,
  description: 'RFC 3339, or a date: its first instant, UTC',
})
/** `from` is in it, `to` is not. */
const span = { from: Type.Optional(moment), to: Type.Optional(moment) }

export const salesEndpoints = {
  createSale: {
    method: 'POST',
    path: '/v1/sales',
    tag: 'Sales',
    caller: 'merchant',
    status: 201,
    idempotencyKey: true,
    summary: 'Write down a sale for cash or by bank transfer, with the order it was for.',
    body: closed({
      kind: oneOf(['cash', 'transfer'] as const),
      amount: minorUnits,
      currency,
      store: Type.Optional(idOf('str')),
      merchant_reference: Type.Optional(plainText(64)),
      lines: Type.Optional(Type.Array(orderLine, { maxItems: 100 })),
      /** When the money was received; now where it is not told. */
      received_at: Type.Optional(moment),
      transfer_reference: Type.Optional(plainText(64)),
      metadata: Type.Optional(metadata),
    }),
    answer: s.sale,
    refuses: ['idempotency_key_reused', 'not_found'],
  },
  refundSale: {
    method: 'POST',
    path: '/v1/sales/:id/refunds',
    tag: 'Sales',
    caller: 'merchant',
    status: 201,
    idempotencyKey: true,
    summary: 'Write down that cash or a transfer was given back. Payments have their own refunds.',
    params: closed({ id: idOf('sal') }),
    body: closed({ amount: Type.Optional(minorUnits) }),
    answer: s.saleRefund,
    refuses: ['amount_above_captured', 'idempotency_key_reused', 'not_found'],
  },
  listSales: {
    method: 'GET',
    path: '/v1/sales',
    tag: 'Sales',
    caller: 'merchant',
    status: 200,
    summary: 'Everything that was sold, by card or otherwise, newest first.',
    csv: true,
    query: closed({
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 25 })),
      starting_after: Type.Optional(Type.String({ maxLength: 40 })),
      kind: Type.Optional(oneOf(s.saleKinds)),
      merchant_reference: Type.Optional(plainText(64)),
      ...span,
    }),
    answer: listOf(s.sale),
    refuses: [],
  },
  totalSales: {
    method: 'GET',
    path: '/v1/sales/totals',
    tag: 'Sales',
    caller: 'merchant',
    status: 200,
    summary: 'What the sales of a time come to, by currency and kind, as they stand now.',
    csv: true,
    query: closed(span),
    answer: listOf(s.saleTotal),
    refuses: [],
  },
  getSale: {
    method: 'GET',
    path: '/v1/sales/:id',
    tag: 'Sales',
    caller: 'merchant',
    status: 200,
    summary: 'One sale: a payment, or what was written down.',
    params: closed({ id: s.saleId }),
    answer: s.sale,
    refuses: ['not_found'],
  },
} as const
