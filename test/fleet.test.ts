// Goal: two servers and two vaults are one platform. One of each is killed in the middle of load:
//   requests go on through the others, nothing is lost and nothing doubled, and the books are sound
//   at every instant while cards are charged, captured and refunded. At twice of what it can
//   take, it answers rightly and in time, or says that it did not begin.
// Method: real processes behind a balancer that knows nothing; loops of charges with cards typed on
//   entry devices and of cards presented by phones; then charges at a fixed pace, whatever comes
//   back. The books are checked afterwards, and every charge is looked for in them.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { nodeProgram, runToEnd } from '@warifu/cli/child'
import { root } from '@warifu/cli/state-folder'
import type { Id } from '@warifu/protocol/ids'
import { ApiError, callApi, NoAnswer, readAnswer } from '@warifu/sdk/api-call'
import postgres from 'postgres'
import { askFor, openTill, type Till } from './charging.ts'
import { type House, startHouse } from './house.ts'
import { type Holder, type People, peopleOf } from './people.ts'

const AMOUNT = 10
/** Of each server: three quarters of it are for what begins. */
const OPEN_REQUESTS = 8
const DEADLINE_MS = 10_000

let house: House
let people: People
let sql: postgres.Sql
let till: Till
let holders: Holder[]
let token: string

before(async () => {
  const env = { server: { OPEN_REQUESTS: String(OPEN_REQUESTS) } }
  house = await startHouse({ balanced: true, vaults: 2, env })
  people = peopleOf(house)
  sql = postgres(house.serverDatabase.adminUrl, { max: 1, onnotice: () => {} })
  till = await openTill(house, people)
  holders = [await people.become('Aiko'), await people.become('Botan')]
  token = await newToken()
})
after(async () => {
  await sql?.end()
  await house?.stop()
})

async function newToken(): Promise<string> {
  const ask = { ...askFor(), purpose: 'token' } as const
  const message = till.message(await till.typed(firstHolder()), ask)
  const body = { source: { kind: 'entry_device', message } } as const
  const made = await callApi(people.api, 'createToken', { body, headers: till.headers(ask.key) })
  return made.token ?? assert.fail('a new token shows its digits')
}

const firstHolder = (): Holder => holders[0] ?? assert.fail()

/** The holds of the payments that were asked for under these keys: one each, or none. */
async function holdsOf(references: readonly string[]): Promise<Map<string, number>> {
  const rows = await sql<{ reference: string; holds: number }[]>`
    select p.merchant_reference as reference, count(h.payment)::int as holds
      from payments.payment p left join ledger.hold h on h.payment = p.id
     where p.merchant_reference = any(${[...references]}) group by p.merchant_reference, p.id`
  assert.equal(new Set(rows.map(({ reference }) => reference)).size, rows.length, 'none is double')
  return new Map(rows.map(({ reference, holds }) => [reference, holds]))
}

/** Every law of the books, as `warifu ledger check` asks for them. */
async function checkBooks(): Promise<void> {
  const entry = join(root, 'server', 'settlement', 'main.ts')
  const program = await nodeProgram('The books', entry, { DATABASE_URL: house.serverDatabase.url })
  const { faults, lanes } = JSON.parse(await runToEnd(program))
  assert.deepEqual(faults, [])
  assert(lanes > 0)
}

/** Again and again, as long as it may; answers with how often. */
async function checkWhile(mayGoOn: () => boolean): Promise<number> {
  let times = 0
  for (; mayGoOn(); times += 1) {
    await checkBooks()
    await sleep(300)
  }
  return times
}

/** A whole capture, a partial one or none; then some of it is refunded. */
async function takeAndGiveBack(id: Id<'pay'>, kind: number): Promise<void> {
  const { capture, refund } = people.merchant.payments
  if (kind === 0) return
  const [taking, giving] = [{ idempotencyKey: randomUUID() }, { idempotencyKey: randomUUID() }]
  await insisting(() => capture(id, { amount: kind === 1 ? AMOUNT : AMOUNT - 3 }, taking))
  if (kind === 2) await insisting(() => refund(id, { amount: 2 }, giving))
}

/** Nobody has said yet what became of it: the same again will. */
const isOpen = (error: unknown): boolean =>
  error instanceof NoAnswer || (error instanceof ApiError && error.status >= 500)

/** Again and again the same, until it is answered. */
async function insisting<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1)
    try {
      return await work()
    } catch (error) {
      if (!isOpen(error) || tries === 60) throw error
      await sleep(200)
    }
}

/** A loop of one kind of payment. Each is written down before it is asked for. */
type Loop = (key: string) => Promise<{ readonly id: Id<'pay'>; readonly status: string }>

async function chargeTyped(): Promise<Loop> {
  const own = await openTill(house, people)
  const entry = await own.typed(firstHolder())
  return async (key) => {
    const ask = { ...askFor(AMOUNT), key }
    const message = own.message(entry, ask)
    const body = { ...asked(key), presentment: { kind: 'entry_device', message } } as const
    const { api } = people
    return insisting(() => callApi(api, 'createPayment', { body, headers: own.headers(key) }))
  }
}

