// Goal: other terms of a program reach all of its cards, a batch after another, whoever goes on;
// nobody's own bounds are widened by it, also not those that are set meanwhile.
// Method: a program with more cards than a batch on a real PostgreSQL; a session that changes a
// card's own bounds ends when PostgreSQL says that the change waits for it.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Id } from '@warifu/protocol/ids'
import { quietEdges, type Rehearsal, rehearse, scriptedVault } from '@warifu/server/rehearsal'
import { openAccount } from '#ledger'
import { createIssuing, createProgram } from './issuing.ts'

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

/** Active cards of one account; every tenth has bounds of its own. */
async function bornCards(program: Id<'prg'>, count: number): Promise<void> {
  const { sql } = stage.store
  const account = stage.mint('acc')
  await openAccount(sql, { id: account, currency: 'jpy', creditLimit: 1000n, nowMs })
  await sql`
    insert into issuing.application
      (id, cardholder, terminal, counter, program, scheme, facts, state, created_ms, deadline_ms)
    select 'app_' || n, 'chl_1', 'trm_1', n, ${program}, 'double_sealed', '{}', 'submitted', 1, 9e15
      from generate_series(1, ${count}::int) n`
  await sql`
    insert into issuing.card
      (id, account, cardholder, program, application, state, own, created_ms)
    select 'crd_' || lpad(n::text, 10, '0') || '00', ${account}, 'chl_1', ${program}, 'app_' || n,
           'active', case when n % 10 = 0 then ${sql.json({ ...ownBounds(100) })}::jsonb end, 1
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
async function told(): Promise<Record<string, number>> {
  const rows = await stage.store.sql<{ most: bigint; cards: number }[]>`
    select per_transaction as most, count(*)::int as cards from ledger.card
     where over_capture = 700 group by per_transaction`
  return Object.fromEntries(rows.map(({ most, cards }) => [String(most), cards]))
}

test('other terms reach every card of a program, and leave its owner’s own bounds', async () => {
  const { sql } = stage.store
  const issuing = createIssuing({ ...stage, ...quietEdges, vault: scriptedVault({}) })
  const program = await bornProgram()
  await bornCards(program, 1200)
  const change = { per_transaction: 40_000, over_capture: 700 }
  const people = [stage.mint('opr'), stage.mint('opr')] as const
  for (const by of people) {
    assert.deepEqual(await told(), {}, 'nothing before the second person agrees')
    await sql`
      insert into people.operator (id, name, roles, token_digest, created_ms)
      values (${by}, ${by}, '{issuer}', sha256(${by}::text::bytea), 1)`
    assert((await issuing.changeProgram({ id: program, change, by, nowMs })).ok)
  }
  assert.deepEqual(await told(), { 40000: 450, 100: 50 }, 'the first at once')

  // A card of the next batch is given bounds of its own while the change comes to it.
  const card = `crd_0000000777${'00'}`
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
  assert.deepEqual(await told(), { 40000: 899, 100: 100, 7: 1 })
  // Two processes at once, until nothing is left.
  while ((await Promise.all([issuing.tick(nowMs), issuing.tick(nowMs)])).some((some) => some > 0));
  assert.deepEqual(await told(), { 40000: 1079, 100: 120, 7: 1 })
  const [left] = await sql`select count(*)::int as left from issuing.program where changed_to <> ''`
  assert.equal(left?.['left'], 0)
})
