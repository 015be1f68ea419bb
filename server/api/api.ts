/**
 * The API: the contract's endpoints over HTTP. Every request passes the same four steps, in this
 * order: shape, caller, work, answer. Only this room knows HTTP.
 */

import { Readable } from 'node:stream'
import fastifyCors from '@fastify/cors'
import {
  type Body,
  contract,
  type Endpoint,
  type EndpointName,
  type Params,
  type Query,
} from '@warifu/protocol/contract'
import type { Answer, Refusal } from '@warifu/protocol/errors'
import { type Id, isId, type Mint } from '@warifu/protocol/ids'
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
} from 'fastify'
import type { RequestLog } from '#merchants'
import { VaultUnavailable } from '#vault-client'
import { createDoors, type DoorNeeds, type Incoming } from './authentication.ts'
import { errorBody, type Failure } from './error-body.ts'
import type { Call, Callers, Handlers } from './handler.ts'
import { statusOf } from './status.ts'
import { type Read, readerOf } from './validation.ts'

export type { Handlers } from './handler.ts'
export { apiKeyHandlers } from './handlers-api-keys.ts'
export { applyingHandlers } from './handlers-applying.ts'
export { approvalHandlers } from './handlers-approvals.ts'
export { arrivalHandlers } from './handlers-arrivals.ts'
export { cardHandlers } from './handlers-cards.ts'
export { carriedHandlers } from './handlers-carried.ts'
export { deviceHandlers } from './handlers-devices.ts'
export { eventHandlers, eventObject } from './handlers-events.ts'
export { cardLifeHandlers, issuerHandlers } from './handlers-issuing.ts'
export { joiningHandlers } from './handlers-joining.ts'
export { operatorHandlers } from './handlers-operators.ts'
export { payingHandlers } from './handlers-paying.ts'
export { paymentHandlers, timelineEntry } from './handlers-payments.ts'
export { plasticHandlers } from './handlers-plastic.ts'
export { readerHandlers } from './handlers-reader.ts'
export { sandboxHandlers } from './handlers-sandbox.ts'
export { simHandlers } from './handlers-sims.ts'
export { terminalHandlers } from './handlers-terminals.ts'
export { tokenHandlers } from './handlers-tokens.ts'
export { webhookHandlers } from './handlers-webhooks.ts'
export { openapi, refusalsOf } from './openapi.ts'
export { statusOf } from './status.ts'

export type ApiNeeds = DoorNeeds & {
  readonly handlers: Handlers
  readonly mint: Mint
  readonly now: () => number
  readonly logger: FastifyBaseLogger
  readonly apiOrigin: string
  readonly docsOrigin: string
  /** The one origin whose pages may call. */
  readonly walletOrigin: string
  /** Takes note of a presentation that this door refused. */
  readonly turnAway: (
    payment: Id<'pay'>,
    how: { readonly code: Refusal; readonly requestId: Id<'req'>; readonly nowMs: number },
  ) => Promise<void>
  /** Takes note of a merchant's request, without waiting. */
  readonly logged: RequestLog['note']
  /** Is everything that a payment needs in reach? */
  readonly healthy: () => Promise<boolean>
}

const BODY_LIMIT = 64 * 1024
/** An `unknown` outcome is final by then: the same request sent again reads it from the rows. */
const UNKNOWN_FINAL_MS = 60_000

declare module 'fastify' {
  interface FastifyRequest {
    rawBody: Buffer
    /** Where a merchant asked: who, and when. */
    asked: (Callers['merchant'] & { readonly nowMs: number }) | undefined
    refusal: Refusal | undefined
  }
  interface FastifyContextConfig {
    movesMoney?: boolean
  }
}

export function createApi(needs: ApiNeeds): FastifyInstance {
  const app = fastify({
    loggerInstance: needs.logger,
    bodyLimit: BODY_LIMIT,
    disableRequestLogging: true,
    requestIdHeader: false,
    genReqId: () => needs.mint('req'),
    routerOptions: { ignoreTrailingSlash: false },
  })
  app.decorateRequest('rawBody')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
    request.rawBody = Buffer.isBuffer(body) ? body : Buffer.from(body)
    done(null, undefined)
  })
  app.addHook('onRequest', async (request, reply) => {
    reply.header('request-id', request.id)
  })
  openToWallet(app, needs)
  keepLog(app, needs)
  const send = sender(needs)
  app.setNotFoundHandler((request, reply) => {
    const { status, body } = send({ refusal: 'not_found' }, request)
    return reply.code(status).send(body)
  })
  app.setErrorHandler((fault, request, reply) => {
    const { status, body } = send(failureOf(fault, request, needs), request)
    return reply.code(status).send(body)
  })
  // The names of the contract are its endpoints by its type.
  for (const name of Object.keys(contract) as EndpointName[]) route(app, name, needs)
  app.get('/healthz', async (_, reply) => {
    const ok = await needs.healthy()
    return reply.code(ok ? 200 : 503).send({ ok })
  })
  return app
}

