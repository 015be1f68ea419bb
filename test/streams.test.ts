// Goal: what happens is told within a second to whoever may read it, and to nobody else; a reader
//   that was cut goes on where it was, on whichever process answers; a suspended terminal is told
//   why and then hears no more; a revoked key hears no more.
// Method: two real server processes behind a plain TCP balancer; the SDK's reader and the
//   terminal's; processes are killed while both read.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { forge } from '@warifu/cli/tampering'
import { ApiError } from '@warifu/sdk/api-call'
import { type Followed, followEvents } from '@warifu/sdk/follow-events'
import postgres from 'postgres'
import { type House, startHouse } from './house.ts'
import { collect } from './listening.ts'
import { type People, pay, peopleOf, sendPresent, signAgain } from './people.ts'

let house: House
let people: People

before(async () => {
  house = await startHouse({ balanced: true })
  people = peopleOf(house)
})
after(async () => await house?.stop())

/** By the balancer's address, or by one server's own. */
const merchantStream = (url = house.url, from?: string) =>
  collect(
    (following) => followEvents({ fetch: house.fetch, apiUrl: url }, house.seed.api_key, following),
    from,
  )

const typesOf = (found: readonly Followed[], subject: string) =>
  found.filter(({ event }) => event.subject === subject).map(({ event }) => event.type)

test('a payment is told to its merchant on every process, and to its cardholder', async () => {
  const [one, two] = house.urls.map((url) => merchantStream(url))
  assert(one && two)
  const holder = await people.become('Aiko')
  const notices = collect(holder.terminal.followNotices)
  for (const stream of [one, two, notices]) await stream.opened()
  const { id, link } = await people.ask({ amount: 900 })
  await pay(holder, link)
  await people.merchant.payments.capture(id)
  await people.merchant.payments.refund(id, { amount: 400 })
  const whole = ['created', 'claimed', 'authorized', 'captured', 'refunded'].map(
    (t) => `payment.${t}`,
  )
  for (const stream of [one, two]) {
    await stream.saw('payment.refunded', id)
    assert.deepEqual(typesOf(stream.found, id), whole)
    const sequence = stream.found.filter(({ event }) => event.subject === id)
    assert.deepEqual(
      sequence.map(({ event }) => event.sequence),
      [1, 2, 3, 4, 5],
    )
  }
  assert.deepEqual(
    one.found.map(({ place }) => place),
    two.found.map(({ place }) => place),
  )
  await notices.saw('payment.refunded', id)
  assert.deepEqual(typesOf(notices.found, id), ['payment.captured', 'payment.refunded'])
  const listed = await people.merchant.events.list({ limit: 2 }).take(5)
  assert.deepEqual(
    listed.map(({ type }) => type),
    whole.toReversed(),
  )
  for (const stream of [one, two, notices]) await stream.stop()
})

test('readers go on at their place on the other process when theirs is killed', async () => {
  const holder = await people.become('Bando')
  const events = merchantStream()
  const notices = collect(holder.terminal.followNotices)
  for (const stream of [events, notices]) await stream.opened()
  const refunded = async () => {
    const { id, link } = await people.ask({ amount: 300 })
    await pay(holder, link)
    await people.merchant.payments.capture(id)
    await people.merchant.payments.refund(id)
    return id
  }
  const ids = [await refunded()]
  for (const name of ['server', 'server-2'] as const) {
    await house.kill(name)
    ids.push(await refunded())
    await house.restart(name)
    ids.push(await refunded())
  }
  for (const id of ids) {
    await events.saw('payment.refunded', id)
    await notices.saw('payment.refunded', id)
    const sequence = events.found.filter(({ event }) => event.subject === id)
    assert.deepEqual(
      sequence.map(({ event }) => event.sequence),
      [1, 2, 3, 4, 5],
    )
    assert.deepEqual(typesOf(notices.found, id), ['payment.captured', 'payment.refunded'])
  }
  // Each process was killed once, so whoever read there was cut.
  for (const { states, stop } of [events, notices]) {
    assert(states.filter((state) => state === 'cut').length >= 1, states.join())
    await stop()
  }
})

