// Goal: every refusal of a payment has its own code and charges nothing; captures, cancels and
//   refunds never move more than was approved, however often and however fast they are asked for.
// Method: real processes, two servers behind a balancer; an attacker who holds what the title says
//   and signs well. After each refusal the card's available amount and the shop's amounts are as
//   before, and no hold stands.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { seedServer } from '@warifu/cli/programs'
import { flipBit, forge } from '@warifu/cli/tampering'
import { alterBody, makeKeys } from '@warifu/devices/terminal'
import type { Refusal } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import { ApiError, callApi } from '@warifu/sdk/api-call'
import { createWarifu } from '@warifu/sdk/sdk'
import postgres from 'postgres'
import { type House, startHouse } from './house.ts'
import {
  availableOf,
  type Holder,
  type People,
  pay,
  peopleOf,
  sendPresent,
  signAgain,
} from './people.ts'

let house: House
let people: People
let aiko: Holder
let sql: postgres.Sql

before(async () => {
  house = await startHouse({ balanced: true })
  people = peopleOf(house)
  aiko = await people.become('Aiko')
  sql = postgres(house.serverDatabase.adminUrl, { max: 1, onnotice: () => {} })
})
after(async () => {
  const [one = 0, two = 0] = house?.given() ?? []
  await sql?.end()
  await house?.stop()
  assert(Math.min(one, two) > 20, `requests went to ${one} and ${two}`)
})

const holdsOf = async (payment: Id<'pay'>): Promise<number> =>
  (await sql`select 1 from ledger.hold where payment = ${payment}`).length

async function codeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work()
    return 'no refusal'
  } catch (error) {
    if (error instanceof ApiError) return error.code
    throw error
  }
}

/** `stops`: the hop at which the payment's timeline says that it was refused. */
type Attempt = {
  readonly payment: Id<'pay'>
  readonly send: () => Promise<unknown>
  readonly stops: Stop
}
type Stop = 'terminal to server' | 'server to vault' | 'server to ledger' | 'no presentation'

/** Must be refused with this code, nothing is charged, and the timeline ends where it says. */
async function refusedWith(code: Refusal, by: Holder, attempt: Attempt): Promise<void> {
  const { payment, send, stops } = attempt
  const funds = await availableOf(by)
  const shown = await people.show(payment)
  assert.equal(await codeOf(send), code)
  const { amount_capturable, amount_captured } = await people.show(payment)
  assert.deepEqual(
    [amount_capturable, amount_captured],
    [shown.amount_capturable, shown.amount_captured],
  )
  assert.equal(await availableOf(by), funds)
  assert.equal(await holdsOf(payment), shown.amount_capturable > 0 ? 1 : 0)
  if (stops !== 'no presentation') await stopsAt(payment, code, stops)
}

async function claimNew(by: Holder, body: Parameters<People['ask']>[0] = {}) {
  return by.terminal.claim((await people.ask(body)).link)
}

/** An honest presentation of a new payment, ready to be sent. */
async function honest(by: Holder) {
  const claim = await claimNew(by)
  return { payment: claim.payment, request: await forge(by, { claim }) }
}

suite('content', () => {
  for (const [name, lie] of [
    ['another amount', { amount: 12 }],
    ['another payee', { payee: { name: 'Another Shop' } }],
  ] as const)
    test(`${name}, signed by the terminal itself`, async () => {
      const claim = await claimNew(aiko)
      const { payee } = claim.content
      const told = 'payee' in lie ? { payee: { ...payee, name: lie.payee.name } } : lie
      const request = await forge(aiko, {
        claim,
        lie: (statement) => ({ ...statement, content: { ...statement.content, ...told } }),
      })
      const send = () => sendPresent(aiko, request)
      const stops = 'server to ledger'
      await refusedWith('approval_mismatch', aiko, { payment: claim.payment, send, stops })
    })

  for (const [name, from, to] of [
    ['amount', '"amount":1200', '"amount":1201'],
    ['payee', '喫茶ワリフ', '喫茶ワリヲ'],
  ] as const)
    test(`the ${name} altered on the way`, async () => {
      const { payment, request } = await honest(aiko)
      const altered = await alterBody(request, (body) => body.replace(from, to))
      assert.notEqual(altered.body, request.body)
      await refusedWith('signature_invalid', aiko, {
        payment,
        send: () => sendPresent(aiko, altered),
        stops: 'server to vault',
      })
    })

  for (const [name, code, from, to] of [
    ['an unknown field', 'field_unknown', '{"statement"', '{"tip":1,"statement"'],
    ['a wrong type', 'field_invalid', '"amount":1200', '"amount":"1200"'],
  ] as const)
    test(`${name}, signed`, async () => {
      const { payment, request } = await honest(aiko)
      const wrong = await signAgain(aiko.terminal, request, {
        change: (body) => body.replace(from, to),
      })
      assert.notEqual(wrong.body, request.body)
      const send = () => sendPresent(aiko, wrong)
      await refusedWith(code, aiko, { payment, send, stops: 'terminal to server' })
    })
})

