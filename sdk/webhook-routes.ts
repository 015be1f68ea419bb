/**
 * Webhook endpoints for the usual frameworks. Each takes the raw bytes, verifies them, calls you
 * with the event, and answers: 204 when you are done, 400 where it was not the platform's. What you
 * throw is your framework's to handle; its 500 makes the platform try again.
 */
import { verifyWebhook, WebhookError, type WebhookEvent } from './webhook.ts'

export type OnEvent = (event: WebhookEvent) => void | Promise<void>
type Secret = string | readonly string[]

/**
 * For frameworks that speak `Request → Response`: Next.js (App Router), Hono, Deno, Bun, workers.
 *
 * @example
 * export const POST = webhookRoute(secret, async (event) => {}) // Next.js: app/hook/route.ts
 * app.post('/hook', (c) => route(c.req.raw)) // Hono, with const route = webhookRoute(…)
 */
export const webhookRoute =
  (secret: Secret, onEvent: OnEvent) =>
  async (request: Request): Promise<Response> => {
    const body = await request.text()
    const event = verified(() => verifyWebhook({ body, headers: request.headers }, secret))
    if (event instanceof WebhookError)
      return Response.json({ error: event.code, message: event.message }, { status: 400 })
    await onEvent(event)
    return new Response(null, { status: 204 })
  }

/** What we need of a Node.js request; Express adds `body` where something was before us. */
export type NodeRequest = AsyncIterable<Uint8Array> & {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body?: unknown
}
export type NodeResponse = {
  statusCode: number
  readonly setHeader: (name: string, value: string) => unknown
  readonly end: (text?: string) => unknown
}

/**
 * For Express, Next.js (Pages Router, with `bodyParser: false`) and plain `node:http`.
 *
 * @example
 * app.post('/hook', webhookHandler(secret, async (event) => {})) // before app.use(express.json())
 */
export const webhookHandler =
  (secret: Secret, onEvent: OnEvent) =>
  async (request: NodeRequest, response: NodeResponse): Promise<void> => {
    const { headers } = request
    // Bytes of express.raw(), or an object of express.json(), which verifying refuses by name.
    const given = request.body === undefined ? await bytesOf(request) : request.body
    const event = verified(() => verifyWebhook({ body: given as Uint8Array, headers }, secret))
    if (event instanceof WebhookError) {
      response.statusCode = 400
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ error: event.code, message: event.message }))
      return
    }
    await onEvent(event)
    response.statusCode = 204
    response.end()
  }

/** Any Fastify instance: its own types are the application's, and this package brings none. */
type FastifyLike = {
  readonly removeAllContentTypeParsers: () => unknown
  readonly addContentTypeParser: (...args: never[]) => unknown
  readonly post: (...args: never[]) => unknown
}
/** What we call of it, of Fastify 4 and 5. */
type FastifyRoutes = {
  readonly removeAllContentTypeParsers: () => unknown
  readonly addContentTypeParser: (
    type: string,
    options: { readonly parseAs: 'buffer' },
    parse: (
      request: never,
      body: Uint8Array,
      done: (fault: null, body: Uint8Array) => void,
    ) => void,
  ) => unknown
  readonly post: (
    path: string,
    handler: (request: FastifyRequestLike, reply: FastifyReplyLike) => Promise<unknown>,
  ) => unknown
}
type FastifyRequestLike = {
  readonly body: unknown
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}
type FastifyReplyLike = { readonly code: (status: number) => { send: (body?: unknown) => unknown } }

/**
 * A Fastify plugin. Its parser of raw bytes counts for this route alone.
 *
 * @example
 * await app.register(webhookPlugin(secret, async (event) => {}, '/hook'))
 */
export const webhookPlugin =
  (secret: Secret, onEvent: OnEvent, path = '/webhooks/warifu') =>
  async (instance: FastifyLike): Promise<void> => {
    // Of Fastify's overloads these are the ones that are called.
    const app = instance as unknown as FastifyRoutes
    app.removeAllContentTypeParsers()
    app.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body, done) => done(null, body))
    app.post(path, async ({ body, headers }, reply) => {
      // Parsed by the parser above: bytes.
      const event = verified(() => verifyWebhook({ body: body as Uint8Array, headers }, secret))
      if (event instanceof WebhookError)
        return reply.code(400).send({ error: event.code, message: event.message })
      await onEvent(event)
      return reply.code(204).send()
    })
  }

function verified(verify: () => WebhookEvent): WebhookEvent | WebhookError {
  try {
    return verify()
  } catch (fault) {
    if (fault instanceof WebhookError) return fault
    throw fault
  }
}

async function bytesOf(request: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of request) chunks.push(chunk)
  const whole = new Uint8Array(chunks.reduce((size, { length }) => size + length, 0))
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}
