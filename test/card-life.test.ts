// Goal: a card's life as docs/programs.md tells it: renewed near its end, expired with its month,
// closed after its one use, kept to its one shop; tokens go on or end as the program says; and
// what is refused on the way has a code of its own and charges nothing.
// Method: one whole house with a real vault; a second shop made as the seed makes its first; the
// end of a card is drawn near in the database.
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Id, type Mint, mintId } from '@warifu/protocol/ids'
import { ApiError, callApi } from '@warifu/sdk/api-call'
import { createWarifu, type Warifu } from '@warifu/sdk/sdk'
import { newKey, openShop } from '@warifu/server/seed'
import postgres from 'postgres'
import { type House, startHouse } from './house.ts'
import { availableOf, type Holder, type People, pay, peopleOf } from './people.ts'

let house: House
let people: People
let sql: postgres.Sql<{ bigint: bigint }>
let vaultSql: postgres.Sql
/** Another shop, of another merchant. */
let other: Warifu

const mint: Mint = (prefix, lane = 0) =>
  mintId({ prefix, lane, nowMs: Date.now(), chance: randomBytes(14) })

before(async () => {
  house = await startHouse()
  people = peopleOf(house)
  const options = { max: 1, onnotice: () => {}, types: { bigint: postgres.BigInt } }
  sql = postgres(house.serverDatabase.url, options)
  vaultSql = postgres(house.vaultDatabase.adminUrl, options)
  other = createWarifu({ ...people.api, apiKey: await anotherShop('花屋ワリフ') })
})
after(async () => {
  await sql?.end()
  await vaultSql?.end()
  await house?.stop()
})

async function anotherShop(name: string): Promise<string> {
  const [nowMs, merchant, store] = [Date.now(), mint('mer'), mint('str')]
  return sql.begin(async (tx) => {
    await openShop(tx, { merchant, store, name, place: '京都 三条', category: '5992', nowMs })
    return newKey(tx, { mint, random: randomBytes }, merchant, nowMs)
  })
}

async function codeOf(work: Promise<{ readonly status: string }>): Promise<string> {
  try {
    return (await work).status
  } catch (error) {
    if (error instanceof ApiError) return error.code
    throw error
  }
}

/** Shows the card to the shop's link; what came of it, and of the payment. */
async function payAt(shop: Warifu, holder: Holder, amount: number) {
  const asked = { amount, currency: 'jpy', capture_method: 'manual' } as const
  const { id, link } = await shop.payments.create(asked)
  assert(link)
  return { id, code: await codeOf(pay(holder, link)) }
}

const holdsOf = async (payment: Id<'pay'>) =>
  (await sql`select 1 from ledger.hold where payment = ${payment}`).length

/** Refused with this code: the payment says the same, no hold stands, and the account is whole. */
async function refusedWith(code: string, shop: Warifu, holder: Holder, amount = 100) {
  const funds = await availableOf(holder)
  const told = await payAt(shop, holder, amount)
  assert.equal(told.code, code)
  const { status, amount_capturable, declined_because } = await shop.payments.get(told.id)
  assert.deepEqual([status, amount_capturable, declined_because], ['declined', 0, code])
  assert.equal(await holdsOf(told.id), 0)
  assert.equal(await availableOf(holder), funds)
}

async function cardOf({ terminal, card }: Holder) {
  const found = (await terminal.cards()).find(({ id }) => id === card)
  assert(found)
  return found
}

/** The card, once the sweep has brought it there. */
async function sweptTo(status: string, holder: Holder) {
  for (let patience = 600; patience > 0; patience -= 1) {
    const card = await cardOf(holder)
    if (card.status === status) return card
    await sleep(50)
  }
  throw new Error(`the card never came to be ${status}`)
}

const lastMove = async (holder: Holder) => (await cardOf(holder)).history.at(-1)

/** One more card of the account, of another program. */
async function furtherCard({ terminal, card }: Holder, name: string): Promise<Holder> {
  const { data } = await callApi(people.api, 'listPrograms', {})
  const program = data.find((one) => one.name === name)
  assert(program)
  const applicant = {
    name: 'AIKO',
    birth_date: '1990-04-01',
    annual_income: 5_000_000,
    employment: 'employed',
  } as const
  const { id } = await terminal.apply(program.id, applicant)
  await terminal.showCard(id, card)
  return { terminal, card: (await terminal.install(id)).id }
}

const monthFrom = (months: number): string => {
  const now = new Date()
  const first = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months)
  return new Date(first).toISOString().slice(0, 7)
}
const lastDayOf = (month: string): number => {
  const [year = 0, number = 0] = month.split('-').map(Number)
  return Date.UTC(year, number) / 86_400_000 - 1
}

