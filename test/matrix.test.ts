// Goal: whatever happens to one message of a payment, in whatever way its card is presented, and
//   whoever is killed while it is answered: shop, phone, server and ledger agree on the end,
//   nothing is charged twice, and nobody is told "declined" for money that moved.
// Method: one house; each way's people on a wire of their own. Their honest journey must send the
//   messages of their row; then every message × every fault. What is late is held until the test
//   kit has set the platform's clock ahead: nothing waits for time to pass.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Presentment, presentments } from '@warifu/protocol/objects'
import { epochAt } from '@warifu/protocol/proximity-frame'
import { ApiError, callApi } from '@warifu/sdk/api-call'
import { stepsOf } from '@warifu/server/rehearsal-ways'
import postgres from 'postgres'
import { prepareDatabases, type TestClusters } from './clusters.ts'
import { type House, startHouse } from './house.ts'
import { AMOUNT, type Journey, newSale, type Row, rows, type Sale } from './matrix-journeys.ts'
import { createWire, type Fault, type Hurt, type Message, type Wire } from './matrix-wire.ts'
import { availableOf } from './people.ts'

type Lane = Journey & { readonly way: Presentment; readonly row: Row; readonly wire: Wire }

const LATE_S = 7200
let house: House
let sql: postgres.Sql
const lanes: Lane[] = []
let aheadMs = 0
/** What each lane's card could pay before anything. */
let funds: readonly number[] = []

const own = new AsyncDisposableStack()
let clusters: TestClusters

before(async () => {
  // Its own, since they are killed.
  clusters = await prepareDatabases(own)
  house = await startHouse({ env: { server: { ASKS_PER_MINUTE: '600' } } })
  sql = postgres(house.serverDatabase.adminUrl, { max: 4, onnotice: () => {} })
  // One after the other: an operator of the vault makes keys for some of them.
  for (const way of presentments) lanes.push(await openLane(way))
  funds = await Promise.all(lanes.map(({ holder }) => availableOf(holder)))
})
after(async () => {
  for (const lane of lanes) await lane.close?.()
  await sql?.end()
  await house?.stop()
  await own.disposeAsync()
})

async function openLane(way: Presentment): Promise<Lane> {
  const wire = createWire(house.fetch)
  const place = 1000 * (1 + presentments.indexOf(way))
  const row = rows[way]
  const journey = await row.open({ house: { ...house, fetch: wire.fetch }, place })
  return { ...journey, way, row, wire }
}

/** How it ended for each who took part: what the presenter was told, and what the others know. */
type Ended = {
  readonly told: string
  readonly shop: readonly string[]
  readonly phone: readonly string[]
  readonly held: readonly number[]
}

const toldBy = (error: unknown): string =>
  error instanceof ApiError ? error.code : String(error instanceof Error ? error.message : error)

type Gone = { readonly reference: string; readonly told: string }

type Harm = Omit<Hurt, 'meanwhile'> & { readonly meanwhile?: (sale: Sale) => Promise<void> }

async function go(lane: Lane, harm?: Harm): Promise<Gone> {
  const sale = newSale()
  const { meanwhile = async () => {} } = harm ?? {}
  const hurt = harm && { ...harm, meanwhile: () => meanwhile(sale) }
  lane.wire.begin(hurt)
  const answer = await lane.run(sale).then(() => 'yes', toldBy)
  const isDone = await lane.wire.end()
  if (hurt !== undefined) assert(isDone, `${lane.way}: nothing was done to ${hurt.at}: ${answer}`)
  return { reference: sale.reference, told: answer }
}

const goThrough = async (lane: Lane, harm?: Harm): Promise<Ended> =>
  await endOf(lane, await go(lane, harm))

/** Once nothing is waited for any more; money that was held is given back for the next. */
async function endOf(lane: Lane, { reference, told }: Gone): Promise<Ended> {
  const { people, holder } = lane
  const ids = await sql<{ id: Parameters<typeof people.show>[0] }[]>`
    select id from payments.payment where merchant_reference = ${reference}`
  const shop: string[] = []
  const phone: string[] = []
  for (const { id } of ids) {
    shop.push(await settled(lane, id))
    const seen = await holder.terminal.activityOf(id).catch(() => undefined)
    if (seen !== undefined) phone.push(seen.status)
  }
  const held = await sql<{ amount: string }[]>`
    select amount from ledger.hold where payment = any(${ids.map(({ id }) => id)})`
  for (const [at, { id }] of ids.entries())
    if (shop[at] === 'authorized') await people.merchant.payments.cancel(id)
  return { told, shop, phone, held: held.map(({ amount }) => Number(amount)) }
}

async function settled({ people }: Lane, id: Parameters<Lane['people']['show']>[0]) {
  const statusNow = async () => (await people.show(id)).status
  await until('a payment has its end', async () => (await statusNow()) !== 'requires_action')
  return await statusNow()
}