const asked = (key: string) =>
  ({
    amount: AMOUNT,
    currency: 'jpy',
    capture_method: 'manual',
    merchant_reference: key,
  }) as const

const payByPhone =
  ({ terminal, card }: Holder): Loop =>
  async (key) => {
    const { merchant } = people
    const { link } = await insisting(() =>
      merchant.payments.create(asked(key), { idempotencyKey: key }),
    )
    const again = () => insisting(() => terminal.retry())
    const claimNow = (): ReturnType<typeof terminal.claim> =>
      terminal.claim(link ?? '').catch(async (error: unknown) => {
        if (!isOpen(error)) throw error
        await again()
        return claimNow()
      })
    const claim = await claimNow()
    const presented = terminal.present(claim, card, { verifyUser: true })
    const { payment: id, status } = await presented.catch(async (error: unknown) => {
      if (!isOpen(error)) throw error
      return readAnswer('presentCard', (await again()).answer)
    })
    return { id, status }
  }

test('one of each is killed under load: nothing lost, nothing doubled', async () => {
  const loops = [await chargeTyped(), ...holders.map(payByPhone)]
  const keys: string[] = []
  const done: string[] = []
  let isOver = false
  const run = async (loop: Loop) => {
    while (!isOver) {
      const key = randomUUID()
      keys.push(key)
      const { id, status } = await loop(key)
      assert.equal(status, 'authorized')
      await takeAndGiveBack(id, done.length % 3)
      done.push(key)
    }
  }
  const running = Promise.all(loops.map(run))
  running.catch(() => {})
  // At every instant of all this the books are sound.
  const checked = checkWhile(() => !isOver)
  checked.catch(() => {})
  const reached = async (count: number) => {
    while (done.length < count) await Promise.race([running, sleep(20)])
  }
  await reached(9)
  await Promise.all([house.kill('server-2'), house.kill('vault')])
  const killedAt = done.length
  await reached(killedAt + 12)
  await Promise.all([house.restart('server-2'), house.restart('vault')])
  await reached(done.length + 6)
  isOver = true
  await running
  assert((await checked) >= 3, `${await checked} checks`)
  const holds = await holdsOf(keys)
  assert.deepEqual([...holds.keys()].sort(), keys.sort(), 'each was asked for once')
  assert([...holds.values()].every((count) => count === 1))
  assert.equal(done.length, keys.length)
  await checkBooks()
})

type Said = {
  readonly key: string
  readonly status: number
  readonly code: string | undefined
  readonly again: string | null
  readonly tookMs: number
}

async function charge(): Promise<Said> {
  const key = randomUUID()
  const began = performance.now()
  const body = JSON.stringify({ ...asked(key), presentment: { kind: 'token', token } })
  const headers = { ...till.headers(key), 'content-type': 'application/json' }
  const answer = await house.fetch(`${house.url}/v1/payments`, { method: 'POST', headers, body })
  const { error } = (await answer.json()) as { error?: { code: string } }
  const again = answer.headers.get('retry-after')
  const tookMs = performance.now() - began
  return { key, status: answer.status, code: error?.code, again, tookMs }
}

/** Payments in a second that so many can get who wait for their answers. */
async function capacity(): Promise<number> {
  const began = performance.now()
  let count = 0
  const loop = async () => {
    while (performance.now() - began < 1500) {
      if ((await charge()).status === 201) count += 1
    }
  }
  await Promise.all(Array.from({ length: 10 }, loop))
  return count / ((performance.now() - began) / 1000)
}

test('at twice its capacity: a right answer in time, or 503 and nothing begun', async () => {
  const perSecond = 2 * (await capacity())
  // As they come at a door: what is due in a quarter of a second, at once.
  const together = Math.max(4 * OPEN_REQUESTS, Math.ceil(perSecond / 4))
  const all: Promise<Said>[] = []
  for (let burst = 0; burst < 12; burst += 1) {
    all.push(...Array.from({ length: together }, charge))
    await sleep(250)
  }
  const said = await Promise.all(all)
  const taken = said.filter(({ status }) => status === 201)
  const turnedAway = said.filter(({ code }) => code === 'overloaded')
  assert.equal(taken.length + turnedAway.length, said.length, JSON.stringify(said.at(-1)))
  assert(turnedAway.length > 0, `all of ${said.length}, ${together} at once, were taken`)
  for (const { status, again } of turnedAway) assert.deepEqual([status, again], [503, '1'])
  const slowest = Math.max(...said.map(({ tookMs }) => tookMs))
  assert(slowest < DEADLINE_MS, `${slowest} ms`)
  const holds = await holdsOf(said.map(({ key }) => key))
  assert.deepEqual([...holds.keys()].sort(), taken.map(({ key }) => key).sort())
  assert([...holds.values()].every((count) => count === 1))
  const [one] = turnedAway
  assert(one)
  const body = { ...asked(one.key), presentment: { kind: 'token', token } } as const
  const later = await people.merchant.payments.create(body, { idempotencyKey: one.key })
  assert.equal(later.status, 'authorized', 'and the same request, later, is taken')
  await checkBooks()
})
