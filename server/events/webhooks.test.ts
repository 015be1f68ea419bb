// Goal: a merchant hears of everything that happened, verifiably and in order, over days of outage;
//   it is never told twice without knowing so, never of others' affairs, and an endpoint that is
//   gone is given up.
// Method: real PostgreSQL, a receiver over real HTTP that answers as it is told, `standardwebhooks`
//   to verify; the clock is in the test's hand, so that days pass at once.
import assert from 'node:assert/strict'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, beforeEach, test } from 'node:test'
import type { Answer } from '@warifu/protocol/errors'
import type { EventType } from '@warifu/protocol/event-types'
import type { Id } from '@warifu/protocol/ids'
import { type Rehearsal, rehearse } from '@warifu/server/rehearsal'
import { Webhook } from 'standardwebhooks'
import { append } from './outbox.ts'
import { readAllowed } from './webhook-address.ts'
import { createPost, type Post } from './webhook-post.ts'
import { GIVE_UP_MS, pauses } from './webhook-schedule.ts'
import { createSecretBox } from './webhook-signature.ts'
import { createWebhooks, type Webhooks } from './webhooks.ts'

type Got = {
  readonly headers: IncomingMessage['headers']
  readonly body: string
  readonly path: string
}
const realMs = Date.now()
let nowMs = realMs
let stage: Rehearsal
let hooks: Webhooks
let origin = ''
let got: Got[] = []
let answers: (readonly [status: number, headers?: Record<string, string>])[] = []

const receiver = createServer((request, response) => {
  let body = ''
  request.on('data', (chunk: Buffer) => {
    body += chunk.toString('utf8')
  })
  request.on('end', () => {
    got.push({ headers: request.headers, body, path: request.url ?? '' })
    const [status, headers] = answers.shift() ?? [200]
    response.writeHead(status, headers).end('thanks')
  })
})

const allowed = readAllowed('127.0.0.0/8')

const createHooks = (post: Post = createPost(allowed)): Webhooks => {
  const { store, mint, random } = stage
  return createWebhooks({
    ...{ store, mint, random, allowed, plain: true, now: () => nowMs, post },
    wall: () => nowMs,
    box: createSecretBox(new Uint8Array(32).fill(7), random),
    show: ({ id, type, sequence, subject, data }) => ({ id, type, sequence, subject, data }),
  })
}

before(async () => {
  const adminUrl = process.env['WARIFU_TEST_SERVER_ADMIN_URL']
  stage = await rehearse({ adminUrl, name: 'webhooks' }, realMs)
  await new Promise<void>((ready) => receiver.listen(0, '127.0.0.1', ready))
  origin = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
  hooks = createHooks()
})
after(async () => {
  receiver.close()
  await stage.close()
})
beforeEach(async () => {
  await hooks.idle()
  await stage.store.sql`update events.endpoint set deleted_ms = 1 where deleted_ms is null`
  nowMs = realMs
  got = []
  answers = []
})

function value<T>(answer: Answer<T>): T {
  if (!answer.ok) assert.fail(answer.refusal)
  return answer.value
}

let keys = 0
async function endpointOf(merchant: Id<'mer'>, types: readonly EventType[] = [], path = '/hook') {
  keys += 1
  const digest = new Uint8Array(32)
  const asked = { merchant, key: `k${keys}`, digest, nowMs, description: '', metadata: {} }
  const endpoint = value(await hooks.create({ ...asked, url: `${origin}${path}`, types }))
  return { merchant, endpoint }
}

const write = async (
  merchant: Id<'mer'>,
  subject: string,
  sequence = 1,
  type: EventType = 'payment.created',
) => {
  const id = stage.mint('evt')
  await append(
    stage.store.sql,
    [{ id, audience: merchant, type, subject, sequence, data: {} }],
    nowMs,
  )
  return id
}

