// Goal: a card that comes with its request is charged once for one key, declined with its own code,
// and never outside the consent; the books stand. Method: real PostgreSQL, the rooms as they are,
// a vault that answers from a script; many at once, the same key again, other bodies.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Id } from '@warifu/protocol/ids'
import { type Rehearsal, rehearse } from '@warifu/server/rehearsal'
import {
  askOf,
  consent,
  messageOf,
  openBook,
  openDevice,
  openShop,
  openToken,
  type Shop,
} from '@warifu/server/rehearsal-charging'
import { spentAt } from '#tokens'

const nowMs = Date.UTC(2027, 0, 5)
const DAY_MS = 86_400_000
let stage: Rehearsal
let shop: Shop
before(async () => {
  const adminUrl = process.env['WARIFU_TEST_SERVER_ADMIN_URL']
  stage = await rehearse({ adminUrl, name: 'charging' }, nowMs)
  shop = await openShop(stage, nowMs)
})
after(() => stage.close())

const at = (ms = nowMs) => ({ requestId: stage.mint('req'), nowMs: ms })
const newKey = () => stage.mint('req')
type Use = { readonly initiator?: 'merchant'; readonly amount?: number; readonly key?: string }

async function charge(
  token: string,
  { initiator, key = newKey(), amount = 1200 }: Use = {},
  ms = nowMs,
) {
  const shown = { kind: 'token', token, ...(initiator ? { initiator } : {}) } as const
  const answer = await shop.payments.charge(askOf(shop, { key, amount }), shown, at(ms))
  if (!answer.ok) return { word: answer.refusal as string, id: undefined, answer }
  const { status, declined_because, id } = answer.value
  return { word: declined_because ?? status, id, answer }
}

async function countOf(table: 'payment' | 'timeline'): Promise<number> {
  const [row] = await stage.store.sql<{ n: bigint }[]>`
    select count(*) as n from ${stage.store.sql(`payments.${table}`)}`
  return Number(row?.n)
}

async function held(card: Id<'crd'>): Promise<number> {
  const [row] = await stage.store.sql<{ sum: string | null }[]>`
    select sum(held) as sum from ledger.hold where card = ${card}`
  return Number(row?.sum ?? 0)
}