/** What the money statement knows, and what the issuer knows, each for itself. */
const endInLedger = (card: Id<'crd'>, month: string) =>
  sql`update ledger.card set last_day = ${lastDayOf(month)} where id = ${card}`
const endAtIssuer = (card: Id<'crd'>, month: string) =>
  sql`update issuing.card set expires = ${month} where id = ${card}`

async function numberOf(card: Id<'crd'>): Promise<string> {
  const [row] = await vaultSql`
    select encode(pan_index, 'hex') as number from cards.card where card = ${card}`
  assert(row)
  return row['number']
}

/** A token that the shop made of a payment by this card. */
async function tokenOf(holder: Holder) {
  const { id: payment } = await payAt(people.merchant, holder, 400)
  const token = await people.merchant.tokens.create({ source: { kind: 'payment', payment } })
  const charge = () =>
    people.merchant.payments.create({
      amount: 50,
      currency: 'jpy',
      capture_method: 'manual',
      presentment: { kind: 'token', token: token.token ?? '' },
    })
  return { id: token.id, charge }
}

test('near its end a card is renewed; the old one pays until the new one does', async () => {
  const old = await people.become('NATSU')
  const { terminal } = old
  const token = await tokenOf(old)
  await assert.rejects(terminal.renew(old.card), { code: 'card_not_renewable' })
  const soon = monthFrom(0)
  await endAtIssuer(old.card, soon)
  await endInLedger(old.card, soon)

  const { id, replaces } = await terminal.renew(old.card)
  assert.equal(replaces, old.card)
  assert.equal((await terminal.renew(old.card)).id, id, 'asked once')
  assert.equal((await payAt(people.merchant, old, 100)).code, 'authorized', 'not yet replaced')
  const next = await terminal.install(id)
  const renewed = { terminal, card: next.id }
  assert.deepEqual(
    [next.status, next.replaces, next.expires, next.available],
    ['active', old.card, monthFrom(60), 99_500],
  )
  assert.equal(next.controls.left.per_day, 199_500, 'what the old one spent meanwhile counts')
  assert.deepEqual(next.history[0]?.reason, 'renewal')
  assert.notEqual(await numberOf(next.id), await numberOf(old.card), 'a number of its own')
  const [accounts] = await sql`
    select count(distinct account)::int as count from issuing.card
     where id in (${old.card}, ${next.id})`
  assert.equal(accounts?.['count'], 1)

  const before = await cardOf(old)
  assert.deepEqual([before.status, before.replaced_by], ['replaced', next.id])
  assert.deepEqual((await lastMove(old))?.reason, 'replaced')
  await refusedWith('card_not_active', people.merchant, old)
  assert.equal((await payAt(people.merchant, renewed, 100)).code, 'authorized')
  const charged = await token.charge()
  assert.deepEqual([charged.status, charged.card?.last4], ['authorized', next.last4])
  const [row] = await sql`select last_day from ledger.card where id = ${next.id}`
  assert.equal(row?.['last_day'], lastDayOf(monthFrom(60)))
})

test('lost stops a card also where another one is on its way, or where it was frozen', async () => {
  const renewing = await people.become('YUKI')
  await endAtIssuer(renewing.card, monthFrom(1))
  const { terminal } = renewing
  const { id } = await terminal.renew(renewing.card)
  assert.equal((await terminal.replace(renewing.card, 'lost')).id, id)
  await refusedWith('card_not_active', people.merchant, renewing)
  await assert.rejects(terminal.resume(renewing.card), { code: 'card_not_active' })

  const frozen = { terminal, card: await people.takeCard(terminal) }
  await terminal.suspend(frozen.card)
  await terminal.replace(frozen.card, 'stolen')
  assert.deepEqual((await lastMove(frozen))?.reason, 'stolen')
  await assert.rejects(terminal.resume(frozen.card), { code: 'card_not_active' })
  await refusedWith('card_not_active', people.merchant, frozen)
})