/** Turns until `count` requests came in all, or nothing more comes. */
async function turnUntil(count: number, work = hooks): Promise<void> {
  for (let patience = 300; got.length < count && patience > 0; patience -= 1) {
    await work.turn(nowMs)
    await work.idle()
    // Other tests' transactions hold the log up for moments.
    if (got.length < count) await new Promise((ready) => setTimeout(ready, 5))
  }
}
/** A few turns more: whatever would wrongly follow has had its time. */
async function turnSome(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) {
    await hooks.turn(nowMs)
    await hooks.idle()
  }
}
const secretOf = async (owned: { merchant: Id<'mer'>; endpoint: Id<'whe'> }) => {
  const endpoint = await hooks.get(owned)
  assert(endpoint)
  return hooks.secretOf(endpoint)
}
const headersOf = ({ headers }: Got): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, one]) => [name, String(one)]))
const subjects = () => got.map(({ body }) => String(JSON.parse(body).subject))
const sequences = () => got.map(({ body }) => Number(JSON.parse(body).sequence))

test('what arrives is verified by the standard’s own library, and nothing else is', async () => {
  const owned = await endpointOf(stage.mint('mer'))
  const event = await write(owned.merchant, 'pay_1')
  await turnUntil(1)
  const [one] = got
  assert(one)
  const secret = await secretOf(owned)
  assert.deepEqual(new Webhook(secret).verify(one.body, headersOf(one)), JSON.parse(one.body))
  assert.equal(one.headers['webhook-id'], event)
  const other = `whsec_${Buffer.alloc(32).toString('base64')}`
  assert.throws(() => new Webhook(other).verify(one.body, headersOf(one)))
  assert.throws(() => new Webhook(secret).verify(`${one.body} `, headersOf(one)))
})

test('each merchant hears its own, each endpoint its types, once', async () => {
  const [mine, theirs] = [stage.mint('mer'), stage.mint('mer')]
  await endpointOf(mine, [], '/all')
  await endpointOf(mine, ['payment.captured'], '/captured')
  await write(mine, 'a')
  await write(mine, 'b', 1, 'payment.captured')
  await write(theirs, 'c')
  await turnUntil(3)
  await turnSome()
  assert.deepEqual(got.map(({ path, body }) => `${path} ${JSON.parse(body).subject}`).sort(), [
    '/all a',
    '/all b',
    '/captured b',
  ])
})

test('events of one object arrive in order, also where they are due at once', async () => {
  const { merchant } = await endpointOf(stage.mint('mer'))
  for (const sequence of [1, 2, 3, 4, 5]) await write(merchant, 'pay_1', sequence)
  await turnUntil(5)
  assert.deepEqual(sequences(), [1, 2, 3, 4, 5])
})

test('days of outage: every pause of the schedule, then failed; recovered at once', async () => {
  const owned = await endpointOf(stage.mint('mer'))
  answers = Array.from({ length: pauses.length + 1 }, () => [503] as const)
  await write(owned.merchant, 'pay_1')
  await turnUntil(1)
  const waited: number[] = []
  for (const [at, pause] of pauses.entries()) {
    nowMs += pause - 1
    await hooks.turn(nowMs)
    await hooks.idle()
    assert.equal(got.length, at + 1, 'not a moment early')
    nowMs += Math.ceil(pause * 0.2) + 2
    await turnUntil(at + 2)
    waited.push(nowMs - realMs)
  }
  const days = (waited.at(-1) ?? 0) / 86_400_000
  assert(days > 3 && days < 5, `${days} days`)
  const [delivery] = value(await hooks.deliveries(owned, { limit: 9, before: undefined }))
  assert.deepEqual([delivery?.state, delivery?.attempts.length], ['failed', pauses.length + 1])
  assert.deepEqual(new Set(got.map(({ headers }) => headers['webhook-id'])).size, 1, 'one id')
  assert.equal(value(await hooks.recover(owned, { sinceMs: realMs, nowMs })), 1)
  await turnUntil(pauses.length + 2)
  const [again] = value(await hooks.deliveries(owned, { limit: 9, before: undefined }))
  assert.equal(again?.state, 'delivered')
})

