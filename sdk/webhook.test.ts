// Goal: a merchant's program takes what the platform sent and nothing else, whatever framework it
//   stands on; where the framework has thrown the bytes away, the error says which line to change.
// Method: messages signed by `standardwebhooks`; real Express, Fastify, Hono and node:http servers,
//   called over real HTTP; every field of a message altered in turn.
import assert from 'node:assert/strict'
import {
  createServer,
  type IncomingHttpHeaders,
  type RequestListener,
  type Server,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { mintId } from '@warifu/protocol/ids'
import express from 'express'
import { fastify } from 'fastify'
import { Hono } from 'hono'
import { Webhook } from 'standardwebhooks'
import { verifyWebhook, WebhookError, type WebhookEvent } from './webhook.ts'
import { webhookHandler, webhookPlugin, webhookRoute } from './webhook-routes.ts'

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const other = `whsec_${Buffer.alloc(32, 8).toString('base64')}`
const id = mintId({ prefix: 'evt', lane: 3, nowMs: Date.now(), chance: new Uint8Array(14) })
const body = JSON.stringify({
  id,
  object: 'event',
  type: 'payment.captured',
  livemode: false,
  timestamp: new Date().toISOString(),
  sequence: 3,
  subject: 'pay_1',
  data: { amount: 1200 },
})

function signed(text = body, { by = secret, at = new Date() } = {}): Record<string, string> {
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(by).sign(id, at, text),
  }
}

const codeOf = (work: () => unknown): string => {
  try {
    work()
    return 'ok'
  } catch (fault) {
    assert(fault instanceof WebhookError)
    return fault.code
  }
}

test('what was signed is read, as text or bytes, by one of two secrets', () => {
  const headers = signed()
  assert.deepEqual(verifyWebhook({ body, headers }, secret), JSON.parse(body))
  const bytes = new TextEncoder().encode(body)
  assert.equal(verifyWebhook({ body: bytes, headers: new Headers(headers) }, secret).id, id)
  assert.equal(verifyWebhook({ body, headers }, [other, secret]).id, id)
})

test('anything altered, late, missing or strange is refused with its own word', () => {
  const headers = signed()
  assert.equal(
    codeOf(() => verifyWebhook({ body: `${body} `, headers }, secret)),
    'signature_invalid',
  )
  assert.equal(
    codeOf(() => verifyWebhook({ body, headers }, other)),
    'signature_invalid',
  )
  const late = signed(body, { at: new Date(Date.now() - 301_000) })
  const early = signed(body, { at: new Date(Date.now() + 310_000) })
  for (const stale of [late, early])
    assert.equal(
      codeOf(() => verifyWebhook({ body, headers: stale }, secret)),
      'timestamp_stale',
    )
  for (const name of ['webhook-id', 'webhook-timestamp', 'webhook-signature']) {
    const { [name]: value, ...rest } = headers
    assert.equal(
      codeOf(() => verifyWebhook({ body, headers: rest }, secret)),
      'headers_missing',
    )
    const altered = { ...headers, [name]: name === 'webhook-timestamp' ? '0' : `${value}x` }
    assert.notEqual(
      codeOf(() => verifyWebhook({ body, headers: altered }, secret)),
      'ok',
      name,
    )
  }
  const strange = '{"object":"event"}'
  const asked = { body: strange, headers: signed(strange) }
  assert.equal(
    codeOf(() => verifyWebhook(asked, secret)),
    'event_unknown',
  )
})

const servers: Server[] = []
after(() => {
  for (const server of servers) server.close()
})
async function listen(handler: RequestListener): Promise<string> {
  const server = createServer(handler)
  servers.push(server)
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
}

const signedPart = (headers: IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name.startsWith('webhook-'))
      .map(([name, value]) => [name, String(value)]),
  )

type Taken = WebhookEvent[]
const byExpress = (taken: Taken) => {
  const app = express()
  app.post(
    '/hook',
    webhookHandler(secret, (event) => void taken.push(event)),
  )
  app.use(express.json())
  return listen(app)
}
const byExpressRaw = (taken: Taken) => {
  const app = express()
  app.use('/hook', express.raw({ type: 'application/json' }))
  app.use(express.json())
  app.post(
    '/hook',
    webhookHandler(secret, (event) => void taken.push(event)),
  )
  return listen(app)
}
const byNode = (taken: Taken) => {
  const handle = webhookHandler(secret, (event) => void taken.push(event))
  return listen((request, response) => void handle(request, response))
}
const byFastify = async (taken: Taken) => {
  const app = fastify()
  app.post('/other', async ({ body }) => body)
  await app.register(webhookPlugin(secret, (event) => void taken.push(event), '/hook'))
  after(() => app.close())
  return `${await app.listen({ host: '127.0.0.1', port: 0 })}/hook`
}
const byHono = (taken: Taken) => {
  const app = new Hono()
  const route = webhookRoute(secret, (event) => void taken.push(event))
  app.post('/hook', (c) => route(c.req.raw))
  return listen(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const headers = signedPart(request.headers)
    const sent = Buffer.concat(chunks)
    const answer = await app.request('/hook', { method: 'POST', headers, body: sent })
    response.writeHead(answer.status).end(await answer.text())
  })
}

for (const [name, serve] of Object.entries({ byExpress, byExpressRaw, byNode, byFastify, byHono }))
  test(`over HTTP ${name}: taken once it is verified, refused else`, async () => {
    const taken: Taken = []
    const url = await serve(taken)
    const good = await fetch(url, { method: 'POST', headers: signed(), body })
    assert.equal(good.status, 204)
    assert.deepEqual(taken, [JSON.parse(body)])
    const bad = await fetch(url, { method: 'POST', headers: signed(), body: `${body} ` })
    assert.equal(bad.status, 400)
    assert.equal(JSON.parse(await bad.text()).error, 'signature_invalid')
    assert.equal(taken.length, 1)
  })

test('a Request → Response route, as Next.js calls it', async () => {
  const route = webhookRoute([other, secret], () => undefined)
  const ask = (text: string) =>
    route(
      new Request('http://shop.example/hook', { method: 'POST', headers: signed(), body: text }),
    )
  assert.equal((await ask(body)).status, 204)
  assert.equal((await ask('{}')).status, 400)
})

test('where express.json() was first, the error names the line to change', async () => {
  const app = express()
  app.use(express.json())
  app.post(
    '/hook',
    webhookHandler(secret, () => undefined),
  )
  const answer = await fetch(await listen(app), { method: 'POST', headers: signed(), body })
  const said = JSON.parse(await answer.text())
  assert.deepEqual([answer.status, said.error], [400, 'body_parsed'])
  assert.match(said.message, /express\.raw/)
})
