/**
 * Goal: S1's six steps between separate processes; every way it can fail ends in its own outcome
 *   for the cardholder and the operator, in one for the till, and with nothing charged.
 * Method: one house, two people, real devices on a UDP air, tills that listen by the SDK. Attackers
 *   use what they could have: what was broadcast, another chip, old codes, the till itself.
 */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openLinkTo } from '@warifu/cli/proximity-devices'
import { type Question, TerminalError } from '@warifu/devices/terminal'
import { isPayment } from '@warifu/protocol/approval-content'
import type { Body, Reply } from '@warifu/protocol/contract'
import type { Id } from '@warifu/protocol/ids'
import { EPOCH_MS, epochAt } from '@warifu/protocol/proximity-frame'
import { ApiError, readAnswer } from '@warifu/sdk/api-call'
import type { Warifu } from '@warifu/sdk/sdk'
import postgres from 'postgres'
import { type House, startHouse } from './house.ts'
import { availableOf, type Holder, type People, peopleOf } from './people.ts'
import { type AirOf, type Beacon, openAir } from './proximity.ts'
import { apart } from './ranks.ts'
import { openShop } from './shops.ts'

let house: House
let people: People
let air: AirOf
let aiko: Holder
let car: Beacon
let key: Beacon
let carCode = ''
let database: postgres.Sql
/** Another shop, whose till hears the same air. */
let florist: Warifu

before(async () => {
  const server = { RECEIPT_SECONDS: '1', STEP_SECONDS: 'beacon.approve=4' }
  house = await startHouse({ env: { server } })
  people = peopleOf(house)
  database = postgres(house.serverDatabase.url, { max: 1, onnotice: () => {} })
  florist = await openShop({ database, apiUrl: house.url }, '花屋')
  air = await openAir(house)
  aiko = await people.become('Aiko')
  car = await air.make('car')
  carCode = await air.hearNew()
  key = await air.make('key', 'key_ring')
  for (const [device, name] of [
    [car, '車'],
    [key, '鍵'],
  ] as const) {
    const link = await device.link()
    const { label } = device
    const paired = await aiko.terminal.pairDevice(link, { label, name, card: aiko.card })
    assert.deepEqual(
      [paired.name, paired.carrier, paired.card, paired.status],
      [name, device.carrier, aiko.card, 'active'],
    )
    link.close()
  }
})
after(async () => {
  await air?.[Symbol.asyncDispose]()
  await database?.end()
  await house?.stop()
})

const ring = (code = carCode, body: Partial<Body<'createPayment'>> = {}) =>
  people.merchant.payments.create({
    amount: 1200,
    currency: 'jpy',
    capture_method: 'manual',
    presentment: { kind: 'beacon', code },
    ...body,
  })

const floristRings = (amount: number) =>
  florist.payments.create({
    ...{ amount, currency: 'jpy' },
    presentment: { kind: 'beacon', code: carCode },
  })

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (let patience = 600; patience > 0; patience -= 1) {
    const found = await look()
    if (found !== undefined) return found
    await sleep(50)
  }
  throw new Error(`${what}: not in time`)
}
const questionOf = (payment: Id<'pay'>, holder: Holder = aiko): Promise<Question> =>
  until('a question', async () =>
    (await holder.terminal.questions()).find(({ content }) => content.subject.id === payment),
  )
const ended = (payment: Id<'pay'>): Promise<Reply<'getPayment'>> =>
  until('the end', async () => {
    const shown = await people.show(payment)
    return shown.status === 'requires_action' ? undefined : shown
  })
/** What the platform's own people read of it, and no merchant does. */
const hidden = async (payment: Id<'pay'>) =>
  (
    await database<{ name: string; outcome: string }[]>`
      select name, outcome from payments.timeline where payment = ${payment} and private
       order by at_ms, request`
  ).map(({ name, outcome }) => `${name}: ${outcome}`)

const untilHidden = (payment: Id<'pay'>, entry: string) =>
  until(entry, async () => ((await hidden(payment)).includes(entry) ? entry : undefined))

const numberOf = ({ match_number: number }: Reply<'getPayment'>): string =>
  number ?? assert.fail('the till shows a number')
const otherNumber = (number: string) => String((Number(number) + 1) % 100).padStart(2, '0')

