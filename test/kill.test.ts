// Goal: whoever dies in between, nothing is lost and nothing happens twice: the server is killed
//   (SIGKILL) between two steps, comes back, and the same bytes sent again get a final answer.
// Method: relays that know the message after which a step is done, and kill before it goes on.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, afterEach, before, suite, test } from 'node:test'
import type { Reply } from '@warifu/protocol/contract'
import type { Id } from '@warifu/protocol/ids'
import { callApi, readAnswer } from '@warifu/sdk/api-call'
import postgres from 'postgres'
import { type House, startHouse } from './house.ts'
import { availableOf, type Holder, type People, peopleOf } from './people.ts'
import { cutAt, doneAfter, type Frame } from './relay.ts'

let house: House
let people: People
let aiko: Holder
let sql: postgres.Sql

before(async () => {
  house = await startHouse({ relays: ['database', 'vault'] })
  people = peopleOf(house)
  aiko = await people.become('Aiko')
  sql = postgres(house.serverDatabase.adminUrl, { max: 1, onnotice: () => {} })
})
after(async () => {
  await sql?.end()
  await house?.stop()
})
afterEach(() => {
  for (const name of ['database', 'vault'] as const) house.relay(name).hook()
})

/** How often a moment came: once, or the test hurt nothing. */
type Killing = { readonly times: () => number }

/** Kills the server when this message arrives at the relay, which never lets it go on. */
function killAt(name: 'database' | 'vault', wanted: (frame: Frame) => boolean): Killing {
  let times = 0
  const once = (frame: Frame) => times === 0 && wanted(frame)
  const kill = async () => {
    times += 1
    await house.kill('server')
  }
  house.relay(name).hook(cutAt(once, kill))
  return { times: () => times }
}

/** PostgreSQL is asked for something that names `word`; not by the log of requests, at its time. */
const asksFor = (word: string) => (frame: Frame) =>
  frame.direction === 'up' && frame.bytes.includes(word) && !frame.bytes.includes('response_body')

/** PostgreSQL has done what was asked for with `word`. */
const hasDone = (word: string) => doneAfter(asksFor(word))

const count = async (rows: PromiseLike<readonly unknown[]>): Promise<number> => (await rows).length
const holdsOf = (id: Id<'pay'>) => count(sql`select 1 from ledger.hold where payment = ${id}`)
const eventsOf = async (id: Id<'pay'>, type: string) => {
  const { data } = await people.merchant.events.list({ limit: 100 }).page()
  return data.filter((event) => event.subject === id && event.type === type).length
}

suite('a card is presented', () => {
  const moments: readonly [
    name: string,
    relay: 'database' | 'vault',
    holdsThen: number,
    at: (id: string) => (frame: Frame) => boolean,
  ][] = [
    [
      'before the vault hears of it',
      'vault',
      0,
      () =>
        ({ direction }) =>
          direction === 'up',
    ],
    [
      'when the vault’s answer arrives',
      'vault',
      0,
      () =>
        ({ direction }) =>
          direction === 'down',
    ],
    ['before PostgreSQL hears of it', 'database', 0, asksFor],
    ['when PostgreSQL’s answer arrives', 'database', 1, hasDone],
  ]
  for (const [name, relay, holdsThen, at] of moments)
    test(`killed ${name}`, async () => {
      const { terminal, card } = aiko
      const funds = await availableOf(aiko)
      const { id, link } = await people.ask()
      const claim = await terminal.claim(link)
      const killing = killAt(relay, at(id))
      const present = terminal.present(claim, card, { verifyUser: true })
      await assert.rejects(present, { code: 'connection_cut' })
      assert.equal(killing.times(), 1)
      assert.equal(await holdsOf(id), holdsThen)
      await house.restart('server')
      const { answer, request } = await terminal.retry()
      assert.equal(readAnswer('presentCard', answer).status, 'authorized')
      assert.deepEqual(await terminal.send(request), answer)
      assert.equal(await holdsOf(id), 1)
      assert.equal(await eventsOf(id, 'payment.authorized'), 1)
      assert.equal(await availableOf(aiko), funds - 1200)
    })
})

suite('the shop asks again with the same key', () => {
  const headersOf = (key: string) => ({
    authorization: `Bearer ${house.seed.api_key}`,
    'idempotency-key': key,
  })
  const moments = [
    ['before PostgreSQL hears of it', asksFor],
    ['when PostgreSQL’s answer arrives', hasDone],
  ] as const

  /** Killed in the middle, then asked again: the answer to the second. */
  async function twice<T>(key: string, at: typeof asksFor, send: () => Promise<T>): Promise<T> {
    const killing = killAt('database', at(key))
    await assert.rejects(send(), { code: 'connection_cut' })
    assert.equal(killing.times(), 1)
    await house.restart('server')
    return await send()
  }

  for (const [name, at] of moments) {
    test(`a payment, killed ${name}`, async () => {
      const key = randomUUID()
      const body = { amount: 700, currency: 'jpy', merchant_reference: key } as const
      const input = { body, headers: headersOf(key) }
      const made = await twice(key, at, () => callApi(people.api, 'createPayment', input))
      const rows = await sql<{ id: string }[]>`
        select id from payments.payment where merchant_reference = ${key}`
      assert.deepEqual(
        rows.map(({ id }) => id),
        [made.id],
      )
      assert.equal(await eventsOf(made.id, 'payment.created'), 1)
    })

    test(`a capture and a refund, each killed ${name}`, async () => {
      const { terminal, card } = aiko
      const funds = await availableOf(aiko)
      const { id, link } = await people.ask()
      await terminal.present(await terminal.claim(link), card, { verifyUser: true })
      const act = (action: 'capturePayment' | 'refundPayment', amount: number) => {
        const key = randomUUID()
        const input = { params: { id }, body: { amount }, headers: headersOf(key) }
        return twice<Reply<'capturePayment'> | Reply<'refundPayment'>>(key, at, () =>
          callApi(people.api, action, input),
        )
      }
      await act('capturePayment', 1000)
      assert.equal((await people.show(id)).amount_captured, 1000)
      assert.equal(await eventsOf(id, 'payment.captured'), 1)
      await act('refundPayment', 400)
      assert.equal((await people.show(id)).amount_refunded, 400)
      assert.equal(await eventsOf(id, 'payment.refunded'), 1)
      assert.equal(await availableOf(aiko), funds - 600)
    })
  }
})
