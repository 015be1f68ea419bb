// Goal: S3, every row of its table in its order, seen from both sides: the shop, and the phone with
// its reader (JP 2002-259866, figs. 2 and 4 to 7).
// Method: one house of real processes; a reader's process with a panel, a page at its cable, a card
// on plastic; each row is failed once. A time limit is brought on by moving its deadline in the
// database.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { socketFrom } from '@warifu/cli/reader-page'
import type { Id } from '@warifu/protocol/ids'
import { ApiError } from '@warifu/sdk/api-call'
import postgres from 'postgres'
import { type House, startHouse } from './house.ts'
import { availableOf } from './people.ts'
import { type Bench, openBench, PIN, plasticFor, questionFor } from './reader-bench.ts'

let house: House
let bench: Bench
let sql: postgres.Sql
before(async () => {
  house = await startHouse()
  bench = await openBench(house)
  sql = postgres(house.serverDatabase.adminUrl, { max: 1, onnotice: () => {} })
})
after(async () => {
  await sql?.end()
  await bench?.close()
  await house?.stop()
})

/** Both sides know how it ended, and nothing was held. */
async function bothSides(id: Id<'pay'>, because: string, before: number): Promise<void> {
  const shop = await bench.ended(id)
  assert.equal(shop.status, 'declined')
  assert.equal(shop.declined_because, because)
  const phone = await bench.holder.terminal.activityOf(id)
  assert.deepEqual([phone.status, phone.declined_because], ['declined', because])
  assert.equal(await availableOf(bench.holder), before)
  await forgotten(id)
}

/** The reader waits for nothing, and the vault has written the sale's end down. */
async function forgotten(id: Id<'pay'>): Promise<void> {
  const { state } = await bench.reader.panel.look()
  assert.equal(state, 'ready', 'the reader has forgotten the sale')
  const vault = postgres(house.vaultDatabase.adminUrl, { max: 1, onnotice: () => {} })
  try {
    for (let patience = 100; patience > 0; patience -= 1) {
      const [row] = await vault`select state from sales.sale where sale = ${id}`
      if (row === undefined || row['state'] === 'ended') return
      await sleep(50)
    }
    assert.fail('the vault still holds the sale')
  } finally {
    await vault.end()
  }
}

/** The step's time is over. */
const passTime = (id: Id<'pay'>) =>
  sql`update payments.payment set action_deadline_ms = 1 where id = ${id}`
const available = () => availableOf(bench.holder)

describe('a sale that goes through', () => {
  test('by chip and PIN: both screens show the same deadline, then both are told', async () => {
    const { page, hands, people, holder } = bench
    const before = await available()
    const { id, next_action } = await bench.ask()
    assert.equal(next_action?.kind, 'approve')
    await bench.approve(id)
    const shop = await people.show(id)
    const phone = await holder.terminal.reader.sale(id)
    assert.equal(shop.next_action?.kind, 'read_card')
    assert.deepEqual(phone.next_action, shop.next_action)
    assert.match((await bench.reader.panel.look()).display, /喫茶ワリフ.*¥1,200/)
    await hands.insert(bench.card)
    await page.until('pin')
    assert.equal((await people.show(id)).next_action?.kind, 'enter_pin')
    await hands.key(PIN)
    assert.equal((await page.until('paid', 'over')).at, 'paid')
    const paid = await bench.ended(id)
    assert.equal(paid.status, 'authorized')
    assert.equal(paid.presentment, 'reader')
    assert.equal(await available(), before - 1200)
    assert.match((await bench.reader.panel.look()).display, /Approved/)
    await forgotten(id)
  })

  test('by stripe, a wrong PIN first', async () => {
    const { page, hands } = bench
    const id = await bench.begin()
    await hands.swipe(bench.card)
    await page.until('pin')
    const wrong = page.moved('pin_again')
    await hands.key('0000')
    await wrong
    assert.match((await bench.reader.panel.look()).display, /Wrong PIN/)
    await hands.key(PIN)
    await page.until('paid')
    assert.equal((await bench.ended(id)).status, 'authorized')
  })
})