async function confirm(question: Question, number: string, device: Beacon = car) {
  const link = await device.link()
  const how = { device: device.device, number, verifyUser: true }
  return aiko.terminal.confirmByDevice(link, question, how).finally(() => link.close())
}
const refusedWith = (code: string) => (error: unknown) =>
  (error instanceof ApiError || error instanceof TerminalError) && error.code === code

/** What a till reads of a request, without what is another's in each. */
const formOf = ({ id, created_at, next_action: next, ...shown }: Reply<'getPayment'>): string => {
  const { deadline_at, match_number: number, ...rest } = shown
  assert.ok(created_at < deadline_at)
  return JSON.stringify({ ...rest, amount: 0, kind: next?.kind, by: next?.by, n: number?.length })
}

/** The till reads the one thing that it reads of everything that is not a yes. */
async function endsAsSilence(payment: Id<'pay'>): Promise<void> {
  const shown = await ended(payment)
  assert.deepEqual(
    [shown.status, shown.declined_because, shown.card, shown.approval],
    ['declined', 'cardholder_not_reached', null, null],
  )
}

describe('six steps', () => {
  test('broadcast, ring, question with a number, chip code, confirmation, money', async () => {
    const before = await availableOf(aiko)
    const asked = await ring()
    assert.deepEqual(
      [asked.status, asked.presentment, asked.link, asked.next_action?.kind],
      ['requires_action', 'beacon', null, 'approve'],
    )
    const question = await questionOf(asked.id)
    const { content, number } = question
    assert.ok(isPayment(content))
    assert.deepEqual(number, { ask: 'enter' })
    assert.deepEqual([content.match_number, content.card], [null, aiko.card])
    assert.equal(content.payee.id, asked.merchant)
    const told = await confirm(question, numberOf(asked))
    assert.equal(told.status, 'authorized')
    assert.equal((await people.show(asked.id)).status, 'authorized')
    assert.equal(await availableOf(aiko), before - 1200)
    await people.merchant.payments.cancel(asked.id)
  })

  test('refuelling: a ceiling is approved, what was pumped taken, the rest released', async () => {
    const before = await availableOf(aiko)
    const asked = await ring(carCode, { amount: 9000, extent: 'up_to' })
    const question = await questionOf(asked.id)
    assert.ok(isPayment(question.content) && question.content.extent === 'up_to')
    await confirm(question, numberOf(asked))
    assert.equal(await availableOf(aiko), before - 9000)
    const paid = await people.merchant.payments.capture(asked.id, { amount: 4310 })
    assert.deepEqual([paid.status, paid.amount_captured], ['captured', 4310])
    assert.equal(await availableOf(aiko), before - 4310)
  })
})

/** What the car's chip, or another's, says to a content that is not the one that was shown. */
async function statementOf(question: Question, number: string, lie: object, by: Beacon = car) {
  assert.ok(isPayment(question.content))
  const content = { ...question.content, match_number: number, ...lie }
  const link = await by.link()
  const asked = { content, device: by.device }
  const chip = await aiko.terminal.chipCodeFor(link, asked).finally(() => link.close())
  return { content, device: car.device, chip }
}
async function send(payment: Id<'pay'>, statement: object) {
  const assertion = await aiko.terminal.vouchFor(statement)
  // What is sent here is malformed on purpose, in values and not in form.
  const body = { kind: 'beacon', statement, assertion } as Body<'presentCard'>
  const request = await aiko.terminal.prepare('presentCard', { params: { id: payment }, body })
  return readAnswer('presentCard', await aiko.terminal.send(request))
}

/** What the car says in another epoch, by its own clock; the row stands as one not yet emptied. */
async function sayIn(away: number): Promise<{ readonly code: string; readonly epoch: number }> {
  const epoch = epochAt(Date.now()) + away
  await car.start({ clockMs: away * EPOCH_MS })
  const code = await air.hearNew()
  await database`
    insert into devices.code (slot, epoch, code, device)
    values (${epoch % 4}, ${epoch}, ${Buffer.from(code, 'base64url')}, ${car.device})`
  return { code, epoch }
}

