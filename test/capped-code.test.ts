/**
 * Goal: a code with a cap pays in the till's own request, once, never above what was signed; where
 *   it is not good for a payment its person is asked as by any code, or nobody is.
 * Method: one house over HTTP, real vault and PostgreSQL. What is refused is compared with the
 *   person's available money. Evidence is bent in the database as a thief of it would.
 */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Body, Reply } from '@warifu/protocol/contract'
import { callApi } from '@warifu/sdk/api-call'
import postgres from 'postgres'
import { type House, startHouse } from './house.ts'
import { availableOf, type Holder, type People, peopleOf } from './people.ts'

let house: House
let people: People
let aiko: Holder
let beni: Holder
let database: postgres.Sql

before(async () => {
  house = await startHouse({ relays: ['database'] })
  people = peopleOf(house)
  aiko = await people.become('Aiko')
  beni = await people.become('Beni')
  database = postgres(house.serverDatabase.url, { max: 1, onnotice: () => {} })
})
after(async () => {
  await database?.end()
  await house?.stop()
})

const cap = (own: object = {}) =>
  aiko.terminal.showCapped({ amount: 2000, currency: 'jpy', card: aiko.card, ...own })
const pay = (code: string, body: Partial<Body<'createPayment'>> = {}) =>
  people.merchant.payments.create({
    amount: 1200,
    currency: 'jpy',
    capture_method: 'manual',
    presentment: { kind: 'code', code },
    ...body,
  })

/** The ordinary question, on this phone, about this payment. */
async function isAsked({ terminal }: Holder, { id }: Reply<'createPayment'>): Promise<boolean> {
  for (let patience = 600; patience > 0; patience -= 1) {
    if ((await terminal.questions()).some(({ content }) => content.subject.id === id)) return true
    await sleep(50)
  }
  return false
}

async function untilOver({ id }: Reply<'createPayment'>): Promise<string | null> {
  for (let patience = 600; patience > 0; patience -= 1) {
    const shown = await people.show(id)
    if (shown.status !== 'requires_action') return shown.declined_because
    await sleep(50)
  }
  throw new Error('the payment does not end')
}

describe('a code with a cap', () => {
  test('pays in the till’s own request, and stands in its person’s history', async () => {
    const before = await availableOf(aiko)
    const { code } = await cap()
    const key = randomUUID()
    const body = { amount: 1200, currency: 'jpy', capture_method: 'manual' } as const
    const input = {
      body: { ...body, presentment: { kind: 'code', code } },
      headers: { authorization: `Bearer ${house.seed.api_key}`, 'idempotency-key': key },
    } as const
    const paid = await callApi(people.api, 'createPayment', input)
    assert.equal(paid.status, 'authorized')
    assert.equal(paid.next_action, null)
    assert.equal(await availableOf(aiko), before - 1200)
    const again = await callApi(people.api, 'createPayment', input)
    assert.deepEqual(again, paid, 'the same request: the same answer')
    assert.equal(await availableOf(aiko), before - 1200, 'and no more money')
    const [row] = await database<{ state: string; content: { subject: { id: string } } }[]>`
      select v.state, v.content from approvals.approval v
        join payments.payment p on p.approval = v.id and p.lane = v.lane where p.id = ${paid.id}`
    assert.equal(row?.state, 'approved')
    assert.equal(row?.content.subject.id, paid.id)
    const names = (await people.merchant.payments.timeline(paid.id)).map(({ name }) => name)
    assert.deepEqual(names, ['createPayment', 'redeemCode'])
    assert.equal((await people.merchant.payments.capture(paid.id)).status, 'captured')
  })

  test('is used once: the second till asks nobody', async () => {
    const { code } = await cap()
    assert.equal((await pay(code)).status, 'authorized')
    const before = await availableOf(aiko)
    const second = await pay(code, { expires_in: 1 })
    assert.equal(second.status, 'requires_action')
    assert.equal(await untilOver(second), 'cardholder_not_reached')
    assert.equal(await availableOf(aiko), before)
  })

  test('pays one of several tills that race', async () => {
    const before = await availableOf(aiko)
    const { code } = await cap()
    const made = await Promise.all(
      Array.from({ length: 6 }, () => pay(code, { amount: 700, expires_in: 2 })),
    )
    assert.equal(made.filter(({ status }) => status === 'authorized').length, 1)
    assert.equal(await availableOf(aiko), before - 700)
  })

  test('pays up to the cap; above it, and in another currency, the person is asked', async () => {
    assert.equal((await pay((await cap()).code, { amount: 2000 })).status, 'authorized')
    const before = await availableOf(aiko)
    for (const more of [{ amount: 2001 }, { currency: 'usd' }]) {
      const asked = await pay((await cap()).code, more)
      assert.equal(asked.status, 'requires_action')
      assert.equal(await isAsked(aiko, asked), true)
      await people.merchant.payments.cancel(asked.id)
    }
    assert.equal(await availableOf(aiko), before)
  })

  test('that is over finds nobody', async () => {
    const { code } = await cap()
    await database`update terminals.code set deadline_ms = 1 where payment is null`
    const late = await pay(code, { expires_in: 1 })
    assert.equal(late.status, 'requires_action')
    assert.equal(await untilOver(late), 'cardholder_not_reached')
  })

  test('declines in the same request where the money is not there', async () => {
    const all = await availableOf(beni)
    const most = { amount: all + 1, currency: 'jpy', card: beni.card }
    const { code } = await beni.terminal.showCapped(most)
    const declined = await pay(code, { amount: all + 1 })
    assert.equal(declined.status, 'declined')
    assert.equal(await availableOf(beni), all)
  })
})

describe('what is kept of a code, bent', () => {
  test('a raised cap: the vault reads what was signed, and its person is asked', async () => {
    const before = await availableOf(aiko)
    const { code } = await cap()
    await database`update terminals.code set cap = 999999 where payment is null`
    const dearer = await pay(code, { amount: 2001 })
    assert.equal(dearer.status, 'requires_action')
    assert.equal(await isAsked(aiko, dearer), true)
    await people.merchant.payments.cancel(dearer.id)
    assert.equal(await availableOf(aiko), before)
  })

  test('another code’s request, or another terminal’s, opens nothing', async () => {
    const cho = await people.become('Cho')
    const before = [await availableOf(cho), await availableOf(beni)]
    const most = { amount: 2000, currency: 'jpy', card: beni.card }
    const theirs = await beni.terminal.showCapped(most)
    const own = await cho.terminal.showCapped({ ...most, card: cho.card })
    await database`
      update terminals.code c set request = o.request from terminals.code o
       where c.terminal <> o.terminal and c.payment is null and o.payment is null
         and c.cap is not null and o.cap is not null`
    for (const [code, whose] of [
      [own.code, cho],
      [theirs.code, beni],
    ] as const) {
      const asked = await pay(code)
      assert.equal(asked.status, 'requires_action')
      assert.equal(await isAsked(whose, asked), true)
      await people.merchant.payments.cancel(asked.id)
    }
    assert.deepEqual([await availableOf(cho), await availableOf(beni)], before)
  })

  test('with a card that is not on this phone none is made', async () => {
    await assert.rejects(cap({ card: beni.card }), { code: 'card_not_installed' })
  })
})
