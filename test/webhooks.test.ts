// Goal: a merchant hears by webhook of a payment's whole life, verified and in order, also where
//   the server is killed meanwhile; and on a developer's machine by `warifu listen`.
// Method: real processes, the SDK's own handler on a real HTTP server, SIGKILL.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { root } from '@warifu/cli/state-folder'
import type { Id } from '@warifu/protocol/ids'
import { verifyWebhook, type WebhookEvent } from '@warifu/sdk/webhook'
import { webhookHandler } from '@warifu/sdk/webhook-routes'
import { type House, startHouse } from './house.ts'
import { type Holder, type People, pay, peopleOf } from './people.ts'

let house: House
let people: People
let aiko: Holder

before(async () => {
  house = await startHouse({ env: { server: { WEBHOOK_ALLOW: '127.0.0.1/32' } } })
  people = peopleOf(house)
  aiko = await people.become('Aiko')
})
after(async () => await house?.stop())

type Receiver = {
  readonly url: string
  readonly events: WebhookEvent[]
  readonly until: (count: number) => Promise<void>
  readonly close: () => void
}

/** A shop's server: the SDK's handler, with the secret it will be given. */
async function receive(secret: () => string): Promise<Receiver> {
  const events: WebhookEvent[] = []
  let told = () => {}
  const server: Server = createServer((request, response) => {
    const handle = webhookHandler(secret(), (event) => {
      events.push(event)
      told()
    })
    void handle(request, response)
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    events,
    until: async (count) => {
      while (events.length < count)
        await new Promise<void>((resolve) => {
          told = resolve
        })
    },
    close: () => void server.close(),
  }
}

const lifeOf = async () => {
  const { id, link } = await people.ask({ capture_method: 'manual' })
  assert.equal((await pay(aiko, link)).status, 'authorized')
  await people.merchant.payments.capture(id)
  await people.merchant.payments.refund(id, { amount: 100 })
  return id
}
const life = ['payment.created', 'payment.claimed', 'payment.authorized', 'payment.captured']
const heardOf = (events: readonly WebhookEvent[], subject: string) =>
  events.filter((event) => event.subject === subject).map(({ type }) => type)

/** A delivery is written down after its answer: a moment behind what the shop has heard. */
async function settledDeliveries(endpoint: Id<'whe'>) {
  for (let patience = 100; ; patience -= 1) {
    const found = await people.merchant.webhooks.deliveries(endpoint).take(9)
    if (patience === 0 || found.every(({ status }) => status !== 'pending')) return found
    await sleep(50)
  }
}

test('a payment’s life is told in order, each once, verified', async () => {
  let secret = ''
  const shop = await receive(() => secret)
  const endpoint = await people.merchant.webhooks.create({ url: shop.url })
  secret = endpoint.secret
  const payment = await lifeOf()
  await shop.until(5)
  assert.deepEqual(heardOf(shop.events, payment), [...life, 'payment.refunded'])
  const sequences = shop.events.map(({ sequence }) => sequence)
  assert.deepEqual(sequences, [1, 2, 3, 4, 5])
  const deliveries = await settledDeliveries(endpoint.id)
  assert(
    deliveries.every(({ status, attempts }) => status === 'delivered' && attempts.length === 1),
  )
  const first = shop.events[0]
  assert(first)
  await people.merchant.webhooks.resend(first.id, endpoint.id)
  await shop.until(6)
  assert.equal(shop.events[5]?.id, first.id)
  await people.merchant.webhooks.delete(endpoint.id)
  shop.close()
})

test('a server that is killed loses no delivery', async () => {
  let secret = ''
  const shop = await receive(() => secret)
  const endpoint = await people.merchant.webhooks.create({ url: shop.url })
  secret = endpoint.secret
  const { id } = await people.ask()
  await house.kill('server')
  await house.restart('server')
  await shop.until(1)
  assert.deepEqual(heardOf(shop.events, id), ['payment.created'])
  await people.merchant.webhooks.delete(endpoint.id)
  shop.close()
})

test('a private address is refused by name, unless it is allowed', async () => {
  for (const url of ['http://169.254.169.254/latest', 'http://10.0.0.1/', 'http://[::1]:8080/'])
    await assert.rejects(people.merchant.webhooks.create({ url }), {
      code: 'webhook_url_refused',
      param: 'url',
    })
})

test('warifu listen forwards what happens to a server on this machine', async () => {
  let secret = ''
  const shop = await receive(() => secret)
  const child: ChildProcess = spawn(
    process.execPath,
    [
      join(root, 'cli', 'main.ts'),
      ...['listen', '--json', '--forward-to', shop.url, '--api-url', house.url],
    ],
    {
      env: { ...process.env, WARIFU_API_KEY: house.seed.api_key },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  assert(child.stdout)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async (event: string): Promise<Record<string, unknown>> => {
    for (;;) {
      const { value, done } = await lines.next()
      if (done === true) throw new Error(`listen ended before ${event}`)
      const said = JSON.parse(value)
      if (said.event === event) return said
    }
  }
  secret = String((await next('secret'))['secret'])
  await next('open')
  const { id } = await people.ask()
  await shop.until(1)
  assert.deepEqual(heardOf(shop.events, id), ['payment.created'])
  assert.equal((await next('forwarded'))['answer'], 204)
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGINT')
  await ended
  shop.close()
  assert.throws(() => verifyWebhook({ body: '{}', headers: {} }, secret))
})