describe('what is not a yes to this payment moves nothing', () => {
  test('other chip, altered amount, old code, out of reach: told apart', async () => {
    const before = await availableOf(aiko)
    const asked = await ring()
    const number = numberOf(asked)
    const question = await questionOf(asked.id)
    await assert.rejects(confirm(question, number, key), refusedWith('chip_mismatch'))
    const others = await statementOf(question, number, {}, key)
    await assert.rejects(send(asked.id, others), refusedWith('chip_code_invalid'))
    const old = await statementOf(question, number, {})
    const dear = await statementOf(question, number, { amount: 1201 })
    const cheap = { ...dear, content: { ...dear.content, amount: 1 } }
    await assert.rejects(send(asked.id, cheap), refusedWith('chip_code_invalid'))
    await assert.rejects(send(asked.id, dear), refusedWith('approval_mismatch'))
    await assert.rejects(send(asked.id, old), refusedWith('chip_replayed'))
    await car.stop()
    await assert.rejects(confirm(question, number), refusedWith('device_not_near'))
    await car.start()
    await assert.rejects(aiko.terminal.tellUnreached(question), refusedWith('device_not_near'))
    const seen = await hidden(asked.id)
    const codes = 'chip_mismatch chip_code_invalid approval_mismatch chip_replayed device_not_near'
    for (const code of codes.split(' '))
      assert.ok(seen.includes(`presentCard: ${code}`), `${code} in ${seen.join()}`)
    assert.equal(await availableOf(aiko), before)
    await endsAsSilence(asked.id)
    const told = (await people.merchant.payments.timeline(asked.id)).map(({ name }) => name)
    assert.ok(!told.includes('presentCard'), 'no merchant reads that somebody was there')
  })

  test('after the chip was off, it goes on counting', async () => {
    const asked = await ring()
    await confirm(await questionOf(asked.id), numberOf(asked))
    assert.equal((await people.show(asked.id)).status, 'authorized')
  })

  test('a relayed broadcast: whoever is at another till enters the number they see', async () => {
    const before = await availableOf(aiko)
    // A thief repeats the car's code before a till far away; its person sees another till's number.
    const relayed = await ring()
    const question = await questionOf(relayed.id)
    const seen = otherNumber(numberOf(relayed))
    await assert.rejects(confirm(question, seen), refusedWith('match_number_wrong'))
    // The question is over at once; the right number comes too late.
    await assert.rejects(confirm(question, numberOf(relayed)), refusedWith('payment_state'))
    assert.equal((await aiko.terminal.question(question.id)).ended_because, 'match_number_wrong')
    assert.equal((await people.show(relayed.id)).status, 'requires_action', 'that till still waits')
    await endsAsSilence(relayed.id)
    assert.equal(await availableOf(aiko), before)
  })

  test('a code of nobody: the till waits, nobody is asked', async () => {
    const nobodys = await ring(Buffer.from('ten bytes!').toString('base64url'))
    assert.equal(nobodys.match_number?.length, 2)
    await endsAsSilence(nobodys.id)
    assert.deepEqual(await hidden(nobodys.id), ['ask: unknown'])
  })

  test('its own codes of other epochs: neighbouring ones count, a stale one does not', async () => {
    await key.stop()
    for (const away of [1, -1, -2]) {
      const { code, epoch } = await sayIn(away)
      const asked = await ring(code)
      // An epoch may have ended meanwhile: what is stale is told by when the till asked.
      if (Math.abs(epoch - epochAt(Date.parse(asked.created_at))) <= 1) {
        await confirm(await questionOf(asked.id), numberOf(asked))
        continue
      }
      assert.ok(away < 0)
      await endsAsSilence(asked.id)
      assert.ok(Date.now() >= Date.parse(asked.next_action?.deadline_at ?? ''), 'at its time')
      assert.deepEqual(await hidden(asked.id), ['ask: unknown'])
      const all = await aiko.terminal.questions()
      assert.ok(!all.some(({ content }) => content.subject.id === asked.id))
    }
    await car.start()
    await key.start()
  })

  test('silence', async () => {
    const asked = await ring()
    await questionOf(asked.id)
    await endsAsSilence(asked.id)
  })
})