describe('a token', () => {
  test('charges its card: one payment, one hold, event and timeline', async () => {
    const book = await openBook(shop)
    const { token, id: tok } = await openToken(shop, book)
    const { word, id, answer } = await charge(token)
    assert.equal(word, 'authorized')
    assert(answer.ok && id !== undefined)
    const { card, card_last4, token: named, presentment, payee } = answer.value
    assert.deepEqual([card, card_last4, named, presentment], [book.card, '0042', tok, 'token'])
    assert.deepEqual(payee, { name: '花屋', place: '京都' })
    assert.equal(await held(book.card), 1200)
    const [row] = await shop.payments.timelineOf(id)
    assert.deepEqual([row?.name, row?.outcome], ['createPayment', 'ok'])
  })

  test('same key, same body: the first answer, also after a capture', async () => {
    const book = await openBook(shop)
    const { token } = await openToken(shop, book)
    const key = newKey()
    const first = await charge(token, { key })
    assert(first.id !== undefined)
    const act = { merchant: shop.merchant, payment: first.id, ...at() }
    const digest = new Uint8Array(32)
    assert((await shop.payments.capture({ ...act, key: newKey(), digest })).ok)
    const again = await charge(token, { key })
    assert.deepEqual(again.answer, first.answer)
    assert.equal((await charge(token, { key, amount: 1 })).word, 'idempotency_key_reused')
    assert.equal(await held(book.card), 0)
  })

  test('odd texts are kept as they came', async () => {
    const { token } = await openToken(shop, await openBook(shop))
    const odd = [
      '"quoted", (said)',
      'back\\slash\\',
      "{'}",
      ',',
      '花🌸屋',
      ' a  b ',
      '$1 $& %',
      'null',
    ]
    for (const text of odd) {
      const lines = [{ description: text, quantity: 1, amount: 1200 }]
      const metadata = { note: `${text}\n\t\r${text}`, empty: '' }
      const ask = { ...askOf(shop, { key: text + newKey() }), lines, metadata }
      const shown = { kind: 'token', token } as const
      const pay = () => shop.payments.charge({ ...ask, merchantReference: text }, shown, at())
      const first = await pay()
      assert(first.ok)
      const { merchant_reference: reference, ...row } = first.value
      assert.deepEqual([reference, row.lines, row.metadata], [text, lines, metadata])
      assert.deepEqual(await pay(), first, 'as PostgreSQL has it')
    }
  })

  test('the same key many times at once charges once', async () => {
    const book = await openBook(shop)
    const { token } = await openToken(shop, book)
    const key = newKey()
    const all = await Promise.all(Array.from({ length: 20 }, () => charge(token, { key })))
    assert.equal(new Set(all.map(({ id }) => id)).size, 1)
    assert.equal(await held(book.card), 1200)
  })

  test('forty charges at once spend what there is and no more', async () => {
    const book = await openBook(shop, 10_000n)
    const { token } = await openToken(shop, book)
    const all = await Promise.all(Array.from({ length: 40 }, () => charge(token, { amount: 1000 })))
    const words = Map.groupBy(all, ({ word }) => word)
    assert.equal(words.get('authorized')?.length, 10)
    assert.equal(words.get('insufficient_funds')?.length, 30)
    assert.equal(await held(book.card), 10_000)
    const sums = await stage.store.sql`
      select lane, layer from ledger.leg group by lane, layer, currency having sum(amount) <> 0`
    assert.equal(sums.length, 0)
  })

  test('one per card and merchant; another merchant’s and a deleted one open nothing', async () => {
    const book = await openBook(shop)
    const token = await openToken(shop, book)
    assert.equal((await openToken(shop, book)).token, token.token)
    const other = await openShop(stage, nowMs)
    const theirs = await openToken(other, book)
    assert.notEqual(theirs.token, token.token)
    const before = await countOf('payment')
    assert.equal((await charge(theirs.token)).word, 'token_unknown')
    assert.equal((await charge('9800000000000000')).word, 'token_unknown')
    await shop.tokens.delete(shop.merchant, token.id, nowMs)
    const key = newKey()
    assert.equal((await charge(token.token, { key })).word, 'token_unknown')
    assert.equal(await countOf('payment'), before, 'a refusal opens no payment')
    const next = await openToken(shop, book)
    assert.notEqual(next.token, token.token)
    assert.equal((await charge(next.token, { key })).word, 'authorized', 'and frees its key')
  })
})

describe('in the cardholder’s absence', () => {
  test('nothing without a consent; up to the cap of each period with it', async () => {
    const book = await openBook(shop)
    const token = await openToken(shop, book)
    const absent = (amount: number, ms?: number) =>
      charge(token.token, { initiator: 'merchant', amount }, ms).then(({ word }) => word)
    assert.equal(await absent(100), 'consent_missing')
    await consent(shop, token, { cap: 1000, period: 'day' })
    assert.equal(await absent(700), 'authorized')
    assert.equal(await absent(400), 'consent_exceeded')
    assert.equal(await absent(300), 'authorized')
    assert.equal(await absent(1), 'consent_exceeded')
    const row = (await shop.tokens.get(shop.merchant, token.id))?.token
    assert(row)
    assert.deepEqual([spentAt(row, nowMs), spentAt(row, nowMs + DAY_MS)], [1000, 0])
    assert.equal(await absent(1000, nowMs + DAY_MS), 'authorized', 'a new day, a new cap')
    assert.equal(await absent(1, nowMs + 91 * DAY_MS), 'consent_exceeded', 'past its end')
    assert.equal((await charge(token.token)).word, 'authorized', 'on session it goes on')
    assert.equal(await held(book.card), 700 + 300 + 1000 + 1200)
  })

  test('many at once never pass the cap, and a declined one takes nothing of it', async () => {
    const book = await openBook(shop, 5000n)
    const token = await openToken(shop, book)
    await consent(shop, token, { cap: 3000 })
    const absent = (amount: number) => charge(token.token, { initiator: 'merchant', amount })
    assert.equal((await absent(5500)).word, 'consent_exceeded')
    const all = await Promise.all(Array.from({ length: 12 }, () => absent(500)))
    assert.equal(all.filter(({ word }) => word === 'authorized').length, 6)
    assert.equal(await held(book.card), 3000)
  })
})

