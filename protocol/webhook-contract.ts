/** Endpoints of the contract: a merchant's webhooks (Standard Webhooks 1.0). */

import { type Static, Type } from 'typebox'
import { page } from './asked.ts'
import { eventTypes } from './event-types.ts'
import { idOf } from './ids.ts'
import { listOf, metadata } from './objects.ts'
import { closed, instant, nullable, oneOf, plainText, webAddress } from './shapes.ts'

const byId = closed({ id: idOf('whe') })
const types = Type.Array(oneOf(eventTypes), {
  maxItems: eventTypes.length,
  description: 'Which events; none named: all',
})
const secret = Type.String({
  description: 'Verifies what arrives (Standard Webhooks)',
  pattern: '^whsec_[A-Za-z0-9+/]{43}=$',
})

export const webhookEndpoint = closed({
  id: idOf('whe'),
  object: Type.Literal('webhook_endpoint'),
  livemode: Type.Boolean(),
  created_at: instant,
  url: webAddress,
  description: Type.String({ maxLength: 80 }),
  types,
  status: oneOf(['enabled', 'disabled'] as const),
  /** `failing`: days without one success. `gone`: it answered 410. */
  disabled_because: nullable(oneOf(['by_merchant', 'failing', 'gone'] as const)),
  /** Since when nothing was taken there; null where the last delivery succeeded. */
  failing_since: nullable(instant),
  /** Until then the secret of before signs too. */
  old_secret_ends_at: nullable(instant),
  metadata,
})
export type WebhookEndpoint = Static<typeof webhookEndpoint>

const withSecret = closed({ ...webhookEndpoint.properties, secret })

export const deliveryStates = ['pending', 'delivered', 'failed'] as const
export const webhookDelivery = closed({
  object: Type.Literal('webhook_delivery'),
  endpoint: idOf('whe'),
  /** Also the webhook-id, the same for every attempt: what to know a repeat by. */
  event: idOf('evt'),
  type: oneOf(eventTypes),
  subject: Type.String(),
  sequence: Type.Integer({ minimum: 1 }),
  status: oneOf(deliveryStates),
  created_at: instant,
  next_attempt_at: nullable(instant),
  attempts: Type.Array(
    closed({
      number: Type.Integer({ minimum: 1 }),
      at: instant,
      took_ms: Type.Integer({ minimum: 0 }),
      status: nullable(Type.Integer()),
      error: nullable(Type.String({ maxLength: 40 })),
      /** The first characters of the answer. */
      response: Type.String({ maxLength: 512 }),
    }),
  ),
})

const counted = closed({ object: Type.Literal('webhook_count'), deliveries: Type.Integer() })

