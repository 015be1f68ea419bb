// Goal: other terms of a program reach all of its cards, a batch after another, whoever goes on;
// nobody's own bounds are widened by it, also not those that are set meanwhile. A card that is made
// while the change is on its way has the new terms too, wherever it stands in the order.
// Method: a program with more cards than a batch on a real PostgreSQL; a session that changes a
// card's own bounds ends when PostgreSQL says that the change waits for it. A decision is held up
// between reading the terms and writing the card until the change is through, or waits.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Id, Mint } from '@warifu/protocol/ids'
import { quietEdges, type Rehearsal, rehearse, scriptedVault } from '@warifu/server/rehearsal'
import { openAccount } from '#ledger'
import type { Store, Tx } from '#store'
import { succeed } from './granting.ts'
import { createIssuing, createProgram } from './issuing.ts'
import { holdProgram } from './program.ts'

const nowMs = Date.UTC(2027, 0, 5)
let stage: Rehearsal
before(async () => {
  const adminUrl = process.env['WARIFU_TEST_SERVER_ADMIN_URL']
  stage = await rehearse({ adminUrl, name: 'changing' }, nowMs)
})
after(() => stage.close())

const limits = { perTransaction: 50_000n, perDay: 100_000n, perMonth: 300_000n }

async function bornProgram(): Promise<Id<'prg'>> {
  const id = stage.mint('prg')
  const kind = { bin: '990012', currency: 'jpy', schemes: ['double_sealed'] as const }
  const rest = { verificationMethods: [], validityMonths: 60, signatureOnlyMax: 500n, rules: [] }
  await createProgram(stage.store.sql, { id, name: 'Campus', ...kind, ...limits, ...rest }, nowMs)
  return id
}

/** Applications that wait for a person. */
async function bornApplications(program: Id<'prg'>, count: number): Promise<void> {
  await stage.store.sql`
    insert into issuing.application
      (id, cardholder, terminal, counter, program, scheme, facts, state, created_ms, deadline_ms)
    select 'app_' || right(${program}, 6) || n, 'chl_1', ${program}, n, ${program},
           'double_sealed', '{}', 'in_review', 1, 9e15
      from generate_series(1, ${count}::int) n`
}

const applicationOf = (program: Id<'prg'>, n: number): Id<'app'> => `app_${program.slice(-6)}${n}`
const cardOf = (program: Id<'prg'>, n: number): Id<'crd'> =>
  `crd_${String(n).padStart(10, '0')}${program.slice(-6)}00`

/** Active cards of one account, and an application more; every tenth has bounds of its own. */
async function bornCards(program: Id<'prg'>, count: number): Promise<void> {
  const { sql } = stage.store
  const account = stage.mint('acc')
  await openAccount(sql, { id: account, currency: 'jpy', creditLimit: 1000n, nowMs })
  await bornApplications(program, count + 1)
  await sql`
    insert into issuing.card
      (id, account, cardholder, program, application, state, own, created_ms)
    select 'crd_' || lpad(n::text, 10, '0') || right(${program}, 6) || '00', ${account}, 'chl_1',
           ${program}, 'app_' || right(${program}, 6) || n, 'active',
           case when n % 10 = 0 then ${sql.json({ ...ownBounds(100) })}::jsonb end, 1
      from generate_series(1, ${count}::int) n`
  await sql`
    insert into ledger.card
      (lane, id, account, active, per_transaction, per_day, per_month, signature_only_max)
    select 0, id, ${account}, true, 0, 0, 0, 0 from issuing.card where program = ${program}`
}

const ownBounds = (amount: number) => ({
  ...{ per_transaction: amount, per_day: null, per_month: null },
  ...{ count_day: null, count_month: null, merchants_only: null, merchants_never: [] },
  ...{ categories_only: null, categories_never: [] },
})

/** How many cards the ledger lets pay so much at once, with the new terms. */
async function told(program: Id<'prg'>): Promise<Record<string, number>> {
  const rows = await stage.store.sql<{ most: bigint; cards: number }[]>`
    select per_transaction as most, count(*)::int as cards
      from ledger.card k join issuing.card c using (id)
     where c.program = ${program} and over_capture = 700 group by per_transaction`
  return Object.fromEntries(rows.map(({ most, cards }) => [String(most), cards]))
}

const change = { per_transaction: 40_000, over_capture: 700 }