suite('presenter', () => {
  test('a replayed presentment gets the first answer, and there is one hold', async () => {
    const funds = await availableOf(aiko)
    const { payment, request } = await honest(aiko)
    const first = await aiko.terminal.send(request)
    const again = await Promise.all([1, 2, 3].map(() => aiko.terminal.send(request)))
    assert.equal(first.status, 200)
    for (const answer of again) assert.deepEqual(answer, first)
    assert.equal(await holdsOf(payment), 1)
    assert.equal(await availableOf(aiko), funds - 1200)
    await people.merchant.payments.cancel(payment)
  })

  test('another terminal can neither open nor present', async () => {
    const bob = await people.become('Bob')
    const { id: payment, link } = await people.ask()
    const claim = await aiko.terminal.claim(link)
    const open = () => bob.terminal.claim(link)
    await refusedWith('already_claimed', bob, { payment, send: open, stops: 'no presentation' })
    const request = await forge(bob, { claim })
    const send = () => sendPresent(bob, request)
    await refusedWith('already_claimed', bob, { payment, send, stops: 'server to ledger' })
  })

  test('a forked counter suspends the terminal and tells its owner', async () => {
    const chie = await people.become('Chie')
    const claim = await claimNew(chie)
    const one = await forge(chie, { claim: await claimNew(chie) })
    const { counter } = one
    assert.equal((await sendPresent(chie, one)).status, 'authorized')
    const funds = await availableOf(chie)
    const copy = await signAgain(chie.terminal, await forge(chie, { claim }), { counter })
    assert.equal(await codeOf(() => sendPresent(chie, copy)), 'counter_forked')
    assert.equal(await holdsOf(claim.payment), 0)
    await stopsAt(claim.payment, 'counter_forked', 'server to ledger')
    assert.equal(await codeOf(() => chie.terminal.cards()), 'terminal_not_active')
    const [row] = await sql`select status from terminals.terminal
      where id = ${(await chie.terminal.state()).terminal}`
    assert.equal(row?.['status'], 'suspended')
    const [account] = await sql<{ left: string }[]>`
      select credit_limit + credits_posted - debits_posted - debits_pending as left
        from ledger.account a join ledger.card c on c.lane = a.lane and c.account = a.id
       where c.id = ${chie.card}`
    assert.equal(Number(account?.left), funds)
    const told = await chie.terminal.notices()
    assert.equal(told.filter(({ type }) => type === 'terminal.suspended').length, 1)
  })

  test('a key that is not the terminal’s', async () => {
    const { payment, request } = await honest(aiko)
    const { signing } = await makeKeys(false)
    const wrong = await signAgain(aiko.terminal, request, { signing })
    const send = () => sendPresent(aiko, wrong)
    await refusedWith('signature_invalid', aiko, { payment, send, stops: 'server to vault' })
  })

  test('one flipped bit of the sealed card stops at the vault', async () => {
    const claim = await claimNew(aiko)
    const blob = flipBit(await aiko.terminal.blobOf(aiko.card))
    const request = await forge(aiko, { claim, blob })
    const { payment } = claim
    const send = () => sendPresent(aiko, request)
    await refusedWith('blob_invalid', aiko, { payment, send, stops: 'server to vault' })
  })

  test('a payment that chose one account refuses a card of another', async () => {
    const terminal = await people.join('Dai')
    const first = { terminal, card: await people.takeCard(terminal) }
    const second = { terminal, card: await people.takeCard(terminal) }
    const claim = await claimNew(first)
    await sendPresent(first, await forge(first, { claim }))
    const request = await forge(second, { claim })
    const send = () => sendPresent(second, request)
    const stops = 'server to ledger'
    await refusedWith('card_already_chosen', second, { payment: claim.payment, send, stops })
  })
})

