// Goal: another company's card pays end to end over the network connector: once for one key,
//   captured, cancelled and refunded like any payment, declined in the acquirer's words; a lost
//   answer ends as the truth; the books stand and the server never sees the number.
// Method: real processes, the sandbox acquirer in the vault, a device whose keys the vault made.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { familyOf, scanMemory } from '@warifu/cli/process-memory'
import { callApi } from '@warifu/sdk/api-call'
import postgres from 'postgres'
import { type Asked, askFor, openTill, type Till } from './charging.ts'
import { type House, startHouse } from './house.ts'
import { type People, peopleOf } from './people.ts'

const foreign = { pan: '4111111111111111', expiry: '3012', code: '7370' }

let house: House
let people: People
let till: Till
let sql: postgres.Sql
before(async () => {
  house = await startHouse({ env: { vault: { VAULT_CONNECTOR: 'sandbox' } } })
  people = peopleOf(house)
  till = await openTill(house, people)
  sql = postgres(house.serverDatabase.adminUrl, { max: 1, onnotice: () => {} })
})
after(async () => {
  await sql?.end()
  await house?.stop()
})

const entered = (ask: Asked) =>
  ({ kind: 'entry_device', message: till.message(foreign, ask) }) as const

async function pay(amount: number) {
  const ask = askFor(amount)
  return await till.charge(entered(ask), ask)
}

async function holdsOf(payment: string) {
  return await sql`
    select account, held::int, captured::int, refunded::int from ledger.hold
     where payment = ${payment}`
}

async function standing(): Promise<void> {
  const off = await sql`
    select lane, layer, currency from ledger.leg
     group by lane, layer, currency having sum(amount) <> 0`
  assert.equal(off.length, 0, 'the trial balance is zero')
}

test('pays, is captured and given back on the network’s account', async () => {
  const { payments } = people.merchant
  const payment = await pay(1200)
  assert.deepEqual([payment.status, payment.card?.last4], ['authorized', '1111'])
  assert.match(payment.card?.reference ?? '', /^cr_/)
  assert.equal((await pay(1300)).card?.reference, payment.card?.reference)
  const [hold] = await holdsOf(payment.id)
  assert.match(String(hold?.['account']), /^acc_network_jpy_/)
  assert.equal((await payments.capture(payment.id, { amount: 1000 })).amount_captured, 1000)
  await payments.refund(payment.id, { amount: 400 })
  const [after] = await holdsOf(payment.id)
  assert.deepEqual([after?.['held'], after?.['captured'], after?.['refunded']], [0, 1000, 400])
  await standing()
})

test('a cancel releases it', async () => {
  const payment = await pay(1100)
  assert.equal((await people.merchant.payments.cancel(payment.id)).status, 'cancelled')
  assert.equal((await holdsOf(payment.id))[0]?.['held'], 0)
  await standing()
})

test('the same key many times, a restart between: one payment, one authorisation', async () => {
  const [ask, again] = [askFor(1400), askFor(1400)]
  const shown = entered(ask)
  const count = async () => {
    const vaultSql = postgres(house.vaultDatabase.adminUrl, { max: 1 })
    const [row] = await vaultSql<{ n: number }[]>`
      select count(*)::int as n from network.authorization`
    await vaultSql.end()
    return row?.n ?? 0
  }
  const before = await count()
  const all = await Promise.all(Array.from({ length: 5 }, () => till.charge(shown, ask)))
  await house.restart('vault')
  all.push(await till.charge(shown, ask))
  assert.equal(new Set(all.map((one) => JSON.stringify(one))).size, 1)
  assert.equal(await count(), before + 1)
  assert.equal((await holdsOf(all[0]?.id ?? '')).length, 1)
  assert.notEqual((await till.charge(entered(again), again)).id, all[0]?.id)
})

test('is declined in the acquirer’s words, and nothing is held', async () => {
  for (const [amount, word] of [
    [1251, 'insufficient_funds'],
    [1243, 'card_not_active'],
  ] as const) {
    const payment = await pay(amount)
    assert.deepEqual([payment.status, payment.declined_because], ['declined', word])
    assert.equal((await holdsOf(payment.id)).length, 0)
  }
})

test('a lost answer is told as not known yet; asked again, it is the truth', async () => {
  const ask = askFor(1291)
  const shown = entered(ask)
  await assert.rejects(till.charge(shown, ask), {
    code: 'network_unavailable',
    outcome: 'unknown',
  })
  // Of two vaults each has a simulated acquirer of its own, which loses its first answer.
  const payment = await till.charge(shown, ask).catch(() => till.charge(shown, ask))
  assert.equal(payment.status, 'authorized')
})

test('what was never answered and is reversed ends as declined, and holds nothing', async () => {
  const ask = askFor(1296)
  const shown = entered(ask)
  await assert.rejects(till.charge(shown, ask), {
    code: 'network_unavailable',
    outcome: 'unknown',
  })
  const vaultSql = postgres(house.vaultDatabase.adminUrl, { max: 1 })
  await vaultSql`update network.authorization set state = 'reversed' where state = 'asked'`
  await vaultSql.end()
  const payment = await till.charge(shown, ask)
  assert.deepEqual([payment.status, payment.declined_because], ['declined', 'network_timeout'])
  assert.equal((await holdsOf(payment.id)).length, 0)
  await standing()
})

test('it becomes no token, by entry or by payment', async () => {
  const payment = await pay(1500)
  const ask = { ...askFor(), purpose: 'token' } as const
  for (const source of [entered(ask), { kind: 'payment', payment: payment.id } as const]) {
    const input = { body: { source }, headers: till.headers(ask.key) }
    await assert.rejects(callApi(people.api, 'createToken', input), { code: 'card_not_supported' })
  }
})

test('the server knows no number', { skip: process.platform !== 'linux' }, async () => {
  for (const name of ['server', 'vault'] as const)
    assert(!(await house.logs(name)).includes(foreign.pan))
  for (const pid of familyOf(house.pid('server')))
    assert.deepEqual(scanMemory(pid, [foreign.pan]), [])
})
