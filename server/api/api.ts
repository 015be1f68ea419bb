/**
 * The API: the contract's endpoints over HTTP. Every request passes the same four steps, in this
 * order: shape, caller, work, answer. Only this room knows HTTP.
 */
import { Readable } from 'node:stream'
import { contract, type Endpoint, type EndpointName } from '@warifu/protocol/contract'
import type { Answer, Refusal } from '@warifu/protocol/errors'
import { type Id, isId, type Mint } from '@warifu/protocol/ids'
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
} from 'fastify'
import type { Cuts } from '#sandbox'
import { VaultUnavailable } from '#vault-client'
import { type ActNeeds, recorded } from './acting.ts'
import { type Admission, beginsNew } from './admission.ts'
import { sendingOf } from './answer-text.ts'
import { createDoors, type DoorNeeds, type Incoming } from './authentication.ts'
import { cookieText } from './console-session.ts'
import { sendCsv, wantsCsv } from './csv-reply.ts'
import { lineOf } from './cutting.ts'
import { errorBody, type Failure } from './error-body.ts'
import { isKnown } from './etag.ts'
import type { Call, Callers, CookieChange, Handlers } from './handler.ts'
import { languageOf, lastEventIdOf, pathOf } from './headers.ts'
import { keepLog, type LogNeeds } from './logging.ts'
import { routeEach, uploadOf } from './routing.ts'
import { type Readers, readersOf, shape } from './shaping.ts'
import { statusOf } from './status.ts'
import { type TakeNeeds, takingOf } from './taking.ts'

export { createAdmission } from './admission.ts'
export type { Handlers } from './handler.ts'
export { type AboutAct, actHandlers, type CarryOut } from './handlers-acts.ts'
export { apiKeyHandlers } from './handlers-api-keys.ts'
export { applyingHandlers } from './handlers-applying.ts'
export { approvalHandlers } from './handlers-approvals.ts'
export { arrivalHandlers } from './handlers-arrivals.ts'
export { auditHandlers } from './handlers-audit.ts'
export { type Books, bookHandlers } from './handlers-books.ts'
export { cardHandlers } from './handlers-cards.ts'
export { carriedHandlers } from './handlers-carried.ts'
export { consoleHandlers } from './handlers-console.ts'
export { type ConsoleFinds, consoleListHandlers } from './handlers-console-lists.ts'
export { consoleOrderHandlers, type OrderFinds } from './handlers-console-orders.ts'
export { consoleReadHandlers } from './handlers-console-reads.ts'
export { consoleShopHandlers } from './handlers-console-shops.ts'
export { type Dangerous, dangerousHandlers } from './handlers-dangerous.ts'
export { deviceHandlers } from './handlers-devices.ts'
export { eventHandlers, eventObject } from './handlers-events.ts'
export { filterHandlers } from './handlers-filters.ts'
export { cardLifeHandlers, issuerHandlers } from './handlers-issuing.ts'
export { joiningHandlers } from './handlers-joining.ts'
export { metricsHandlers } from './handlers-metrics.ts'
export { operatorHandlers } from './handlers-operators.ts'
export { payingHandlers } from './handlers-paying.ts'
export { paymentHandlers } from './handlers-payments.ts'
export { plasticHandlers } from './handlers-plastic.ts'
export { readerHandlers } from './handlers-reader.ts'
export { reconciliationHandlers } from './handlers-reconciliation.ts'
export { salesHandlers } from './handlers-sales.ts'
export { sandboxHandlers } from './handlers-sandbox.ts'
export { settlementHandlers } from './handlers-settlement.ts'
export { simHandlers } from './handlers-sims.ts'
export { terminalHandlers } from './handlers-terminals.ts'
export { testKitHandlers } from './handlers-test-kit.ts'
export { tokenHandlers } from './handlers-tokens.ts'
export { webhookHandlers } from './handlers-webhooks.ts'
export { type AskLink, xrayHandlers } from './handlers-xray.ts'
export { openapi, refusalsOf } from './openapi.ts'
export { statusOf } from './status.ts'
export { readerOf } from './validation.ts'

export type ApiNeeds = DoorNeeds &
  ActNeeds &
  TakeNeeds &
  LogNeeds & {
    readonly handlers: Handlers
    readonly admission: Admission
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
    /** The lines to clients that the sandbox's test kit cuts. */
    readonly cuts: Cuts | undefined
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
    childLoggerFactory: (logger) => logger, // its lines name their request themselves
    routerOptions: { ignoreTrailingSlash: false },
  })
  app.decorateRequest('rawBody')
  app.removeAllContentTypeParsers()
  // JSON by its name, as what is found by its name is found at once.
  app.addContentTypeParser(
    ['application/json', '*'],
    { parseAs: 'buffer' },
    (request, body, done) => {
      request.rawBody = Buffer.isBuffer(body) ? body : Buffer.from(body)
      done(null, undefined)
    },
  )
  app.addHook('onRequest', (request, reply, next) => {
    reply.header('request-id', request.id)
    next()
  })
  keepLog(app, needs)
  const send = sender(needs)
  app.setNotFoundHandler((request, reply) => {
    const { status, body } = send({ refusal: 'not_found' }, request)
    return reply.code(status).send(body)
  })
  app.setErrorHandler((fault, request, reply) => {
    const { status, body } = send(failureOf(fault, request, needs), request)
    if (status === 503) reply.header('retry-after', 1)
    return reply.code(status).send(body)
  })
  routeEach(app, needs.walletOrigin, (scope, name) => route(scope, name, needs))
  app.get('/healthz', async (_, reply) => {
    const ok = await needs.healthy()
    return reply.code(ok ? 200 : 503).send({ ok })
  })
  return app
}

