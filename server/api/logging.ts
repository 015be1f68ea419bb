/** The log of what merchants' keys were used for. */
import { type Id, isId } from '@warifu/protocol/ids'
import type { FastifyInstance } from 'fastify'
import type { RequestLog } from '#merchants'
import { pathOf } from './headers.ts'

export type LogNeeds = {
  /** Takes note of a merchant's request, without waiting. */
  readonly logged: RequestLog['note']
  readonly now: () => number
}

/** What a merchant asked, and what it was answered, for the log that it reads by Request-Id. */
export function keepLog(app: FastifyInstance, { logged, now }: LogNeeds): void {
  app.decorateRequest('asked')
  app.decorateRequest('refusal')
  app.addHook('onSend', (request, reply, payload: unknown, next) => {
    next()
    const { asked } = request
    if (asked === undefined || typeof payload !== 'string' || !isId('key', asked.key)) return
    const path = pathOf(request.url)
    // Whoever follows the log would read of nothing but that.
    if (path.startsWith('/v1/requests')) return
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
      request_body: request.rawBody ?? Buffer.alloc(0),
      response_body: payload,
      at_ms: asked.nowMs,
    })
  })
}