/** The refused request's last hop is the one that refused, and every hop before it passed. */
async function stopsAt(payment: Id<'pay'>, code: Refusal, where: Stop): Promise<void> {
  const data = await people.merchant.payments.timeline(payment)
  const refused = data.filter(({ outcome }) => outcome === code)
  assert.equal(refused.length, 1)
  const hops = refused[0]?.hops ?? []
  assert.equal(`${hops.at(-1)?.from} to ${hops.at(-1)?.to}`, where)
  assert.deepEqual(
    hops.map(({ outcome }) => outcome),
    [...hops.slice(1).map(() => 'passed'), 'refused'],
  )
  assert.doesNotMatch(JSON.stringify(data), /\b[0-9]{16}\b|990012[0-9]{10}/)
}

suite('money and time', () => {
  const present = async (by: Holder, body: Parameters<People['ask']>[0]) => {
    const claim = await claimNew(by, body)
    const { payment } = claim
    const send = () => by.terminal.present(claim, by.card, { verifyUser: true })
    return { payment, send, stops: 'server to ledger' } as const
  }

  test('a suspended card', async () => {
    await aiko.terminal.suspend(aiko.card)
    const attempt = await present(aiko, {})
    await refusedWith('card_not_active', aiko, attempt)
    await aiko.terminal.resume(aiko.card)
  })

  test('above the limit of one payment', async () => {
    const attempt = await present(aiko, { amount: 50_001 })
    await refusedWith('limit_exceeded', aiko, attempt)
  })

  test('more than there is', async () => {
    const eri = await people.become('Eri')
    for (const _ of [1, 2]) await pay(eri, (await people.ask({ amount: 50_000 })).link)
    assert.equal(await availableOf(eri), 0)
    const attempt = await present(eri, { amount: 1 })
    await refusedWith('insufficient_funds', eri, attempt)
  })

  test('after the deadline', async () => {
    const attempt = await present(aiko, { expires_in: 1 })
    await sleep(1100)
    await refusedWith('payment_expired', aiko, attempt)
  })

  test('a hold is released when its own time is over, whatever the deadline was', async () => {
    const funds = await availableOf(aiko)
    const { id, link } = await people.ask({ amount: 1200 })
    await pay(aiko, link)
    assert.equal(await availableOf(aiko), funds - 1200)
    await sql`update ledger.hold set expires_ms = 1 where payment = ${id}`
    const isOver = async () => (await people.show(id)).status === 'expired'
    for (let turns = 0; turns < 100 && !(await isOver()); turns += 1) await sleep(50)
    assert(await isOver())
    assert.equal(await availableOf(aiko), funds)
  })
})

