/**
 * API keys: what they may do, and the endpoints by which a merchant keeps them. A key's text tells
 * leak scanners what it is: `wk_` may do everything, `wr_` only what its scopes name; both match
 * `w[kr]_(test|live)_[A-Za-z0-9_-]{43}`.
 */

import { type Static, Type } from 'typebox'
import { page } from './asked.ts'
import { errors } from './errors.ts'
import { idOf } from './ids.ts'
import { listOf } from './objects.ts'
import { closed, instant, nullable, oneOf, plainText } from './shapes.ts'

/** What a restricted key may do. An endpoint of merchants belongs to one of them, by its tag. */
export const scopes = [
  'payments:read',
  'payments:write',
  'refunds:write',
  'sales:read',
  'sales:write',
  'settlements:read',
  'reconciliations:read',
  'reconciliations:write',
  'tokens:read',
  'tokens:write',
  'entry_devices:read',
  'entry_devices:write',
  'events:read',
  'webhooks:read',
  'webhooks:write',
  'api_keys:read',
  'api_keys:write',
] as const
export type Scope = (typeof scopes)[number]

/** The tags of merchants' endpoints, and what their scopes are called. */
const resources: Readonly<Record<string, string>> = {
  Payments: 'payments',
  Sales: 'sales',
  Settlements: 'settlements',
  Reconciliation: 'reconciliations',
  Tokens: 'tokens',
  'Entry devices': 'entry_devices',
  Events: 'events',
  Webhooks: 'webhooks',
  'API keys': 'api_keys',
}

type Named = { readonly method: 'GET' | 'POST'; readonly path: string; readonly tag: string }

/** The scope that an endpoint needs; undefined: no restricted key may call it. */
export function scopeOf({ method, path, tag }: Named): Scope | undefined {
  if (method === 'POST' && path.endsWith('/refunds')) return 'refunds:write'
  const wanted = `${resources[tag]}:${method === 'GET' ? 'read' : 'write'}`
  return scopes.find((scope) => scope === wanted)
}

export const apiKey = closed({
  id: idOf('key'),
  object: Type.Literal('api_key'),
  livemode: Type.Boolean(),
  created_at: instant,
  name: Type.String({ maxLength: 80 }),
  prefix: Type.String(),
  last4: Type.String(),
  /** Null: everything. */
  scopes: nullable(Type.Array(oneOf(scopes))),
  requests_per_second: nullable(Type.Integer({ minimum: 1 })),
  expires_at: nullable(instant),
  revoked_at: nullable(instant),
})
export type ApiKey = Static<typeof apiKey>

const shownOnce = closed({
  ...apiKey.properties,
  secret: nullable(
    Type.String({
      description: 'Shown once: null where the same request is answered again',
      pattern: '^w[kr]_test_[A-Za-z0-9_-]{43}$',
    }),
  ),
})

export const loggedRequest = closed({
  id: idOf('req'),
  object: Type.Literal('request'),
  at: instant,
  api_key: idOf('key'),
  method: oneOf(['GET', 'POST'] as const),
  path: Type.String(),
  status: Type.Integer(),
  took_ms: Type.Integer({ minimum: 0 }),
  error: nullable(oneOf(Object.keys(errors))),
  idempotency_key: nullable(Type.String()),
  /** As JSON text, secrets masked, cut at 4,000 characters; empty where there was none. */
  request_body: Type.String(),
  response_body: Type.String(),
})

const byKey = closed({ id: idOf('key') })
const newKey = {
  name: plainText(80),
  scopes: Type.Optional(Type.Array(oneOf(scopes), { minItems: 1, uniqueItems: true })),
  expires_in_s: Type.Optional(Type.Integer({ minimum: 60, maximum: 315_360_000 })),
  requests_per_second: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
}

export const apiKeyEndpoints = {
  createApiKey: {
    method: 'POST',
    path: '/v1/api_keys',
    tag: 'API keys',
    caller: 'merchant',
    status: 201,
    idempotencyKey: true,
    summary:
      'A new key: for everything, or restricted to scopes that your own key has. Shown once.',
    body: closed(newKey),
    answer: shownOnce,
    refuses: ['idempotency_key_reused', 'scope_missing'],
  },
  listApiKeys: {
    method: 'GET',
    path: '/v1/api_keys',
    tag: 'API keys',
    caller: 'merchant',
    status: 200,
    csv: true,
    summary: 'Your keys, newest first; of each what may be shown.',
    query: closed(page),
    answer: listOf(apiKey),
    refuses: [],
  },
  rollApiKey: {
    method: 'POST',
    path: '/v1/api_keys/:id/roll',
    tag: 'API keys',
    caller: 'merchant',
    status: 201,
    idempotencyKey: true,
    summary: 'A key in the place of another, which ends after the overlap (an hour, or as told).',
    params: byKey,
    body: closed({
      overlap_s: Type.Optional(Type.Integer({ minimum: 0, maximum: 604_800, default: 3600 })),
    }),
    answer: shownOnce,
    refuses: ['idempotency_key_reused', 'not_found', 'scope_missing'],
  },
  revokeApiKey: {
    method: 'POST',
    path: '/v1/api_keys/:id/revoke',
    tag: 'API keys',
    caller: 'merchant',
    status: 200,
    summary: 'End a key now. Processes that have just used it may take up to a second.',
    params: byKey,
    body: closed({}),
    answer: apiKey,
    refuses: ['not_found'],
  },
  listRequests: {
    method: 'GET',
    path: '/v1/requests',
    tag: 'Events',
    caller: 'merchant',
    status: 200,
    csv: true,
    summary: 'What was asked with your keys, newest first.',
    query: closed(page),
    answer: listOf(loggedRequest),
    refuses: [],
  },
  getRequest: {
    method: 'GET',
    path: '/v1/requests/:id',
    tag: 'Events',
    caller: 'merchant',
    status: 200,
    summary: 'One request, by the Request-Id that every answer carries.',
    params: closed({ id: idOf('req') }),
    answer: loggedRequest,
    refuses: ['not_found'],
  },
} as const