test('Retry-After is honoured, and a redirect is a failure', async () => {
  const { merchant } = await endpointOf(stage.mint('mer'))
  answers = [
    [429, { 'retry-after': '3600' }],
    [302, { location: 'http://127.0.0.1:1/' }],
  ]
  await write(merchant, 'pay_1')
  await turnUntil(1)
  nowMs += 3_599_000
  await hooks.turn(nowMs)
  await hooks.idle()
  assert.equal(got.length, 1, 'not before it asked')
  nowMs += 2_000
  await turnUntil(2)
  nowMs += (pauses[1] ?? 0) * 1.3
  await turnUntil(3)
  assert.equal(got.length, 3)
})

test('410 ends it at once, days without a success end it too; the merchant is told', async () => {
  const gone = await endpointOf(stage.mint('mer'))
  answers = [[410]]
  await write(gone.merchant, 'pay_1')
  await turnUntil(1)
  assert.equal((await hooks.get(gone))?.disabledBecause, 'gone')
  const failing = await endpointOf(stage.mint('mer'))
  answers = [[500], [500]]
  await write(failing.merchant, 'pay_2')
  await turnUntil(2)
  assert.equal((await hooks.get(failing))?.enabled, true)
  nowMs += GIVE_UP_MS + 1
  await turnUntil(3)
  assert.equal((await hooks.get(failing))?.disabledBecause, 'failing')
  const told = await stage.store.sql`
    select subject from events.event where type = 'webhook_endpoint.disabled' order by id`
  assert.deepEqual(
    told.map(({ subject }) => subject).sort(),
    [failing.endpoint, gone.endpoint].sort(),
  )
})

test('off for a while: nothing is sent, and what was missed is replayed once', async () => {
  const owned = await endpointOf(stage.mint('mer'))
  value(await hooks.change(owned, { enabled: false, nowMs }))
  await write(owned.merchant, 'missed')
  await turnSome()
  nowMs += 1
  value(await hooks.change(owned, { enabled: true, nowMs }))
  await write(owned.merchant, 'heard')
  await turnUntil(1)
  assert.deepEqual(subjects(), ['heard'])
  const span = { fromMs: realMs - 1, toMs: nowMs + 1, nowMs }
  assert.equal(value(await hooks.replayMissing(owned, span)), 1)
  assert.equal(value(await hooks.replayMissing(owned, span)), 0, 'nothing twice')
  await turnUntil(2)
  assert.deepEqual(subjects(), ['heard', 'missed'])
})

test('one event again, of one’s own only; an example is one endpoint’s alone', async () => {
  const owned = await endpointOf(stage.mint('mer'), [], '/one')
  await endpointOf(owned.merchant, [], '/two')
  const event = await write(owned.merchant, 'pay_1')
  await turnUntil(2)
  value(await hooks.resend(owned, event, nowMs))
  await turnUntil(3)
  assert.equal(got[2]?.path, '/one')
  const strangers = await write(stage.mint('mer'), 'theirs')
  const refused = await hooks.resend(owned, strangers, nowMs)
  assert.equal(!refused.ok && refused.refusal, 'not_found')
  value(await hooks.sendExample(owned, 'payment.captured', nowMs))
  await turnUntil(4)
  const { type, data } = JSON.parse(got[3]?.body ?? '{}')
  assert.deepEqual([got[3]?.path, type, data], ['/one', 'payment.captured', { example: true }])
  await turnSome()
  assert.equal(got.length, 4)
})

