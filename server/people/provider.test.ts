// Goal: a message leaves by HTTP with its key and its id, is taken only on 2xx in time, and is
// given up after its tries. Method: a real HTTP server that answers as each case says, or never.
import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { type Rehearsal, rehearse } from '@warifu/server/rehearsal'
import { deliver } from './message.ts'
import { createHttpMessenger, queueMessage } from './people.ts'

const nowMs = Date.UTC(2027, 0, 5)
const seconds = (count: number) => nowMs + count * 1000
let stage: Rehearsal
let server: Server
let url: string
/** What the provider does next: a status, or silence. */
let next: number | 'silence' = 202
const heard: { readonly headers: IncomingMessage['headers']; readonly body: unknown }[] = []

before(async () => {
  const adminUrl = process.env['WARIFU_TEST_SERVER_ADMIN_URL']
  stage = await rehearse({ adminUrl, name: 'provider' }, nowMs)
  server = createServer(async (request, response) => {
    heard.push({ headers: request.headers, body: JSON.parse(await text(request)) })
    if (next !== 'silence') response.writeHead(next).end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/messages`
})
after(async () => {
  server.closeAllConnections()
  server.close()
  await stage.close()
})

const messenger = (deadlineMs = 10_000) =>
  createHttpMessenger(
    {
      sms: { url, key: 'secret-of-sms' },
      voice: { url, key: undefined },
      deadlineMs,
      tries: 3,
    },
    fetch,
  )
async function queue(channel: 'sms' | 'voice') {
  const id = stage.mint('msg')
  await queueMessage(stage.store.sql, { id, channel, recipient: '+819012345678', body: '1' }, nowMs)
  return id
}

test('a message carries its key and its id, and leaves once', async () => {
  const [written, spoken] = [await queue('sms'), await queue('voice')]
  assert.equal(await deliver(stage.store, messenger(), nowMs), 2)
  assert.equal(await deliver(stage.store, messenger(), seconds(60)), 0)
  const [sms, call] = [written, spoken].map((id) =>
    heard.find(({ headers }) => headers['idempotency-key'] === id),
  )
  assert.equal(sms?.headers['authorization'], 'Bearer secret-of-sms')
  assert.equal(call?.headers['authorization'], undefined)
  assert.deepEqual(call?.body, { id: spoken, channel: 'voice', to: '+819012345678', text: '1' })
})

test('an error, and silence past the deadline: tried again, then given up', async () => {
  const id = await queue('sms')
  const before = heard.length
  for (const [turn, answer] of [500, 'silence', 429].entries()) {
    next = answer as typeof next
    const patience = messenger(answer === 'silence' ? 150 : undefined)
    assert.equal(await deliver(stage.store, patience, seconds(100 + turn * 60)), 0)
    assert.equal(await deliver(stage.store, messenger(), seconds(101 + turn * 60)), 0, 'its lease')
  }
  next = 202
  assert.equal(await deliver(stage.store, messenger(), seconds(999)), 0)
  assert.equal(heard.length - before, 3)
  const [row] = await stage.store.sql`
    select tries, failed_ms is not null as failed from people.message where id = ${id}`
  assert.deepEqual({ ...row }, { tries: 3, failed: true })
})