/** One asks for it, and another agrees. */
async function changed(program: Id<'prg'>): Promise<void> {
  for (const by of [stage.mint('opr'), stage.mint('opr')]) {
    assert.deepEqual(await told(program), {}, 'nothing before the second person agrees')
    await stage.store.sql`
      insert into people.operator (id, name, roles, token_digest, created_ms)
      values (${by}, ${by}, '{issuer}', sha256(${by}::text::bytea), 1)`
    assert((await issuingOn(stage.store).changeProgram({ id: program, change, by, nowMs })).ok)
  }
}

const issuingOn = (store: Store) =>
  createIssuing({ ...stage, store, ...quietEdges, vault: scriptedVault({}) })

/** Before a card is written, all wait for `opened`. */
function heldUp(reached: () => void, opened: Promise<void>): Store {
  const waiting = (tx: Tx): Tx =>
    new Proxy(tx, {
      apply: (target, self, args) => {
        const query = () => Reflect.apply(target, self, args)
        if (!String(args[0]).includes('insert into issuing.card\n')) return query()
        reached()
        return opened.then(query)
      },
    })
  const { store } = stage
  return { ...store, transaction: (work) => store.transaction((tx) => work(waiting(tx))) }
}

test('other terms reach every card of a program, and leave its owner’s own bounds', async () => {
  const { sql } = stage.store
  const issuing = issuingOn(stage.store)
  const program = await bornProgram()
  await bornCards(program, 1200)
  await changed(program)
  assert.deepEqual(await told(program), { 40000: 450, 100: 50 }, 'the first at once')

  // A card of the next batch is given bounds of its own while the change comes to it.
  const card = cardOf(program, 777)
  let going: Promise<unknown> = Promise.resolve()
  await sql.begin(async (tx) => {
    const [own] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`
    await tx`update issuing.card set own = ${tx.json(ownBounds(7))} where id = ${card}`
    await tx`update ledger.card set per_transaction = 7 where lane = 0 and id = ${card}`
    going = issuing.tick(nowMs)
    const waiting = () => sql`
      select from pg_stat_activity where ${own?.pid ?? 0} = any(pg_blocking_pids(pid))`
    while ((await waiting()).length === 0);
  })
  await going
  assert.deepEqual(await told(program), { 40000: 899, 100: 100, 7: 1 })
  // Two processes at once, until nothing is left.
  while ((await Promise.all([issuing.tick(nowMs), issuing.tick(nowMs)])).some((some) => some > 0));
  assert.deepEqual(await told(program), { 40000: 1079, 100: 120, 7: 1 })
  const [left] = await sql`select count(*)::int as left from issuing.program where changed_to <> ''`
  assert.equal(left?.['left'], 0)
})

test('a card that is made while the terms change has the new ones', async () => {
  const { sql } = stage.store
  const program = await bornProgram()
  await bornApplications(program, 1)
  const [reached, opened] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const deciding = issuingOn(heldUp(reached.resolve, opened.promise)).decideByPerson({
    ...{ id: applicationOf(program, 1), by: null, nowMs },
    verdict: { result: 'approve', limit: 1000 },
  })
  await reached.promise
  let isThrough = false
  const changing = changed(program).finally(() => {
    isThrough = true
  })
  const blocked = () => sql`
    select from pg_stat_activity
     where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0`
  while (!isThrough && (await blocked()).length === 0);
  opened.resolve()
  assert((await deciding).ok)
  await changing
  while ((await issuingOn(stage.store).tick(nowMs)) > 0);
  assert.deepEqual(await told(program), { 40000: 1 })
})

test('so has a card in the place of one that the change has not reached', async () => {
  const program = await bornProgram()
  await bornCards(program, 510)
  await changed(program)
  // Made by a server whose clock is behind: the change is past it.
  const mint: Mint = (prefix) => `${prefix}_${cardOf(program, 0).slice(4)}`
  const [application, from] = [applicationOf(program, 511), cardOf(program, 510)]
  await stage.store.transaction(async (tx) => {
    const held = await holdProgram(tx, program)
    await succeed({ mint }, tx, { program: held, application, from, reason: 'damaged', nowMs })
  })
  while ((await issuingOn(stage.store).tick(nowMs)) > 0);
  assert.deepEqual(await told(program), { 40000: 459, 100: 52 })
})