describe('tills that ring', () => {
  test('several hear one device: the person chooses, the others read silence', async () => {
    const mine = await ring()
    const other = await floristRings(500)
    const [chosen, left] = [await questionOf(mine.id), await questionOf(other.id)]
    await confirm(chosen, numberOf(mine))
    const over = await until('superseded', async () => {
      const { status } = await aiko.terminal.question(left.id)
      return status === 'pending' ? undefined : status
    })
    assert.equal(over, 'superseded')
    assert.equal((await florist.payments.get(other.id)).status, 'requires_action', 'it waits')
    const late = await until('the end', async () => {
      const found = await florist.payments.get(other.id)
      return found.status === 'requires_action' ? undefined : found
    })
    assert.deepEqual([late.status, late.declined_because], ['declined', 'cardholder_not_reached'])
  })

  test('one that rings in vain waits, and reads what it always reads', async () => {
    const vain = async () => {
      const asked = await ring(carCode, { expires_in: 2 })
      await questionOf(asked.id)
      await endsAsSilence(asked.id)
      return asked
    }
    const [first] = [await vain(), await vain(), await vain()]
    const held = await ring()
    await untilHidden(held.id, 'ask: too_soon')
    assert.equal(formOf(held), formOf(first))
    await endsAsSilence(held.id)
    assert.ok(Date.now() >= Date.parse(held.next_action?.deadline_at ?? ''), 'at its time')
    // Half a minute later it may ask again.
    await database`update approvals.approval set created_ms = created_ms - 31000 where asked`
    const asked = await ring()
    await confirm(await questionOf(asked.id), numberOf(asked))
  })

  test('one that rings at will: one question at a time, then muted', async () => {
    const first = await floristRings(500)
    const question = await questionOf(first.id)
    const again = await floristRings(501)
    await untilHidden(again.id, 'ask: open')
    await aiko.terminal.answer(question, 'not_me')
    const muted = await floristRings(502)
    await untilHidden(muted.id, 'ask: muted')
    assert.equal(formOf(muted), formOf(again), 'a muted shop reads what any other reads')
  })
})

describe('whose device it is', () => {
  test('another person cannot pair it, change its card, or remove it', async () => {
    const beni = await people.become('Beni')
    const link = await car.link()
    const pairing = { label: car.label, name: '盗', card: beni.card }
    await assert.rejects(beni.terminal.pairDevice(link, pairing), refusedWith('device_paired'))
    link.close()
    const theirs = { device: car.device, card: beni.card }
    await assert.rejects(
      beni.terminal.linkCard(theirs.device, theirs.card),
      refusedWith('not_found'),
    )
    await assert.rejects(beni.terminal.removeDevice(car.device), refusedWith('not_found'))
    await assert.rejects(aiko.terminal.linkCard(car.device, beni.card), refusedWith('card_unknown'))
  })

  test('it pays with the card that is chosen; removed, it identifies nobody', async () => {
    const card = await people.takeCard(aiko.terminal)
    const changed = await aiko.terminal.linkCard(car.device, card)
    assert.equal(changed.card, card)
    const asked = await ring()
    const question = await questionOf(asked.id)
    assert.equal(isPayment(question.content) && question.content.card, card)
    await confirm(question, numberOf(asked))
    const link = await car.link()
    await aiko.terminal.removeDevice(car.device)
    await aiko.terminal.forgetDevice(link, car.device)
    assert.deepEqual(
      (await aiko.terminal.devices()).map(({ id }) => id),
      [key.device],
    )
    const hello = await link.ask({ kind: 'hello' })
    assert.ok(hello.kind === 'hello' && hello.pairing_key !== null, 'the chip forgot its phone')
    link.close()
    const after = await ring()
    await untilHidden(after.id, 'ask: unknown')
  })

  test('its link opens to the wallet’s page alone', async () => {
    const elsewhere = openLinkTo({ port: key.port, walletOrigin: 'http://evil.example' })
    await assert.rejects(elsewhere, refusedWith('device_not_near'))
  })
})

describe('a till that wants to know who is known', () => {
  test('reads the same of any code, in the same time within noise', async () => {
    await car.stop()
    const keyCode = await air.hearNew()
    const [known, unknown]: [number[], number[]] = [[], []]
    const forms = new Set<string>()
    const twice = (all: readonly number[]) => all.map((ms) => ms * 2)
    const sees = () => apart(twice(known), unknown) > 4
    // Until a difference could be seen through this machine's noise.
    for (let i = 0; i < 80 || (i < 480 && !sees()); i += 1) {
      const isKnown = (randomBytes(1)[0] ?? 0) % 2 === 0
      const code = isKnown ? keyCode : randomBytes(10).toString('base64url')
      const began = performance.now()
      forms.add(formOf(await ring(code)))
      ;(isKnown ? known : unknown).push(performance.now() - began)
    }
    assert.equal(forms.size, 1, 'one answer for all')
    assert.ok(sees(), 'the test finds a difference where there is one')
    assert.ok(apart(known, unknown) < 4, `known and unknown: ${apart(known, unknown)}`)
  })
})
