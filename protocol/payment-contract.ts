/** Endpoints of the contract: payments, the merchant’s side. */
import { Type } from 'typebox'
import { extents } from './approval-content.ts'
import { byId, nothing, page } from './asked.ts'
import { idOf } from './ids.ts'
import { presentmentAsked } from './merchant-objects.ts'
import { currency, minorUnits } from './money.ts'
import * as o from './objects.ts'
import { orderLine } from './sealed.ts'
import { closed, oneOf, plainText, webAddress } from './shapes.ts'

export const paymentEndpoints = {
  createPayment: {
    method: 'POST',
    path: '/v1/payments',
    tag: 'Payments',
    caller: 'merchant',
    status: 201,
    idempotencyKey: true,
    movesMoney: true,
    summary:
      'Ask for a payment. Answers with a link for the cardholder’s wallet; a card from an entry ' +
      'device or a token is decided at once.',
    body: closed({
      amount: minorUnits,
      currency,
      store: Type.Optional(idOf('str')),
      merchant_reference: Type.Optional(plainText(64)),
      lines: Type.Optional(Type.Array(orderLine, { maxItems: 100 })),
      capture_method: Type.Optional(
        Type.Union([Type.Literal('automatic'), Type.Literal('manual')]),
      ),
      expires_in: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 3600, description: 'Seconds until the deadline' }),
      ),
      return_url: Type.Optional(webAddress),
      presentment: Type.Optional(presentmentAsked),
      /** `up_to`: the amount is a ceiling; say by capture what it came to. */
      extent: Type.Optional(oneOf(extents)),
      metadata: Type.Optional(o.metadata),
    }),
    answer: o.payment,
    refuses: [
      'device_not_active',
      'device_unknown',
      'entry_invalid',
      'entry_mismatch',
      'idempotency_key_reused',
      'ksn_replayed',
      'network_unavailable',
      'not_found',
      'token_unknown',
      'too_many_requests',
      'vault_unavailable',
    ],
  },
  getPayment: {
    method: 'GET',
    path: '/v1/payments/:id',
    tag: 'Payments',
    caller: 'merchant',
    status: 200,
    summary: 'A payment.',
    params: byId('pay'),
    answer: o.payment,
    refuses: ['not_found'],
  },
  listPayments: {
    method: 'GET',
    path: '/v1/payments',
    tag: 'Payments',
    caller: 'merchant',
    status: 200,
    summary: 'Your payments, newest first; or those that you look for.',
    csv: true,
    query: closed({ ...page, ...o.paymentFilters }),
    answer: o.listOf(o.payment),
    refuses: [],
  },
  getTimeline: {
    method: 'GET',
    path: '/v1/payments/:id/timeline',
    tag: 'Payments',
    caller: 'merchant',
    status: 200,
    summary: 'Every request of a payment with its hops.',
    params: byId('pay'),
    answer: o.listOf(o.timelineEntry),
    refuses: ['not_found'],
  },
  capturePayment: {
    method: 'POST',
    path: '/v1/payments/:id/capture',
    tag: 'Payments',
    caller: 'merchant',
    status: 200,
    idempotencyKey: true,
    movesMoney: true,
    summary:
      'Take what was authorised, or a part of it. The rest is let go, unless `final` is false: ' +
      'then more captures may follow. Above what is held: as far as the cardholder approved, or, ' +
      'where nobody was asked, as far as the card’s program allows.',
    params: byId('pay'),
    body: closed({
      amount: Type.Optional(minorUnits),
      final: Type.Optional(Type.Boolean({ default: true })),
    }),
    answer: o.payment,
    refuses: [
      'not_found',
      'payment_state',
      'amount_above_authorized',
      'insufficient_funds',
      'card_not_active',
      'idempotency_key_reused',
    ],
  },
  cancelPayment: {
    method: 'POST',
    path: '/v1/payments/:id/cancel',
    tag: 'Payments',
    caller: 'merchant',
    status: 200,
    idempotencyKey: true,
    movesMoney: true,
    summary: 'End a payment before capture, or let go of the rest after some: a hold is released.',
    params: byId('pay'),
    body: nothing,
    answer: o.payment,
    refuses: ['not_found', 'payment_state', 'idempotency_key_reused'],
  },
  incrementPayment: {
    method: 'POST',
    path: '/v1/payments/:id/increments',
    tag: 'Payments',
    caller: 'merchant',
    status: 201,
    idempotencyKey: true,
    movesMoney: true,
    summary:
      'Hold more for an authorised payment: the cardholder is asked to approve what is added. ' +
      'One at a time.',
    params: byId('pay'),
    body: closed({
      amount: minorUnits,
      expires_in: Type.Optional(Type.Integer({ minimum: 30, maximum: 3600, default: 300 })),
    }),
    answer: o.increment,
    refuses: ['not_found', 'payment_state', 'idempotency_key_reused'],
  },
  listIncrements: {
    method: 'GET',
    path: '/v1/payments/:id/increments',
    tag: 'Payments',
    caller: 'merchant',
    status: 200,
    summary: 'Increments of a payment, newest first.',
    params: byId('pay'),
    query: closed(page),
    answer: o.listOf(o.increment),
    refuses: ['not_found'],
  },
  refundPayment: {
    method: 'POST',
    path: '/v1/payments/:id/refunds',
    tag: 'Payments',
    caller: 'merchant',
    status: 201,
    idempotencyKey: true,
    movesMoney: true,
    summary: 'Give back what was captured, or a part of it.',
    params: byId('pay'),
    body: closed({ amount: Type.Optional(minorUnits) }),
    answer: o.refund,
    refuses: ['not_found', 'payment_state', 'amount_above_captured', 'idempotency_key_reused'],
  },
} as const