test('a server that is asked to stop ends its streams, and is gone in seconds', async () => {
  const pid = house.pid('server')
  const events = merchantStream(house.urls[0])
  await events.opened()
  process.kill(pid, 'SIGTERM')
  const beganMs = performance.now()
  while (isAlive(pid)) {
    assert(performance.now() - beganMs < 5000, 'it still waits for its readers')
    await sleep(50)
  }
  await house.restart('server')
  const { id } = await people.ask()
  await events.saw('payment.created', id)
  assert.deepEqual(events.states.slice(0, 2), ['open', 'cut'])
  await events.stop()
})

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('a forked terminal is told why, and then hears no more', async () => {
  const holder = await people.become('Chika')
  const notices = collect(holder.terminal.followNotices)
  await notices.opened()
  const claim = await holder.terminal.claim((await people.ask({ amount: 300 })).link)
  const honest = await forge(holder, { claim })
  const change = (body: string) => body.replace('"own_card"', '"own_card" ')
  const other = await signAgain(holder.terminal, honest, { change })
  assert.equal((await sendPresent(holder, honest)).status, 'authorized')
  await assert.rejects(sendPresent(holder, other), { code: 'counter_forked' })
  const { terminal } = await holder.terminal.state()
  await assert.rejects(
    notices.saw('nothing more', terminal ?? ''),
    (error) => error instanceof ApiError && error.code === 'terminal_not_active',
  )
  assert.deepEqual(typesOf(notices.found, terminal ?? ''), ['terminal.suspended'])
})

test('approved is told to the shop within a second of the terminal’s answer', async (t) => {
  const holder = await people.become('Dai')
  const events = merchantStream()
  await events.opened()
  const waits: number[] = []
  for (let turn = 0; turn < 10; turn += 1) {
    const { id, link } = await people.ask({ amount: 300 })
    const claim = await holder.terminal.claim(link)
    await holder.terminal.present(claim, holder.card, { verifyUser: true })
    const answeredMs = performance.now()
    await events.saw('payment.authorized', id)
    const at = events.found.findIndex(
      ({ event }) => event.subject === id && event.type === 'payment.authorized',
    )
    waits.push((events.at[at] ?? Number.POSITIVE_INFINITY) - answeredMs)
  }
  await events.stop()
  const sorted = waits.toSorted((a, b) => a - b).map((ms) => Math.round(ms))
  t.diagnostic(`from the answer to the shop’s message, ms: ${sorted.join(' ')}`)
  assert((sorted.at(-2) ?? 1000) < 1000, sorted.join())
})

test('a place that is none is refused and named; too many streams are refused', async () => {
  const [url = ''] = house.urls
  const headers = { authorization: `Bearer ${house.seed.api_key}` }
  const ask = (more: Record<string, string>, signal?: AbortSignal) =>
    fetch(`${url}/v1/events/stream`, { headers: { ...headers, ...more }, signal: signal ?? null })
  const refused = await ask({ 'last-event-id': 'yesterday' })
  assert.equal(refused.status, 400)
  const { error } = (await refused.json()) as { error: { param: string; message: string } }
  assert.equal(error.param, 'Last-Event-ID')
  assert.match(error.message, /^Last-Event-ID: the id of a message/)
  const stop = new AbortController()
  const open = await Promise.all(Array.from({ length: 8 }, () => ask({}, stop.signal)))
  for (const { status, headers: told } of open) {
    assert.equal(status, 200)
    assert.equal(told.get('content-type'), 'text/event-stream; charset=utf-8')
    assert.equal(told.get('cache-control'), 'no-store')
  }
  assert.equal((await ask({})).status, 429)
  stop.abort()
  assert.equal((await fetch(`${url}/v1/events/stream`)).status, 401)
})

test('a revoked key hears no more', async () => {
  const events = merchantStream()
  await events.opened()
  await using admin = await adminOf(house)
  await admin.sql`update merchants.api_key set revoked_ms = 1`
  await assert.rejects(events.saw('anything', ''), { code: 'api_key_invalid' })
})

async function adminOf({ serverDatabase }: House) {
  const sql = postgres(serverDatabase.adminUrl, { max: 1, onnotice: () => {} })
  return { sql, [Symbol.asyncDispose]: async () => await sql.end() }
}
