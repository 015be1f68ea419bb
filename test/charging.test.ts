// Goal: S4 end to end: a card typed on a till's entry device pays, becomes a token, and the token
//   pays again inside its consent; it costs one round trip, and whoever dies, it happens once.
// Method: real processes; a device whose keys the vault made; relays that count, cut and kill.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { isMandate } from '@warifu/protocol/approval-content'
import { callApi } from '@warifu/sdk/api-call'
import postgres from 'postgres'
import { askFor, openTill, type Till } from './charging.ts'
import { type House, startHouse } from './house.ts'
import { availableOf, type Holder, type People, peopleOf } from './people.ts'
import { cutAt, type Frame } from './relay.ts'

let house: House
let people: People
let aiko: Holder
let till: Till
let typed: Awaited<ReturnType<Till['typed']>>
let sql: postgres.Sql
before(async () => {
  house = await startHouse({ relays: ['database', 'vault'] })
  people = peopleOf(house)
  aiko = await people.become('Aiko')
  till = await openTill(house, people)
  typed = await till.typed(aiko)
  sql = postgres(house.serverDatabase.adminUrl, { max: 1, onnotice: () => {} })
})
after(async () => {
  await sql?.end()
  await house?.stop()
})
afterEach(() => {
  for (const name of ['database', 'vault'] as const) house.relay(name).hook()
})

const entered = (ask = askFor(), entry: Parameters<Till['message']>[0] = typed) =>
  ({ kind: 'entry_device', message: till.message(entry, ask) }) as const

async function newToken(consent?: object) {
  const ask = { ...askFor(), purpose: 'token' } as const
  const source = entered(ask)
  const body = { source, ...(consent === undefined ? {} : { consent }) }
  const input = { body, headers: till.headers(ask.key) }
  // What is asked for is judged by the platform.
  return callApi(people.api, 'createToken', input as Parameters<typeof callApi<'createToken'>>[2])
}
const byToken = (token: string | null, initiator?: 'merchant') =>
  ({ kind: 'token', token: token ?? '', ...(initiator ? { initiator } : {}) }) as const

describe('an entered card', () => {
  test('pays; the shop sees what it would see of a wallet’s payment', async () => {
    const funds = await availableOf(aiko)
    const ask = askFor()
    const payment = await till.charge(entered(ask), ask)
    assert.deepEqual([payment.status, payment.presentment], ['authorized', 'entry_device'])
    assert.equal(payment.card?.last4, typed.pan.slice(-4))
    assert.equal(await availableOf(aiko), funds - 1200)
    const hops = (await people.merchant.payments.timeline(payment.id)).flatMap((one) => one.hops)
    assert(hops.some(({ from, to }) => from === 'server' && to === 'vault'))
    assert(!JSON.stringify([payment, hops]).includes(typed.pan))
  })

  test('with a wrong code is declined by its own word, and nothing is held', async () => {
    const funds = await availableOf(aiko)
    const ask = askFor()
    const code = typed.code === '123' ? '124' : '123'
    const payment = await till.charge(entered(ask, { ...typed, code }), ask)
    assert.deepEqual(
      [payment.status, payment.declined_because],
      ['declined', 'security_code_wrong'],
    )
    assert.equal(await availableOf(aiko), funds)
  })

  test('serves one request: under another key or amount it opens nothing', async () => {
    const ask = askFor()
    const shown = entered(ask)
    await assert.rejects(till.charge(shown, askFor()), { code: 'entry_mismatch' })
    await assert.rejects(till.charge(shown, { ...ask, amount: 1 }), { code: 'entry_mismatch' })
    assert.equal((await till.charge(shown, ask)).status, 'authorized')
  })

  test('a card of a company that is not connected is not supported', async () => {
    const ask = askFor()
    const payment = await till.charge(entered(ask, { pan: '4111111111111111', code: '123' }), ask)
    assert.equal(payment.declined_because, 'card_not_supported')
  })
})

describe('a phone order', () => {
  const byPhone = (context: Parameters<typeof askFor>[1] = {}) =>
    askFor(1200, { channel: 'moto', ...context })

  test('is keyed by the agent, declared by shop and device, and named so', async () => {
    const funds = await availableOf(aiko)
    const ask = byPhone()
    const message = till.message(typed, ask)
    const payment = await till.charge({ kind: 'moto', message }, ask)
    assert.deepEqual([payment.status, payment.presentment], ['authorized', 'moto'])
    assert.equal(await availableOf(aiko), funds - 1200)
    const [created] = await people.merchant.payments.timeline(payment.id)
    assert.equal(created?.hops[0]?.message, 'card, by telephone')
  })

  test('passes for nothing else; swiped or with a PIN there is none', async () => {
    const mismatch = { code: 'entry_mismatch' }
    const [shop, phone] = [askFor(), byPhone()]
    const inShop = { kind: 'moto', message: till.message(typed, shop) } as const
    await assert.rejects(till.charge(inShop, shop), mismatch)
    await assert.rejects(till.charge(entered(phone), phone), mismatch)
    const swiped = byPhone({ entry: 'swiped' })
    const wrong = { kind: 'moto', message: till.message(typed, swiped) } as const
    await assert.rejects(till.charge(wrong, swiped), mismatch)
    const pinned = byPhone()
    const withPin = till.message({ ...typed, pin: '1234' }, pinned)
    await assert.rejects(till.charge({ kind: 'moto', message: withPin }, pinned), mismatch)
  })
})