test('a card ends with its month, for the money at once and then for its owner', async () => {
  const { terminal, card } = await people.become('AKI')
  const over = { terminal, card }
  const token = await tokenOf(over)
  const lasting = { terminal, card: await people.takeCard(terminal) }
  const [past, now] = [monthFrom(-1), monthFrom(0)]

  // Nobody has swept yet.
  await endInLedger(card, past)
  await refusedWith('card_expired', people.merchant, over)
  assert.equal((await cardOf(over)).status, 'active')
  const charged = await token.charge()
  assert.deepEqual([charged.status, charged.declined_because], ['declined', 'card_expired'])
  assert.equal(await holdsOf(charged.id), 0)

  await endInLedger(lasting.card, now)
  await sql`
    update issuing.card c set expires = e.month
      from (values (${card}, ${past}), (${lasting.card}, ${now})) e(card, month)
     where c.id = e.card`
  const expired = await sweptTo('expired', over)
  const { from, to, reason, by } = expired.history.at(-1) ?? {}
  assert.deepEqual([from, to, reason, by], ['active', 'expired', 'expired', 'issuer'])
  assert.equal((await cardOf(lasting)).status, 'active', 'its last month is not over')
  assert.equal((await payAt(people.merchant, lasting, 100)).code, 'authorized')
  await refusedWith('card_expired', people.merchant, over)
  for (const act of [terminal.resume, terminal.renew, terminal.suspend])
    await assert.rejects(act(card), { code: 'card_not_active' })
})

test('where the program does not keep tokens, they end with the card', async () => {
  const old = await people.become('HARU')
  const { terminal } = old
  const token = await tokenOf(old)
  assert.equal((await token.charge()).status, 'authorized')
  const keep = (keeps: boolean) => sql`
    update issuing.program set keeps_tokens = ${keeps} where id = ${house.seed.program}`
  await keep(false)
  try {
    const { id } = await terminal.replace(old.card, 'damaged')
    assert.equal((await token.charge()).status, 'authorized', 'until it is replaced')
    const next = { terminal, card: (await terminal.install(id)).id }
    const funds = await availableOf(next)
    await assert.rejects(token.charge(), { code: 'token_unknown' })
    assert.equal(await availableOf(next), funds)
    const types = []
    for await (const { type, subject } of people.merchant.events.list())
      if (subject === token.id) types.push(type)
    assert.equal(types[0], 'token.deleted', 'the shop is told')
    assert.equal((await payAt(people.merchant, next, 100)).code, 'authorized')
  } finally {
    await keep(true)
  }
})

const sora = async (name: string) => {
  const first = await people.become(name)
  return { first, once: await furtherCard(first, 'Warifu One Time') }
}

test('for one use: closed after it, and what was held is captured and paid back', async () => {
  const { first, once } = await sora('SORA')
  await refusedWith('limit_exceeded', people.merchant, once, 50_001)
  assert.equal((await cardOf(once)).controls.left.uses, 1, 'what is refused is no use')
  const { id, code } = await payAt(people.merchant, once, 700)
  assert.equal(code, 'authorized')
  const closed = await sweptTo('closed', once)
  const { from, to, reason, by } = closed.history.at(-1) ?? {}
  assert.deepEqual([from, to, reason, by], ['active', 'closed', 'used_up', 'issuer'])
  assert.equal(closed.controls.left.uses, 0)
  await refusedWith('card_used_up', people.merchant, once)
  assert.equal((await people.merchant.payments.capture(id)).amount_captured, 700)
  await people.merchant.payments.refund(id, { amount: 700 })
  assert.equal(await availableOf(first), 100_000)
})

test('for one use, cancelled: the money is free again, the use is not', async () => {
  const { first, once } = await sora('UMI')
  const { id } = await payAt(people.merchant, once, 700)
  await people.merchant.payments.cancel(id)
  assert.equal(await availableOf(first), 100_000)
  const closed = await sweptTo('closed', once)
  assert.equal(closed.history.at(-1)?.reason, 'used_up')
  const { uses, per_day } = closed.controls.left
  assert.deepEqual([uses, per_day], [0, 50_000], 'limits do not count what was cancelled')
  await refusedWith('card_used_up', people.merchant, once)
})

test('kept to one shop: the first one where it pays, also after that was cancelled', async () => {
  const first = await people.become('KAI')
  const locked = await furtherCard(first, 'Warifu One Shop')
  assert.equal((await cardOf(locked)).locked_to, null)
  await refusedWith('limit_exceeded', other, locked, 50_001)
  assert.equal((await cardOf(locked)).locked_to, null, 'what is refused locks nothing')
  const { id, code } = await payAt(people.merchant, locked, 300)
  assert.equal(code, 'authorized')
  assert.equal((await cardOf(locked)).locked_to, '喫茶ワリフ')
  await refusedWith('merchant_not_allowed', other, locked)
  await people.merchant.payments.cancel(id)
  await refusedWith('merchant_not_allowed', other, locked)
  assert.equal((await payAt(people.merchant, locked, 300)).code, 'authorized')
  assert.equal((await payAt(other, first, 200)).code, 'authorized', 'the account’s other card')
})
