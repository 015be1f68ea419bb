// Goal: old rows leave by the partition while money moves; the books are proved without them as
// with them; what was stopped or tampered with leaves the rows where they are; who reads old things
// hears that they are archived. Method: shops and cardholders of the books' own test on a real
// PostgreSQL, their first month taken out two years later, with writers at work.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { mintId } from '@warifu/protocol/ids'
import { defaultDays, readDays, retain } from '#ledger'
import { createPartitions, makePartitions, openStore } from '#store'
import { type Rehearsal, rehearse } from './rehearsal.ts'
import { check, openWorld, perform, sleep, standing, type World } from './rehearsal-books.ts'

const startMs = Date.UTC(2027, 0, 5, 10)
const laterMs = Date.UTC(2029, 2, 15)
/** January is due everywhere, and no later month. */
const days = readDays(
  Object.keys(defaultDays)
    .map((name) => `${name}=760`)
    .join(),
)
const adminUrl = process.env['WARIFU_TEST_SERVER_ADMIN_URL']
const NAME = 'retention'
const url = new URL(adminUrl ?? 'postgres://nowhere')
url.pathname = `/rehearsal_${NAME}`

let stage: Rehearsal
let world: World
let folder: string
const owner = openStore(url.href, 3)
const said: string[] = []
before(async () => {
  const fixed = await rehearse({ adminUrl, name: NAME }, startMs)
  // Its ids tell the hour of this world, as a server's do.
  const nowMs = () => (world === undefined ? startMs : world.clock.nowMs)
  const mint: Rehearsal['mint'] = (prefix, lane = 0) =>
    mintId({ prefix, lane, nowMs: nowMs(), chance: fixed.random(14) })
  stage = { ...fixed, mint }
  world = await openWorld(stage, NAME, startMs)
  folder = await mkdtemp(join(tmpdir(), 'warifu-archive-'))
})
after(async () => {
  await owner.end()
  await stage.close()
  await rm(folder, { recursive: true, force: true })
})

/** Takes out what is due two years later, or stops after this was said. */
const takeOut = (last?: string) => {
  let isOver = false
  return retain({
    ...{ sql: owner.sql, folder, nowMs: laterMs, days, chunk: 7 },
    say: (name, step, rows) => {
      said.push(`${name} ${step} ${rows}`)
      isOver ||= said.at(-1) === last
    },
    stopped: () => isOver,
  })
}

async function pay(amount: number): Promise<void> {
  const key = () => world.newKey()
  const made = await perform(world, { kind: 'authorise', account: 0, shop: 0, amount }, key())
  world.payments.push(made.payment)
  const payment = world.payments.length - 1
  await perform(world, { kind: 'capture', payment, amount, final: true }, key())
  await perform(world, { kind: 'refund', payment, amount: 5 }, key())
}

const countOf = async (table: string) => {
  const [row] = await owner.sql.unsafe<{ n: bigint }[]>(`select count(*) as n from ${table}`)
  return Number(row?.n)
}

test('a month of payments stands in its partitions, and nowhere else', async () => {
  for (const amount of [400, 500, 600]) await pay(amount)
  await perform(world, { kind: 'adjust_account', account: 0, amount: -70 }, 'adj-1')
  await sleep(world, 2)
  assert.deepEqual(await check(world), [])
  assert.equal(await countOf('ledger.leg'), await countOf('ledger.leg_2027_01'))
  assert(!(await countOf('ledger.leg_2027_02')))
})

test('a run that is stopped leaves everything where it is, and goes on', async () => {
  const legs = await countOf('ledger.leg')
  assert.deepEqual(await takeOut('ledger.leg_2027_01 written 14'), { done: 1, all: false })
  assert.equal(await countOf('ledger.leg'), legs)
  assert((await readdir(folder)).some((name) => name === 'ledger.leg_2027_01.copy.gz.partial'))
})

test('a period is not closed while a leg of it is not carried', async () => {
  const until = Date.UTC(2027, 1, 1)
  await assert.rejects(async () => owner.sql`select ledger.close_period(${until})`, /0 carried/)
})

test('the books stand without the legs as with them, while others write', async () => {
  const before_ = await standing(world)
  const { sql } = stage.store
  const merchant = world.shops[0]?.merchant ?? ''
  let moving = true
  let longestMs = 0
  const writing = (async () => {
    for (let i = 0; moving; i += 1) {
      const began = performance.now()
      await sql`select ledger.correct_payable(store.lane_of(${merchant}), ${merchant},
                  ${`adj_late_${i}`}, 1, 'jpy', ${Date.UTC(2027, 3, 2)}::bigint)`
      longestMs = Math.max(longestMs, performance.now() - began)
    }
  })()
  const taken = await takeOut()
  moving = false
  await writing
  assert(taken.all && taken.done > 6, JSON.stringify(taken))
  assert(longestMs < 1000, `a writer waited ${longestMs} ms`)
  const gone = await owner.sql`select from ledger.leg where created_ms < ${Date.UTC(2027, 1)}`
  assert.equal(gone.length, 0)
  assert.deepEqual(await check(world), [])
  assert.deepEqual((await standing(world)).payments, before_.payments)
  for (const step of ['carried', 'verified', 'detached', 'dropped'])
    assert(
      said.some((line) => line.startsWith(`ledger.leg_2027_01 ${step}`)),
      step,
    )
})