describe('a token', () => {
  test('made without a charge pays until it is deleted; a list shows no digits', async () => {
    const made = await newToken()
    assert.match(made.token ?? '', /^98[0-9]{14}$/)
    assert.equal((await till.charge(byToken(made.token), askFor())).status, 'authorized')
    const headers = till.headers('list')
    const { data } = await callApi(people.api, 'listTokens', { query: {}, headers })
    assert(data.some(({ id, token }) => id === made.id && token === null))
    await callApi(people.api, 'deleteToken', { params: { id: made.id }, headers })
    await assert.rejects(till.charge(byToken(made.token), askFor()), { code: 'token_unknown' })
  })

  test('a consent is given once on the phone, and then binds the shop', async () => {
    const until = new Date(Date.now() + 90 * 86_400_000).toISOString()
    const recurring = { kind: 'recurring', cap: 2000, currency: 'jpy', period: 'month', until }
    const made = await newToken(recurring)
    const absent = (amount: number) => till.charge(byToken(made.token, 'merchant'), askFor(amount))
    assert.equal((await absent(500)).declined_because, 'consent_missing')
    const [question] = await aiko.terminal.questions()
    assert(question && isMandate(question.content))
    assert.deepEqual([question.content.amount, question.content.extent], [2000, 'up_to'])
    assert.equal((await aiko.terminal.answer(question, 'approve')).status, 'approved')
    await assert.rejects(aiko.terminal.answer(question, 'deny'), { code: 'approval_state' })
    assert.equal((await absent(1500)).status, 'authorized')
    assert.equal((await absent(501)).declined_because, 'consent_exceeded')
    assert.equal((await absent(500)).status, 'authorized')
    const headers = till.headers('get')
    const shown = await callApi(people.api, 'getToken', { params: { id: made.id }, headers })
    assert(shown.consent.kind === 'recurring')
    assert.deepEqual([shown.consent.status, shown.consent.spent], ['given', 2000])
  })
})

describe('what it costs', () => {
  const counts = () => ({
    roundTrips: house.relay('database').counts().roundTrips,
    asked: house.relay('vault').counts().up,
  })
  /** The least of several windows: the server's own clockwork only adds. */
  async function least(
    shown: (
      ask: ReturnType<typeof askFor>,
    ) => ReturnType<typeof entered> | ReturnType<typeof byToken>,
  ) {
    const costs = { roundTrips: Number.POSITIVE_INFINITY, asked: Number.POSITIVE_INFINITY }
    // On each connection of each server the first one costs more.
    const isLeast = () => costs.roundTrips <= 1 && costs.asked <= 1
    for (let turn = 0; turn < 12 || (turn < 100 && !isLeast()); turn += 1) {
      const ask = askFor(1)
      const presentment = shown(ask)
      const start = counts()
      assert.equal((await till.charge(presentment, ask)).status, 'authorized')
      const end = counts()
      costs.roundTrips = Math.min(costs.roundTrips, end.roundTrips - start.roundTrips)
      costs.asked = Math.min(costs.asked, end.asked - start.asked)
    }
    return costs
  }

  test('an entered card: one round trip to PostgreSQL, one frame to the vault', async () => {
    assert.deepEqual(await least((ask) => entered(ask)), { roundTrips: 1, asked: 1 })
  })
  test('a token: one round trip to PostgreSQL, and the vault hears nothing', async () => {
    const { token } = await newToken()
    assert.deepEqual(await least(() => byToken(token)), { roundTrips: 1, asked: 0 })
  })
})

describe('the server is killed', () => {
  const names = (word: string) => (frame: Frame) =>
    frame.direction === 'up' && frame.bytes.includes(word)
  const moments = [
    ['before the vault hears of it', 'vault', (frame: Frame) => frame.direction === 'up'],
    ['when the vault’s answer arrives', 'vault', (frame: Frame) => frame.direction === 'down'],
    ['before PostgreSQL hears of it', 'database', undefined],
    ['when PostgreSQL’s answer arrives', 'database', undefined],
  ] as const
  for (const [name, relay, at] of moments)
    test(`${name}: the same request again charges once`, async () => {
      const funds = await availableOf(aiko)
      const ask = askFor()
      const shown = entered(ask)
      let seen: number | undefined
      let kills = 0
      const hears = names(ask.key)
      const wanted = (frame: Frame): boolean => {
        if (kills > 0) return false
        if (at !== undefined) return at(frame)
        if (hears(frame)) seen = frame.connection
        if (name.startsWith('before')) return hears(frame)
        const isDone = frame.bytes[0] === 0x5a && frame.bytes[5] === 0x49
        return frame.direction === 'down' && frame.connection === seen && isDone
      }
      house.relay(relay).hook(
        cutAt(wanted, async () => {
          kills += 1
          await house.kill('server')
        }),
      )
      await assert.rejects(till.charge(shown, ask))
      assert.equal(kills, 1)
      house.relay(relay).hook()
      await house.restart('server')
      const payment = await till.charge(shown, ask)
      assert.equal(payment.status, 'authorized')
      assert.deepEqual(await till.charge(shown, ask), payment)
      const holds = await sql`select 1 from ledger.hold where payment = ${payment.id}`
      assert.equal(holds.length, 1)
      assert.equal(await availableOf(aiko), funds - 1200)
    })
})