/** All say the same: it is paid, once, and the presenter was told so. */
const paid = ({ amount = AMOUNT, way }: Lane): Ended => ({
  told: 'yes',
  shop: ['authorized'],
  // A phone shows what its person was asked; nobody is asked where the shop has the card.
  phone: stepsOf(way) === undefined ? [] : ['authorized'],
  held: [amount],
})

/** Paid for all; or for nobody: then the end has a name, and nothing is held. */
function assertAgreed(lane: Lane, ended: Ended, where: string): void {
  const what = `${lane.way}: ${where}: ${JSON.stringify(ended)}`
  const isPaid = ended.told === 'yes' || ended.held.length > 0
  if (isPaid) assert.deepEqual(ended, paid(lane), what)
  const known = isPaid ? [] : [...ended.shop, ...ended.phone]
  assert(ended.shop.length <= 1 && new Set(known).size <= 1, what)
  for (const status of known) assert.match(status, /^(?:expired|declined|cancelled)$/, what)
}

/** All at once, each to its end; what failed anywhere is told. */
async function inEveryLane(work: (lane: Lane) => Promise<void>): Promise<void> {
  const done = await Promise.allSettled(lanes.map(work))
  const failed = done.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []))
  assert.deepEqual(failed, [])
}

test('every way has its row: its messages, and the steps that it waits for', () =>
  inEveryLane(async (lane) => {
    const { way, row, wire } = lane
    assert.deepEqual(await goThrough(lane), paid(lane), way)
    assert.deepEqual(wire.heard(), row.messages, way)
    assert.equal(wire.heard().filter(isStep).length, stepsOf(way)?.length ?? 0, way)
  }))

/** A step is taken by presenting a card, or by the answer before a reader is asked. */
const isStep = (message: Message): boolean => /^(?:presentCard|answerApproval)/.test(message)

for (const fault of ['dropped before', 'dropped after', 'doubled', 'overtaken'] as const)
  test(`every message ${fault}: paid, once, and all know it`, () =>
    inEveryLane(async (lane) => {
      for (const at of lane.row.messages) {
        const ended = await goThrough(lane, { at, fault })
        assert.deepEqual(ended, paid(lane), `${lane.way}: ${at} ${fault}: ${JSON.stringify(ended)}`)
      }
    }))

/** So many come; each waits for the others, or for their end. */
function gateOf(count: number) {
  const open = Promise.withResolvers<void>()
  let missing = count
  const come = () => {
    missing -= 1
    if (missing === 0) open.resolve()
  }
  return { come, open: open.promise }
}

const killAgain = async (name: 'server' | 'vault') => {
  await house.kill(name)
  await house.restart(name)
}

/** SIGKILL to one that is at work: PostgreSQL throws all others out, and recovers. */
async function killBackend(): Promise<void> {
  const before = await checkpointer()
  const [busy] = await sql<{ pid: number }[]>`
    select pid from pg_stat_activity where usename = 'warifu_app'
     order by (state = 'active') desc, query_start desc limit 1`
  process.kill(busy?.pid ?? assert.fail('no backend'), 'SIGKILL')
  await until(
    'PostgreSQL recovers',
    async () => ![undefined, before].includes(await checkpointer()),
  )
}

/** PostgreSQL starts another one when it recovers; undefined while it does. */
const checkpointer = async (): Promise<number | undefined> => {
  const found = sql<{ pid: number }[]>`
    select pid from pg_stat_activity where backend_type = 'checkpointer'`
  return (await found.catch(() => []))[0]?.pid
}

async function until(what: string, isTrue: () => Promise<boolean>): Promise<void> {
  for (let patience = 600; patience > 0; patience -= 1) {
    if (await isTrue()) return
    await sleep(50)
  }
  assert.fail(`not in time: ${what}`)
}