test('the file holds every row, and its digest is kept', async () => {
  const [row] = await owner.sql<{ file: string; rows: bigint }[]>`
    select file, row_count as rows from store.partition where name = 'ledger.leg_2027_01'`
  const text = gunzipSync(await readFile(join(folder, row?.file ?? ''))).toString()
  const lines = text.split('\n').filter(Boolean)
  assert.equal(lines.length, Number(row?.rows))
  assert.equal(new Set(lines).size, lines.length, 'no chunk was written twice')
  assert.equal(
    lines.reduce((sum, line) => sum + Number(line.split('\t').at(-2)), 0),
    0,
  )
})

test('money of old payments moves on, and the books still stand', async () => {
  world.clock.nowMs = Date.UTC(2027, 3, 2)
  const old = await perform(world, { kind: 'refund', payment: 0, amount: 50 }, world.newKey())
  assert.equal(old.code, 'ok')
  await pay(300)
  await sleep(world, 1)
  assert.deepEqual(await check(world), [])
  const [book] = world.books
  const entered = await owner.sql<{ amount: bigint }[]>`
    select r.amount from ledger.remembered r where r.owner = ${book?.account ?? ''}`
  assert.equal(entered.length, 1, 'what a person named is entered once for ever')
})

test('who asks for old things hears that they are archived', async () => {
  const [payment] = world.payments
  const [shop] = world.shops
  const [book] = world.books
  assert(payment !== undefined && shop !== undefined && book !== undefined)
  const [first] = await shop.payments.timelineOf(payment)
  assert.deepEqual([first?.name, first?.outcome], ['archived', 'archived_until_2027-02-01'])
  const statement = await world.settlement.statement({
    ...{ card: book.card, month: '2027-01', nowMs: laterMs },
  })
  assert.equal(statement?.archived, true)
  assert.deepEqual([statement?.spent, statement?.givenBack], [1500n, 15n])
  assert.equal(statement?.closing, 1500n - 15n + 70n)
})

test('one unit that was carried wrong is found', async () => {
  await owner.sql`update ledger.carried set amount = amount + 1
                   where account = ${world.books[0]?.account ?? ''} and entry = 'refund'`
  const laws = (await check(world)).map(({ law }) => law)
  assert(laws.includes('posted_is_its_legs') && laws.includes('lane_sums_to_zero'), laws.join())
  await assert.rejects(async () => stage.store.sql`update ledger.carried set amount = 0`, /denied/)
})

test('a file that was changed keeps its table', async () => {
  const [row] = await owner.sql<{ name: string; file: string }[]>`
    select name, file from store.partition where state = 'dropped' and of = 'events.event' limit 1`
  assert(row !== undefined)
  await writeFile(join(folder, row.file), 'not what it was')
  await owner.sql.unsafe(`create table ${row.name} (id text primary key)`)
  await owner.sql`update store.partition set state = 'detached' where name = ${row.name}`
  await assert.rejects(takeOut(), /was changed/)
  assert.equal(await countOf(row.name), 0, 'it is still there')
})

test('the command lists them; wrong words are named', async () => {
  const main = join(import.meta.dirname, '..', 'cli', 'main.ts')
  const env = { ...process.env, DATABASE_OWNER_URL: url.href }
  const call = promisify(execFile)
  const { stdout } = await call(process.execPath, [main, 'retention', 'list'], { env })
  assert.match(stdout, /ledger\.leg_2027_01 {2}2027-01-01 to 2027-02-01 {2}dropped {2}in ledger/)
  for (const wrong of ['leg=10', 'ledger.leg=3', 'events.delivery=20'])
    assert.throws(() => readDays(wrong), /RETENTION_DAYS/)
  await assert.rejects(call(process.execPath, [main, 'retention', 'run'], { env }), /needs --to/)
})

const DAY_MS = 86_400_000

test('where the next months cannot be made, somebody hears in time', async () => {
  const heard: string[] = []
  const { tick } = createPartitions(stage.store, (sentence) => heard.push(sentence))
  const { sql } = owner
  await makePartitions(stage.store.sql, laterMs)
  const tables = await sql<{ name: string; untilMs: number }[]>`
    select name, until_ms::float8 as "untilMs" from store.partitioned_until(${laterMs})`
  assert(tables.length > 5)
  const endMs = Math.min(...tables.map(({ untilMs }) => untilMs))
  await sql`revoke execute on function store.make_partitions from warifu_app`
  await assert.rejects(tick(endMs - 22 * DAY_MS), { code: '42501' })
  assert.deepEqual(heard, [], 'three weeks are enough to mend it')
  await assert.rejects(tick(endMs - 20 * DAY_MS), { code: '42501' })
  const ending = tables.filter(({ untilMs }) => untilMs === endMs)
  const until = new Date(endMs).toISOString()
  const sentences = ending.map(({ name }) => `${name} has partitions until ${until} only`)
  assert.deepEqual(heard.toSorted(), sentences.toSorted())
  await tick(endMs - 20 * DAY_MS + 30_000)
  assert.equal(heard.length, sentences.length, 'said once a minute')
  await sql`grant execute on function store.make_partitions to warifu_app`
  await tick(endMs - 20 * DAY_MS + 60_000)
  assert.equal(heard.length, sentences.length)
})

test('a table that is being analysed is waited for, not given up', async () => {
  const { promise: held, resolve: release } = Promise.withResolvers<void>()
  const analysing = owner.sql.begin(async (tx) => {
    await tx`lock table events.event in share update exclusive mode`
    await held
  })
  const made = makePartitions(stage.store.sql, laterMs + 400 * DAY_MS)
  // Longer than one attempt waits.
  await pause(2500)
  release()
  await analysing
  await made
})