test('a secret is changed with overlap: both sign, then the new one alone', async () => {
  const owned = await endpointOf(stage.mint('mer'))
  const before = await secretOf(owned)
  const asked = { key: 'rotate', digest: new Uint8Array(32), nowMs, overlapS: 3600 }
  value(await hooks.rotate(owned, asked))
  value(await hooks.rotate(owned, asked))
  const after = await secretOf(owned)
  assert.notEqual(after, before)
  await write(owned.merchant, 'pay_1')
  await turnUntil(1)
  const verify = (secret: string, one: Got | undefined) => {
    assert(one)
    return new Webhook(secret).verify(one.body, headersOf(one))
  }
  for (const secret of [before, after]) assert(verify(secret, got[0]))
  assert.equal(String(got[0]?.headers['webhook-signature']).split(' ').length, 2)
  const row = await stage.store.sql<{ secret: Uint8Array }[]>`
    select secret from events.endpoint where id = ${owned.endpoint}`
  const raw = Buffer.from(after.slice('whsec_'.length), 'base64')
  assert(!Buffer.from(row[0]?.secret ?? []).includes(raw), 'at rest it is sealed')
  await stage.store.sql`
    update events.endpoint set old_secret_ends_ms = ${nowMs - 1} where id = ${owned.endpoint}`
  await write(owned.merchant, 'pay_2')
  await turnUntil(2)
  assert(verify(after, got[1]))
  assert.throws(() => verify(before, got[1]))
})

test('two processes send nothing twice; what a dead one held goes out later', async () => {
  const owned = await endpointOf(stage.mint('mer'))
  const other = createHooks()
  for (let at = 0; at < 40; at += 1) await write(owned.merchant, `pay_${at}`)
  for (let patience = 300; got.length < 40 && patience > 0; patience -= 1) {
    await Promise.all([hooks.turn(nowMs), other.turn(nowMs)])
    await Promise.all([hooks.idle(), other.idle()])
  }
  assert.equal(new Set(subjects()).size, 40)
  assert.equal(got.length, 40)
  const { sql } = stage.store
  const dead = await write(owned.merchant, 'held')
  const isKnown = async () =>
    (await sql`select event from events.delivery where event = ${dead}`).length > 0
  for (let patience = 300; !(await isKnown()) && patience > 0; patience -= 1)
    await sql`select events.spread(500, ${nowMs})`
  assert.equal((await sql`select events.lease(9, 9, ${nowMs + 60_000}, ${nowMs})`).length, 1)
  await hooks.turn(nowMs)
  await hooks.idle()
  assert.equal(got.length, 40, 'somebody is at it')
  nowMs += 60_001
  await turnUntil(41)
  assert.equal(subjects().at(-1), 'held')
})

test('an endpoint that hangs holds up no other', async () => {
  const slow = createServer(() => undefined)
  await new Promise<void>((ready) => slow.listen(0, '127.0.0.1', ready))
  const { merchant } = await endpointOf(stage.mint('mer'), [], '/quick')
  const url = `http://127.0.0.1:${(slow.address() as AddressInfo).port}/`
  const digest = new Uint8Array(32)
  const asked = { merchant, key: 'slow', digest, nowMs, description: '', metadata: {}, types: [] }
  value(await hooks.create({ ...asked, url }))
  for (let at = 0; at < 12; at += 1) await write(merchant, `pay_${at}`)
  for (let patience = 500; got.length < 12 && patience > 0; patience -= 1) {
    await hooks.turn(nowMs)
    await new Promise((ready) => setTimeout(ready, 5))
  }
  assert.equal(got.length, 12)
  slow.closeAllConnections()
  slow.close()
})

test('what is on its way without an end holds up the others for its lease, no longer', async () => {
  const merchant = stage.mint('mer', stage.lane())
  for (let n = 0; n < 8; n += 1) await endpointOf(merchant, [], `/${n}`)
  for (let n = 0; n < 4; n += 1) await write(merchant, `pay_${n}`)
  const post = createPost(allowed)
  let [isLost, lost] = [true, 0]
  const sender = createHooks((one) => {
    if (!isLost) return post(one)
    lost += 1
    return new Promise(() => {})
  })
  // Other tests' transactions hold the log up for moments; each is on its way before it is lost.
  for (let patience = 300; lost < 32 && patience > 0; patience -= 1) {
    await sender.turn(nowMs)
    await new Promise((ready) => setTimeout(ready, 5))
  }
  const [out] = await stage.store.sql`
    select count(*)::int as n from events.delivery where leased_ms > ${nowMs}`
  assert.deepEqual([lost, out?.['n']], [32, 32], 'as many as one process sends at a time')
  isLost = false
  nowMs += 60_001
  await turnUntil(32, sender)
  assert.equal(got.length, 32)
})