/** Server and vault have both databases again. */
const untilHealthy = () =>
  until('the platform is back', () =>
    fetch(`${house.url}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    ),
  )

const killings: Readonly<Record<string, () => Promise<void>>> = {
  server: () => killAgain('server'),
  vault: () => killAgain('vault'),
  'server’s PostgreSQL': () => clusters.server.crash(),
  'vault’s PostgreSQL': () => clusters.vault.crash(),
  'server’s connection in PostgreSQL': killBackend,
}

for (const [name, kill] of Object.entries(killings))
  test(`the ${name} killed while a card is presented in every way: one end for all`, async () => {
    const gate = gateOf(lanes.length)
    const killed = gate.open.then(kill).then(untilHealthy)
    await inEveryLane(async (lane) => {
      const at = lane.row.messages.at(-1) ?? 'createPayment'
      let hasCome = false
      const ready = async () => {
        hasCome = true
        gate.come()
        await gate.open
      }
      const hurt = { at, fault: 'while it is answered', ready, meanwhile: () => killed } as const
      const gone = await go(lane, hurt).finally(() => hasCome || gate.come())
      if (gone.told !== 'yes') await passTimeOf(gone)
      assertAgreed(lane, await endOf(lane, gone), `${name} killed`)
    })
    // All is well again; and who was asked in vain may be asked at once.
    await inEveryLane(async (lane) => assert.deepEqual(await goThrough(lane), paid(lane)))
  })

/** The time of this sale is over, and of no other. */
async function passTimeOf({ reference }: Pick<Gone, 'reference'>): Promise<void> {
  await sql`update payments.payment set action_deadline_ms = 1
             where merchant_reference = ${reference} and action is not null`
}

/** The platform's clock is set ahead, until everything that waits is over. */
async function passTime(): Promise<void> {
  await setAhead()
  await until('a new epoch has its codes', async () => (await epochNow())?.state === 'ready')
}

async function setAhead(): Promise<void> {
  const api = { fetch: house.fetch, apiUrl: house.url }
  const body = { seconds: LATE_S }
  aheadMs = 1000 * (await callApi(api, 'advanceTestClock', { body })).ahead_s
}

async function epochNow() {
  const epoch = epochAt(Date.now() + aheadMs)
  const [row] = await sql<{ state: string; lease_ms: string }[]>`
    select state, lease_ms from devices.epoch where epoch = ${epoch}`
  return row
}

test('past the deadline, where a device has a clock of its own: one end for all', async () => {
  for (const lane of lanes.filter(({ hasOwnClock }) => hasOwnClock))
    for (const at of lane.row.messages) {
      const meanwhile = async (sale: Sale) => {
        await passTimeOf(sale)
        await untilOver(sale)
      }
      const gone = await go(lane, { at, fault: 'past the deadline', meanwhile })
      assertAgreed(lane, await endOf(lane, gone), `${at} late`)
    }
})

/** The platform has ended it, if it knows of it. */
const untilOver = ({ reference }: Sale) =>
  until('its time is over', async () => {
    const open = await sql`select 1 from payments.payment
      where merchant_reference = ${reference} and status = 'requires_action'`
    return open.length === 0
  })

test('an epoch that begins while the vault is dead has its codes when it is back', async () => {
  for (const vault of house.vaults) await house.kill(vault)
  await setAhead()
  const isGivenBack = async () => {
    const now = await epochNow()
    return now?.state === 'filling' && Number(now.lease_ms) === 0
  }
  await until('nobody keeps an epoch that cannot be filled', isGivenBack)
  for (const vault of house.vaults) await house.restart(vault)
  await until('the epoch has its codes', async () => (await epochNow())?.state === 'ready')
})

/**
 * The rule for a yes that comes too late, seen while its clock still runs: the deadline judges,
 * under the lock, not the sweep that follows it. It is refused as over, and nothing is held.
 */
async function assertRefused(lane: Lane, gone: Gone, at: Message): Promise<void> {
  const { told, shop, phone, held } = await endOf(lane, gone)
  const what = `${lane.way}: ${at} late: ${JSON.stringify({ told, shop, phone, held })}`
  assert.match(told, /^payment_(?:expired|state)$/, what)
  assert.deepEqual([shop.length, held], [1, []], what)
  assert.deepEqual([...new Set([...shop, ...phone])].length, 1, what)
}

/** Where it waits, and how it goes on. */
function held(lane: Lane, at: Message, fault: Fault = 'past the deadline') {
  const [here, later] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const meanwhile = () => {
    here.resolve()
    return later.promise
  }
  const gone = go(lane, { at, fault, meanwhile })
  return { lane, at, gone, here: Promise.race([here.promise, gone]), goOn: later.resolve }
}

test('every message past the deadline: one end for all', async () => {
  const rounds = Math.max(...lanes.map(({ row }) => row.messages.length))
  for (let round = 0; round < rounds; round += 1) {
    const late = lanes.flatMap((lane) => {
      const at = lane.row.messages[round]
      return at === undefined || lane.hasOwnClock ? [] : [held(lane, at)]
    })
    await Promise.all(late.map(({ here }) => here))
    await passTime()
    for (const { goOn } of late) goOn()
    const gone = await Promise.all(late.map((one) => one.gone))
    for (const [place, { lane, at }] of late.entries())
      if (isStep(at)) await assertRefused(lane, gone[place] ?? assert.fail(), at)
    await passTime()
    for (const [place, { lane, at }] of late.entries())
      assertAgreed(lane, await endOf(lane, gone[place] ?? assert.fail()), `${at} late`)
  }
})

test('a yes that was decided in time and heard too late is honoured', async () => {
  const late = lanes
    .filter(({ hasOwnClock }) => !hasOwnClock)
    .map((lane) =>
      held(lane, lane.row.messages.at(-1) ?? 'createPayment', 'answered past the deadline'),
    )
  await Promise.all(late.map(({ here }) => here))
  await passTime()
  for (const { goOn } of late) goOn()
  for (const { lane, gone } of late) assert.deepEqual(await endOf(lane, await gone), paid(lane))
})

test('what was held is free again, and the books balance', async () => {
  for (const [at, { holder, way }] of lanes.entries())
    assert.equal(await availableOf(holder), funds[at], way)
})