type Told = Answer<unknown> & { readonly cookie?: CookieChange }

type Refused = Failure & { readonly retryAfterS?: number }
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

/** How an endpoint says no. */
function refuser(endpoint: Endpoint, needs: ApiNeeds) {
  const send = sender(needs)
  return (failure: Refused, request: FastifyRequest, reply: FastifyReply): void => {
    const { status, body } = send(failure, request, endpoint)
    request.refusal = failure.refusal
    const again = failure.retryAfterS ?? (status === 429 || status === 503 ? 1 : undefined)
    if (again !== undefined) reply.header('retry-after', again)
    reply.code(status).send(body)
  }
}

function route<N extends EndpointName>(app: FastifyInstance, name: N, needs: ApiNeeds): void {
  const endpoint: Endpoint = contract[name]
  const answer = answering(name, needs)
  const refuse = refuser(endpoint, needs)
  const begins = beginsNew(endpoint)
  // Not handed to Fastify, which would watch every answer to its end.
  const work = async (request: FastifyRequest, reply: FastifyReply) => {
    try {
      await answer(request, reply)
    } catch (fault) {
      reply.send(fault)
    } finally {
      needs.admission.leave()
    }
  }
  app.route({
    method: endpoint.method,
    url: endpoint.path,
    config: { movesMoney: endpoint.movesMoney === true },
    exposeHeadRoute: false,
    ...takingOf(name, needs),
    ...lineOf(name, needs.cuts),
    handler: (request, reply) => {
      if (needs.admission.enter(begins)) void work(request, reply)
      else refuse({ refusal: 'overloaded' }, request, reply)
    },
  })
}

/** A request to one endpoint, from its shape to its answer. */
function answering<N extends EndpointName>(name: N, needs: ApiNeeds) {
  const endpoint: Endpoint = contract[name]
  const doors = createDoors(needs)
  let readers: Readers | undefined
  const refuse = refuser(endpoint, needs)
  const sendAnswer = sendingOf(endpoint)
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const nowMs = needs.now()
    if (endpoint.caller === 'sandbox' && !needs.sandbox)
      return refuse({ refusal: 'test_only' }, request, reply)
    const incoming = incomingOf(request, nowMs)
    // Compiled when it is first asked: a process has hundreds of endpoints, and uses few.
    readers ??= readersOf(endpoint)
    const shaped = shape(readers, request, incoming.text)
    if ('failure' in shaped) {
      await note(needs, endpoint, { request, nowMs, code: shaped.failure.refusal })
      // The log of requests is read most where a request was wrong.
      if (endpoint.caller === 'merchant') {
        const asking = await doors.merchant(endpoint, incoming)
        if (asking.ok) request.asked = { ...asking.value, nowMs }
      }
      return refuse(shaped.failure, request, reply)
    }
    const { value } = shaped
    const caller = await doors[endpoint.caller](endpoint, incoming)
    const ask = (by: Callers[Endpoint['caller']], query = value.query) =>
      needs.handlers[name]({
        ...value,
        query,
        caller: by,
        // genReqId above mints it.
        requestId: request.id as Id<'req'>,
        nowMs,
        language: languageOf(request),
        lastEventId: lastEventIdOf(request),
        upload: uploadOf(request),
        // The three parts were checked against the schemas that give these types, and the door
        // answers with the caller that this endpoint names.
      } as Call<N>)
    const asked = { incoming, what: name, request: request.id }
    const told: Told = caller.ok
      ? await recorded(needs, caller.value, asked, () => ask(caller.value))
      : caller
    if (told.cookie) reply.header('set-cookie', cookieText(needs.consoleOrigin, told.cookie))
    if (!caller.ok) await note(needs, endpoint, { request, nowMs, code: caller.refusal })
    else if (caller.value.kind === 'merchant') request.asked = { ...caller.value, nowMs }
    if (!told.ok) refuse(told, request, reply)
    else if (told.value instanceof Readable) stream(reply, told.value)
    else if (caller.ok && endpoint.csv && wantsCsv(request))
      sendCsv(reply, endpoint, told.value, (more) => ask(caller.value, { ...value.query, ...more }))
    else if (endpoint.etag && isKnown(request, reply, told.value)) reply.code(304).send()
    else sendAnswer(reply, told.value)
  }
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

const noBody = Buffer.alloc(0)
function incomingOf(request: FastifyRequest, nowMs: number): Incoming {
  const path = pathOf(request.url)
  const body = request.rawBody ?? noBody
  return {
    method: request.method === 'GET' ? 'GET' : 'POST',
    path,
    query: request.url.slice(path.length),
    // Node joins what comes several times; only `set-cookie`, which nobody asks with, is a list.
    headers: request.headers as Incoming['headers'],
    body,
    text: body.toString('utf8'),
    address: request.ip,
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