describe('201 and 202: who is asked', () => {
  test('an unknown shop is refused at the door', async () => {
    const { people, holder } = bench
    const answer = await fetch(`${people.api.apiUrl}/v1/payments`, {
      method: 'POST',
      headers: {
        authorization: 'Bearer wk_test_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
        'idempotency-key': 'unknown shop',
        'content-type': 'application/json',
      },
      body: JSON.stringify({
        amount: 1200,
        currency: 'jpy',
        presentment: { kind: 'reader', phone: holder.phone },
      }),
    })
    assert.equal(answer.status, 401)
    assert.deepEqual(
      (await holder.terminal.questions()).filter(({ status }) => status === 'pending'),
      [],
    )
  })

  test('an unknown number is answered as silence is: the same, field by field', async () => {
    const known = await bench.ask()
    const unknown = await bench.ask('+819099999999')
    const same = ({ id: _id, created_at: _at, deadline_at: _until, ...rest }: typeof known) => ({
      ...rest,
      next_action: { ...rest.next_action, deadline_at: '' },
      merchant_reference: null,
    })
    assert.deepEqual(same(unknown), same(known))
    const wait = (one: typeof known) =>
      Date.parse(one.next_action?.deadline_at ?? '') - Date.parse(one.created_at)
    assert.equal(wait(unknown), wait(known))
    await passTime(known.id)
    await passTime(unknown.id)
    const [silence, nobody] = [await bench.ended(known.id), await bench.ended(unknown.id)]
    for (const shop of [silence, nobody]) {
      assert.equal(shop.declined_because, 'cardholder_not_reached')
      assert.equal(shop.status, 'declined')
    }
    assert.deepEqual(same(nobody), same(silence))
  })
})

describe('S31 to S33: the person', () => {
  test('refuses: the shop is told, and no key was made', async () => {
    const before = await available()
    const { id } = await bench.ask()
    const question = await questionFor(bench.holder.terminal, id)
    await bench.holder.terminal.answer(question, 'deny')
    await bothSides(id, 'approval_denied', before)
  })
})

describe('205 to 207: the card', () => {
  test('is not read in time', async () => {
    const before = await available()
    const id = await bench.begin()
    await passTime(id)
    await bench.ended(id)
    await lookAgain()
    await bothSides(id, 'card_not_read', before)
  })

  test('CANCEL on the keypad', async () => {
    const before = await available()
    const id = await bench.begin()
    await bench.reader.panel.key('cancel')
    await bench.page.until('over')
    await bothSides(id, 'approval_denied', before)
  })
})

/** A wallet hears of the end on its stream and looks; here it looks when it is told to. */
const lookAgain = (): Promise<void> => bench.page.look()

describe('208: the seal', () => {
  test('one bit altered on the phone: failure to both', async () => {
    const before = await available()
    const id = await bench.begin()
    const sealed = bench.page.next('sealed')
    bench.page.hold()
    await bench.hands.swipe(bench.card)
    const { message } = await sealed
    const ct = message.ct.startsWith('A') ? `B${message.ct.slice(1)}` : `A${message.ct.slice(1)}`
    await refusesPresent({ ...message, ct }, 'reader_invalid')
    await lookAgain()
    await bothSides(id, 'reader_invalid', before)
  })

  test('what was sealed for another sale: of no use', async () => {
    const before = await available()
    const first = await bench.begin()
    const sealed = bench.page.next('sealed')
    bench.page.hold()
    await bench.hands.swipe(bench.card)
    const { message } = await sealed
    bench.page.say({ say: 'end', sale: first, end: 'cancelled' })
    await bench.holder.terminal.reader.stop(first)
    const second = await bench.begin()
    await refusesPresent({ ...message, sale: second }, 'reader_invalid')
    await lookAgain()
    await bothSides(second, 'reader_invalid', before)
  })
})

async function refusesPresent(
  message: Parameters<Bench['holder']['terminal']['reader']['present']>[0],
  code: string,
) {
  await assert.rejects(
    bench.holder.terminal.reader.present(message),
    (error) => error instanceof ApiError && error.code === code,
  )
}