export const webhookEndpoints = {
  createWebhookEndpoint: {
    method: 'POST',
    path: '/v1/webhook_endpoints',
    tag: 'Webhooks',
    caller: 'merchant',
    status: 201,
    idempotencyKey: true,
    summary: 'Be told of events at a URL. Answers with the secret that verifies them.',
    body: closed({
      url: webAddress,
      types: Type.Optional(types),
      description: Type.Optional(plainText(80)),
      metadata: Type.Optional(metadata),
    }),
    answer: withSecret,
    refuses: ['idempotency_key_reused', 'webhook_url_refused'],
  },
  listWebhookEndpoints: {
    method: 'GET',
    path: '/v1/webhook_endpoints',
    tag: 'Webhooks',
    caller: 'merchant',
    status: 200,
    csv: true,
    summary: 'Your webhook endpoints, newest first.',
    query: closed(page),
    answer: listOf(webhookEndpoint),
    refuses: [],
  },
  getWebhookEndpoint: {
    method: 'GET',
    path: '/v1/webhook_endpoints/:id',
    tag: 'Webhooks',
    caller: 'merchant',
    status: 200,
    summary: 'One webhook endpoint.',
    params: byId,
    answer: webhookEndpoint,
    refuses: ['not_found'],
  },
  updateWebhookEndpoint: {
    method: 'POST',
    path: '/v1/webhook_endpoints/:id',
    tag: 'Webhooks',
    caller: 'merchant',
    status: 200,
    summary: 'Change a webhook endpoint: where, what of, on or off.',
    params: byId,
    body: closed({
      url: Type.Optional(webAddress),
      types: Type.Optional(types),
      description: Type.Optional(Type.String({ maxLength: 80 })),
      enabled: Type.Optional(Type.Boolean()),
      metadata: Type.Optional(metadata),
    }),
    answer: webhookEndpoint,
    refuses: ['not_found', 'webhook_url_refused'],
  },
  deleteWebhookEndpoint: {
    method: 'POST',
    path: '/v1/webhook_endpoints/:id/delete',
    tag: 'Webhooks',
    caller: 'merchant',
    status: 200,
    summary: 'Be told nothing more there.',
    params: byId,
    body: closed({}),
    answer: closed({
      id: idOf('whe'),
      object: Type.Literal('webhook_endpoint'),
      deleted: Type.Literal(true),
    }),
    refuses: ['not_found'],
  },
  getWebhookSecret: {
    method: 'GET',
    path: '/v1/webhook_endpoints/:id/secret',
    tag: 'Webhooks',
    caller: 'merchant',
    status: 200,
    summary: 'The secret that verifies this endpoint’s deliveries.',
    params: byId,
    answer: closed({ object: Type.Literal('webhook_secret'), secret }),
    refuses: ['not_found'],
  },
  rotateWebhookSecret: {
    method: 'POST',
    path: '/v1/webhook_endpoints/:id/rotate_secret',
    tag: 'Webhooks',
    caller: 'merchant',
    status: 200,
    idempotencyKey: true,
    summary: 'A new secret. The old one signs beside it until the overlap ends: a day, or as told.',
    params: byId,
    body: closed({
      overlap_s: Type.Optional(Type.Integer({ minimum: 0, maximum: 604_800, default: 86_400 })),
    }),
    answer: withSecret,
    refuses: ['idempotency_key_reused', 'not_found'],
  },
  sendWebhookExample: {
    method: 'POST',
    path: '/v1/webhook_endpoints/:id/send_example',
    tag: 'Webhooks',
    caller: 'merchant',
    status: 200,
    summary: 'Send an event of this type to this endpoint alone; its data says that it is one.',
    params: byId,
    body: closed({ type: oneOf(eventTypes) }),
    answer: closed({ object: Type.Literal('webhook_example'), event: idOf('evt') }),
    refuses: ['not_found'],
  },
  recoverWebhooks: {
    method: 'POST',
    path: '/v1/webhook_endpoints/:id/recover',
    tag: 'Webhooks',
    caller: 'merchant',
    status: 200,
    summary: 'Try again at once what has failed, or waits for its next attempt, since then.',
    params: byId,
    body: closed({ since: instant }),
    answer: counted,
    refuses: ['not_found'],
  },
  replayMissingWebhooks: {
    method: 'POST',
    path: '/v1/webhook_endpoints/:id/replay_missing',
    tag: 'Webhooks',
    caller: 'merchant',
    status: 200,
    summary:
      'Deliver what this endpoint never heard of: events from before it, or while it was off.',
    params: byId,
    body: closed({ from: instant, to: instant }),
    answer: counted,
    refuses: ['not_found'],
  },
  listWebhookDeliveries: {
    method: 'GET',
    path: '/v1/webhook_endpoints/:id/deliveries',
    tag: 'Webhooks',
    caller: 'merchant',
    status: 200,
    csv: true,
    summary: 'What was and will be delivered there, newest event first, with every attempt.',
    params: byId,
    query: closed({ ...page, status: Type.Optional(oneOf(deliveryStates)) }),
    answer: listOf(webhookDelivery),
    refuses: ['not_found'],
  },
  resendEvent: {
    method: 'POST',
    path: '/v1/events/:id/resend',
    tag: 'Webhooks',
    caller: 'merchant',
    status: 200,
    summary: 'Deliver one event to one endpoint again, whatever became of it.',
    params: closed({ id: idOf('evt') }),
    body: closed({ endpoint: idOf('whe') }),
    answer: closed({
      object: Type.Literal('webhook_resend'),
      event: idOf('evt'),
      endpoint: idOf('whe'),
    }),
    refuses: ['not_found'],
  },
} as const