/** Browsers let the wallet's pages call, and no other origin's. It holds no cookie. */
function openToWallet(app: FastifyInstance, { walletOrigin }: ApiNeeds): void {
  app.register(fastifyCors, {
    origin: [walletOrigin],
    methods: ['GET', 'POST'],
    allowedHeaders: [
      'content-type',
      'authorization',
      'content-digest',
      'signature',
      'signature-input',
      'warifu-terminal',
      'warifu-counter',
      'last-event-id',
    ],
    exposedHeaders: ['request-id'],
    maxAge: 7200,
  })
}

type Sent = { readonly status: number; readonly body: object }
const sender =
  ({ docsOrigin }: ApiNeeds) =>
  (failure: Failure, request: FastifyRequest, endpoint?: Endpoint): Sent => ({
    status: failure.outcome === 'unknown' ? 504 : statusOf[failure.refusal],
    body: errorBody(failure, {
      requestId: request.id,
      docsUrl: docsOrigin,
      ...(endpoint ? { endpoint } : {}),
    }),
  })

function route<N extends EndpointName>(app: FastifyInstance, name: N, needs: ApiNeeds): void {
  const endpoint: Endpoint = contract[name]
  const doors = createDoors(needs)
  const readers = readersOf(endpoint)
  const send = sender(needs)
  app.route({
    method: endpoint.method,
    url: endpoint.path,
    config: { movesMoney: endpoint.movesMoney === true },
    exposeHeadRoute: false,
    schema: { response: { [endpoint.status]: endpoint.answer } },
    handler: async (request, reply) => {
      const nowMs = needs.now()
      const shaped = shape(readers, request)
      if ('failure' in shaped) {
        await note(needs, endpoint, { request, nowMs, code: shaped.failure.refusal })
        const { status, body } = send(shaped.failure, request, endpoint)
        return reply.code(status).send(body)
      }
      const caller = await doors[endpoint.caller](endpoint, incomingOf(request, nowMs))
      const answer: Answer<unknown> = caller.ok
        ? await needs.handlers[name]({
            ...shaped.value,
            caller: caller.value,
            // genReqId above mints it.
            requestId: request.id as Id<'req'>,
            nowMs,
            lastEventId: lastEventIdOf(request),
            // The three parts were checked against the schemas that give these types, and the door
            // answers with the caller that this endpoint names.
          } as Call<N>)
        : caller
      if (!caller.ok) await note(needs, endpoint, { request, nowMs, code: caller.refusal })
      if (answer.ok && answer.value instanceof Readable) return stream(reply, answer.value)
      if (caller.ok && caller.value.kind === 'merchant') request.asked = { ...caller.value, nowMs }
      if (answer.ok) return reply.code(endpoint.status).send(answer.value)
      const { status, body } = send(answer, request, endpoint)
      request.refusal = answer.refusal
      const again = answer.retryAfterS ?? (status === 429 || status === 503 ? 1 : undefined)
      if (again !== undefined) reply.header('retry-after', again)
      return reply.code(status).send(body)
    },
  })
}

/** What a merchant asked, and what it was answered, for the log that it reads by Request-Id. */
function keepLog(app: FastifyInstance, { logged, now }: ApiNeeds): void {
  app.decorateRequest('asked')
  app.decorateRequest('refusal')
  app.addHook('onSend', async (request, reply, payload: unknown) => {
    const { asked } = request
    if (asked === undefined || typeof payload !== 'string') return
    const { path } = incomingOf(request, asked.nowMs)
    logged({
      // genReqId mints the request's id.
      id: request.id as Id<'req'>,
      merchant: asked.merchant,
      api_key: asked.key,
      method: request.method === 'GET' ? 'GET' : 'POST',
      path,
      status: reply.statusCode,
      took_ms: Math.max(0, now() - asked.nowMs),
      error: request.refusal ?? null,
      idempotency_key: asked.once.key || null,
      request_body: request.rawBody?.toString('utf8') ?? '',
      response_body: payload,
      at_ms: asked.nowMs,
    })
  })
}