suite('the shop', () => {
  const body = { amount: 700, currency: 'jpy' } as const
  const authorized = async (amount = 1200) => {
    const { id, link } = await people.ask({ amount })
    await pay(aiko, link)
    return { params: { id } }
  }
  const keyed = () => ({
    authorization: `Bearer ${house.seed.api_key}`,
    'idempotency-key': randomUUID(),
  })

  test('one Idempotency-Key sent five times at once makes one payment', async () => {
    const headers = keyed()
    const made = await Promise.all(
      [1, 2, 3, 4, 5].map(() => callApi(people.api, 'createPayment', { body, headers })),
    )
    assert.equal(new Set(made.map(({ id }) => id)).size, 1)
    const rows = await sql`select 1 from payments.payment where amount = 700`
    assert.equal(rows.length, 1)
    const other = { body: { ...body, amount: 701 }, headers }
    await assert.rejects(callApi(people.api, 'createPayment', other), {
      code: 'idempotency_key_reused',
      status: 422,
      outcome: 'not_performed',
    })
    assert.equal((await sql`select 1 from payments.payment where amount = 701`).length, 0)
  })

  for (const [name, text, code, param] of [
    ['an unknown field', '{"amount":1,"currency":"jpy","tip":1}', 'field_unknown', 'tip'],
    ['a wrong type', '{"amount":"1","currency":"jpy"}', 'field_invalid', 'amount'],
  ] as const)
    test(`${name} is refused and named`, async () => {
      const response = await fetch(`${house.url}/v1/payments`, {
        method: 'POST',
        headers: { ...keyed(), 'content-type': 'application/json' },
        body: text,
      })
      const answer: { error?: { code?: string; param?: string } } = JSON.parse(
        await response.text(),
      )
      assert.deepEqual(
        [response.status, answer.error?.code, answer.error?.param],
        [400, code, param],
      )
    })

  test('another merchant finds nothing', async () => {
    const { params } = await authorized()
    const apiKey = await anotherMerchant()
    const { payments } = createWarifu({ apiUrl: house.url, apiKey })
    const is404 = { code: 'not_found', status: 404 }
    await assert.rejects(payments.get(params.id), is404)
    await assert.rejects(payments.timeline(params.id), is404)
    await assert.rejects(payments.capture(params.id), is404)
    await assert.rejects(payments.cancel(params.id), is404)
    await assert.rejects(payments.refund(params.id), is404)
    assert.equal((await people.show(params.id)).amount_capturable, 1200)
    await people.merchant.payments.cancel(params.id)
  })

  test('a partial capture releases the rest; more than was approved is refused', async () => {
    const funds = await availableOf(aiko)
    const { params } = await authorized()
    const { payments } = people.merchant
    const over = { code: 'amount_above_authorized' }
    await assert.rejects(payments.capture(params.id, { amount: 1201 }), over)
    assert.equal(await availableOf(aiko), funds - 1200)
    const captured = await payments.capture(params.id, { amount: 1000 })
    assert.deepEqual([captured.status, captured.amount_captured], ['captured', 1000])
    assert.equal(captured.amount_capturable, 0)
    assert.equal(await availableOf(aiko), funds - 1000)
    const state = { code: 'payment_state' }
    await assert.rejects(payments.capture(params.id, { amount: 100 }), state)
    await assert.rejects(payments.cancel(params.id), state)
  })

  test('a cancel releases the hold', async () => {
    const funds = await availableOf(aiko)
    const { params } = await authorized()
    assert.equal(await availableOf(aiko), funds - 1200)
    const ended = await people.merchant.payments.cancel(params.id)
    assert.deepEqual([ended.status, ended.amount_capturable], ['cancelled', 0])
    assert.equal(await availableOf(aiko), funds)
    const capture = people.merchant.payments.capture(params.id)
    await assert.rejects(capture, { code: 'payment_state' })
  })

  test('five refunds at once never give back more than was captured', async () => {
    const funds = await availableOf(aiko)
    const { params } = await authorized()
    await people.merchant.payments.capture(params.id, { amount: 1000 })
    const codes = await Promise.all(
      [1, 2, 3, 4, 5].map(() =>
        codeOf(() => people.merchant.payments.refund(params.id, { amount: 400 })),
      ),
    )
    const above = codes.filter((code) => code === 'amount_above_captured').length
    assert.deepEqual([above, codes.length - above], [3, 2], codes.join())
    assert.equal((await people.show(params.id)).amount_refunded, 800)
    assert.equal(await availableOf(aiko), funds - 200)
  })
})

/** A second merchant and its API key: where the first has another name, the seed is sown again. */
async function anotherMerchant(): Promise<string> {
  await sql`update merchants.merchant set name = 'The First Shop'`
  const { api_key = '' } = await seedServer(house.serverDatabase.url)
  assert.notEqual(api_key, '')
  assert.equal((await sql`select 1 from merchants.merchant`).length, 2)
  return api_key
}