describe('S14 and S15: whose card', () => {
  test('another cardholder’s is refused by default', async () => {
    const before = await available()
    const friend = await bench.people.become('Ben')
    const theirs = await plasticFor(house, friend.card, '1470')
    const id = await bench.begin()
    await bench.hands.swipe(theirs)
    await bench.page.until('over')
    await bothSides(id, 'cardholder_mismatch', before)
  })

  test('a card that nobody registered', async () => {
    const before = await available()
    const id = await bench.begin()
    await bench.hands.swipe(bench.card, '4111111111111111=30042010000000000')
    await bench.page.until('over')
    await bothSides(id, 'card_unknown', before)
  })

  test('a stripe with another value, and a chip that was used', async () => {
    const before = await available()
    const copied = await bench.begin()
    const { track2 } = bench.card
    const value = track2.slice(24, 27) === '000' ? '001' : '000'
    await bench.hands.swipe(bench.card, track2.slice(0, 24) + value + track2.slice(27))
    await bench.page.until('over')
    await bothSides(copied, 'security_code_wrong', before)
    const used = await bench.begin()
    await bench.hands.insert({ ...bench.card, atc: 0 })
    await bench.page.until('over')
    await bothSides(used, 'cryptogram_invalid', before)
  })

  test('a program whose stripes do not pay', async () => {
    const before = await available()
    await sql`update issuing.program set reader_stripes = false`
    try {
      const id = await bench.begin()
      await bench.hands.swipe(bench.card)
      await bench.page.until('over')
      await bothSides(id, 'stripe_not_allowed', before)
    } finally {
      await sql`update issuing.program set reader_stripes = true`
    }
  })
})

describe('S16 to S22: the PIN', () => {
  test('is not entered in time', async () => {
    const before = await available()
    const id = await bench.begin()
    await bench.hands.swipe(bench.card)
    await bench.page.until('pin')
    await passTime(id)
    await bench.ended(id)
    await lookAgain()
    await bothSides(id, 'pin_not_entered', before)
  })

  test('is wrong too often: blocked, for every reader', async () => {
    const before = await available()
    const id = await bench.begin()
    await bench.hands.swipe(bench.card)
    await bench.page.until('pin')
    for (const [pin, at] of [
      ['0000', 'pin_again'],
      ['1111', 'pin_again'],
      ['2222', 'over'],
    ] as const) {
      const moved = bench.page.moved(at)
      await bench.hands.key(pin)
      await moved
    }
    await bothSides(id, 'pin_blocked', before)
    const vault = postgres(house.vaultDatabase.adminUrl, { max: 1 })
    await vault`update pins.verifier set tries_left = tries`
    await vault.end()
  })
})

describe('the shop goes, the vault goes, the reader goes', () => {
  test('the shop cancels: the phone and the reader are told', async () => {
    const before = await available()
    const id = await bench.begin()
    await bench.people.merchant.payments.cancel(id)
    await lookAgain()
    assert.equal((await bench.page.until('over')).at, 'over')
    assert.equal((await bench.holder.terminal.activityOf(id)).status, 'cancelled')
    assert.equal(await available(), before)
    await forgotten(id)
  })

  test('the vault is restarted: the sale is over for both', async () => {
    const before = await available()
    const id = await bench.begin()
    for (const vault of house.vaults) await house.kill(vault)
    for (const vault of house.vaults) await house.restart(vault)
    await bench.ended(id)
    await lookAgain()
    await bothSides(id, 'sale_over', before)
  })

  test('a removed reader is not believed; without one there is no sale', async () => {
    const before = await available()
    const { terminal } = bench.holder
    const id = await bench.begin()
    const { id: reader } = (await terminal.devices()).find(({ type }) => type === 'reader') ?? {}
    assert(reader)
    await terminal.removeDevice(reader)
    await bench.hands.swipe(bench.card)
    await bench.page.until('over')
    await bothSides(id, 'reader_unknown', before)
    const { id: next } = await bench.ask()
    await terminal.answer(await questionFor(terminal, next), 'approve')
    await bothSides(next, 'reader_unknown', before)
    await bench.page.register(terminal, 'My reader')
  })

  test('an opened reader has no keys any more, and says so', async () => {
    const id = await bench.begin()
    await bench.reader.panel.tamper()
    const state = await bench.reader.panel.look()
    assert.equal(state.state, 'tampered')
    const refused = bench.page.next('refused')
    bench.page.say({ say: 'offer', offer: (await bench.holder.terminal.reader.sale(id)).offer })
    assert.equal((await refused).error, 'tampered')
    await bench.holder.terminal.reader.stop(id)
    assert.equal((await bench.ended(id)).declined_because, 'approval_denied')
  })
})

describe('the cable', () => {
  for (const [name, origin] of [
    ['another page of this machine', 'http://evil.localhost:1'],
    ['a program without an origin', ''],
  ] as const)
    test(`${name} is not let in`, async () => {
      const socket = socketFrom(bench.reader.port, origin)
      const said = await new Promise((settle) => {
        socket.addEventListener('open', () => settle('open'))
        socket.addEventListener('error', () => settle('turned away'))
      })
      assert.equal(said, 'turned away')
    })
})