type TurnedAway = {
  readonly request: FastifyRequest
  readonly nowMs: number
  readonly code: Refusal
}

/** A presentation that comes no further than this door stands in its payment's timeline too. */
async function note(
  { turnAway }: ApiNeeds,
  { caller }: Endpoint,
  { request, nowMs, code }: TurnedAway,
): Promise<void> {
  const payment = idOf(request.params)
  // genReqId mints the request's id.
  if (caller === 'terminal_by_vault' && isId('pay', payment))
    await turnAway(payment, { code, requestId: request.id as Id<'req'>, nowMs })
}

const idOf = (params: unknown): string =>
  typeof params === 'object' && params !== null && 'id' in params ? String(params.id) : ''

/** Sends a body without end; whoever goes away is not written to any more. */
function stream(reply: FastifyReply, body: Readable): FastifyReply {
  reply.raw.once('close', () => body.destroy())
  if (reply.raw.destroyed) body.destroy()
  return reply
    .header('content-type', 'text/event-stream; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('x-accel-buffering', 'no')
    .send(body)
}

function lastEventIdOf({ headers }: FastifyRequest): string | undefined {
  const given = headers['last-event-id']
  return Array.isArray(given) ? given.join() : given
}

type Readers = { readonly [P in 'params' | 'query' | 'body']: Read }
type Shaped = { params: Params<EndpointName>; query: Query<EndpointName>; body: Body<EndpointName> }

const nothing: Endpoint['body'] = contract.startLogin.body
const readersOf = (endpoint: Endpoint): Readers => ({
  params: readerOf(endpoint.params ?? nothing, 'params'),
  query: readerOf(endpoint.query ?? nothing, 'query'),
  body: readerOf(endpoint.body ?? nothing, 'body'),
})

/** The request's parts as the contract has them, or the first thing that is wrong with them. */
function shape(
  readers: Readers,
  request: FastifyRequest,
): { readonly value: Shaped } | { readonly failure: Failure } {
  const json = parse(request.rawBody)
  if (json === undefined) return { failure: { refusal: 'malformed_json' } }
  const parts = { params: request.params, query: request.query, body: json }
  const read: Record<string, unknown> = {}
  for (const part of ['params', 'query', 'body'] as const) {
    const result = readers[part](parts[part])
    if ('failure' in result) {
      // An id of another form names nothing.
      return { failure: part === 'params' ? { refusal: 'not_found' } : result.failure }
    }
    read[part] = result.value
  }
  // Checked against the schemas that give these types.
  return { value: read as Shaped }
}

function parse(raw: Buffer | undefined): unknown {
  if (raw === undefined || raw.length === 0) return {}
  try {
    return JSON.parse(raw.toString('utf8')) ?? undefined
  } catch {
    return undefined
  }
}

function incomingOf(request: FastifyRequest, nowMs: number): Incoming {
  const mark = request.url.indexOf('?')
  const headers: Record<string, string | undefined> = {}
  for (const [name, value] of Object.entries(request.headers))
    headers[name] = Array.isArray(value) ? value.join(', ') : value
  return {
    method: request.method === 'GET' ? 'GET' : 'POST',
    path: mark < 0 ? request.url : request.url.slice(0, mark),
    query: mark < 0 ? '' : request.url.slice(mark),
    headers,
    body: request.rawBody ?? Buffer.alloc(0),
    nowMs,
  }
}

/** A fault is ours: told by its kind, never by its text; the log has the cause. */
function failureOf(fault: unknown, request: FastifyRequest, needs: ApiNeeds): Failure {
  if (isTooLarge(fault)) return { refusal: 'body_too_large' }
  request.log.error({ err: fault, request: request.id, url: request.routeOptions.url }, 'fault')
  // The vault is asked before money: without its answer nothing has moved.
  if (fault instanceof VaultUnavailable) return { refusal: 'vault_unavailable' }
  if (!request.routeOptions.config.movesMoney) return { refusal: 'internal_error' }
  const id = idOf(request.params)
  return {
    refusal: 'internal_error',
    outcome: 'unknown',
    deadlineAt: new Date(needs.now() + UNKNOWN_FINAL_MS).toISOString(),
    ...(id === '' ? {} : { resource: { object: 'payment', id } }),
  }
}

const isTooLarge = (fault: unknown): boolean =>
  fault instanceof Error && 'code' in fault && fault.code === 'FST_ERR_CTP_BODY_TOO_LARGE'