describe('an entry device', () => {
  const enter = async (
    said: ReturnType<Shop['script']['opened']>,
    bend: Partial<ReturnType<typeof messageOf>> & { readonly at?: Id<'edv'> } = {},
    ask = askOf(shop, { key: newKey() }),
  ) => {
    const device = bend.at ?? (await openDevice(shop))
    shop.script.opened = () => said
    const { at: _, ...bent } = bend
    const message = { ...messageOf(ask, device), ...bent }
    const answer = await shop.payments.charge(ask, { kind: 'entry_device', message }, at())
    if (!answer.ok) return { word: answer.refusal as string, device, answer }
    return { word: answer.value.declined_because ?? answer.value.status, device, answer }
  }

  test('pays with the card that the vault found; again: the same answer', async () => {
    const { card } = await openBook(shop)
    const ask = askOf(shop, { key: newKey() })
    const first = await enter({ card }, {}, ask)
    assert.equal(first.word, 'authorized')
    const again = await enter({ card }, { at: first.device }, ask)
    assert.deepEqual(again.answer, first.answer)
    assert.equal(await held(card), 1200)
    assert(first.answer.ok)
    const [row] = await shop.payments.timelineOf(first.answer.value.id)
    const hops = JSON.stringify(row?.hops)
    assert(hops.includes('0123456789ABCDEF00000001') && hops.includes('bdk.1'))
  })

  test('each thing entered wrongly is declined with its own code, and holds nothing', async () => {
    const { card } = await openBook(shop)
    const cases = [
      [{ card, security_code: 'mismatch' }, 'security_code_wrong'],
      [{ card, expiry: 'mismatch' }, 'card_expired'],
      [{ card, pin: 'wrong' }, 'pin_wrong'],
      [{ card, pin: 'blocked' }, 'pin_blocked'],
      [{ card, cryptogram: 'invalid', pin: 'wrong' }, 'cryptogram_invalid'],
      [{ card: null }, 'card_not_supported'],
    ] as const
    for (const [said, word] of cases) assert.equal((await enter(said)).word, word)
    assert.equal(await held(card), 0)
  })

  test('a device that is not this shop’s, or not active, opens no payment', async () => {
    const { card } = await openBook(shop)
    const foreign = await openDevice(await openShop(stage, nowMs))
    assert.equal((await enter({ card }, { at: foreign })).word, 'device_unknown')
    const device = await openDevice(shop)
    const act = { merchant: shop.merchant, device, nowMs }
    await shop.estate.move({ ...act, to: 'suspended', reason: 'looked odd' })
    assert.equal((await enter({ card }, { at: device })).word, 'device_not_active')
    assert.equal(await held(card), 0)
  })

  test('what was entered for something else never reaches the vault', async () => {
    const { card } = await openBook(shop)
    const ask = askOf(shop, { key: newKey() })
    const device = await openDevice(shop)
    const { context } = messageOf(ask, device)
    const asked = shop.vault.asked.length
    for (const bent of [
      { amount: 1 },
      { currency: 'krw' },
      { merchant: stage.mint('mer') },
      { purpose: 'token' as const },
      { sale: 'B'.repeat(43) },
    ]) {
      const opened = await enter({ card }, { at: device, context: { ...context, ...bent } }, ask)
      assert.equal(opened.word, 'entry_mismatch')
    }
    assert.equal(
      shop.vault.asked.slice(asked).some(({ operation }) => operation === 'open_entry'),
      false,
    )
  })

  test('the vault’s refusals open nothing; replays and noise ring once a minute', async () => {
    const device = await openDevice(shop)
    for (const word of [
      'ksn_replayed',
      'ksn_replayed',
      'entry_invalid',
      'device_not_active',
    ] as const)
      assert.equal((await enter(word, { at: device })).word, word)
    const known = await shop.estate.get({ merchant: shop.merchant, device })
    const rung = known?.alarms.map(({ kind, count }) => `${kind} ${count}`).toSorted()
    assert.deepEqual(rung, ['noise 1', 'replay 2'])
    assert.equal(known?.status, 'active', 'and suspend nobody')
    const events = await stage.store.sql`
      select data from events.event where subject = ${device} and type = 'entry_device.alarm'`
    assert.equal(events.length, 2)
  })

  test('a key that was answered is answered so again, though the device is gone', async () => {
    const { card } = await openBook(shop)
    const ask = askOf(shop, { key: newKey() })
    const first = await enter({ card }, {}, ask)
    const again = await enter('device_not_active', { at: first.device }, ask)
    assert.deepEqual(again.answer, first.answer)
  })
})
