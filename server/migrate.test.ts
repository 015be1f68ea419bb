// Goal: a migration of a database that is full and written to keeps no writer waiting, even where
// somebody's long transaction keeps the migration waiting; what must stand outside a transaction
// does. Method: writers that measure, a reader that does not end, migrations planted beside ours.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { laneOf } from '@warifu/protocol/ids'
import postgres from 'postgres'
import { applyOnce } from './migrate.ts'
import { type Rehearsal, rehearse } from './rehearsal.ts'

const nowMs = Date.UTC(2027, 0, 5)
const adminUrl = process.env['WARIFU_TEST_SERVER_ADMIN_URL']
const url = new URL(adminUrl ?? 'postgres://nowhere')
url.pathname = '/rehearsal_migrate'
const owner = postgres(url.href, { max: 4, onnotice: () => {} })
let stage: Rehearsal
before(async () => {
  stage = await rehearse({ adminUrl, name: 'migrate' }, nowMs)
  await owner`
    insert into ledger.leg (lane, owner, payment, entry, reference, seq, account, layer, currency,
                            amount, created_ms)
    select i % 64, 'acc_1', 'pay_' || i, 'hold', 'pay_' || i, 0, 'acc_1', 0, 'jpy', 1,
           ${nowMs}::bigint
      from generate_series(1, 50000) i`
})
after(async () => {
  await owner.end()
  await stage.close()
})

/** Runs `work` while money is entered; answers with how long the slowest writer waited. */
async function longestWait(work: () => Promise<unknown>): Promise<number> {
  const merchant = stage.mint('mer', 7)
  const state = { isOver: false, longest: 0, written: 0 }
  const write = async (who: number) => {
    for (let i = 0; !state.isOver || i < 20; i += 1) {
      const began = performance.now()
      await stage.store.sql`
        select ledger.correct_payable(${laneOf(merchant)}::smallint, ${merchant},
                                      ${`adj_${who}_${i}_${began}`}, 1, 'jpy', ${nowMs}::bigint)`
      state.longest = Math.max(state.longest, performance.now() - began)
      state.written += 1
    }
  }
  const writers = [write(1), write(2)]
  await work().finally(() => {
    state.isOver = true
  })
  await Promise.all(writers)
  assert(state.written > 10, 'writers were at work')
  return state.longest
}

test('behind a transaction that does not end writers go on; then it is done', async () => {
  const longest = await longestWait(async () => {
    const { promise: ended, resolve: end } = Promise.withResolvers<void>()
    const { promise: reading, resolve: begun } = Promise.withResolvers<void>()
    const reader = owner.begin(async (tx) => {
      await tx`select count(*) from ledger.leg`
      begun()
      await ended
    })
    await reading
    const text = "alter table ledger.leg add column told text not null default ''"
    const migrating = applyOnce(owner, 'ledger/0100-told.sql', text)
    const first = await Promise.race([
      migrating,
      new Promise((late) => setTimeout(late, 1500, 'no')),
    ])
    assert.equal(first, 'no', 'it waits while somebody reads')
    end()
    await reader
    assert.equal(await migrating, true)
  })
  assert(longest < 1000, `a writer waited ${Math.round(longest)} ms`)
  const [row] = await owner`select told from ledger.leg limit 1`
  assert.equal(row?.['told'], '')
})

test('an index is built beside writers, outside a transaction, once', async () => {
  const text = `-- outside a transaction
create index concurrently if not exists movement_seq on ledger.movement (lane, seq)`
  const longest = await longestWait(async () => {
    assert.equal(await applyOnce(owner, 'ledger/0101-index.sql', text), true)
  })
  assert(longest < 1000, `a writer waited ${Math.round(longest)} ms`)
  assert.equal(await applyOnce(owner, 'ledger/0101-index.sql', text), false)
  await assert.rejects(applyOnce(owner, 'ledger/0101-index.sql', `${text} `), /was changed/)
})

test('a migration that is wrong leaves nothing, and is not tried again', async () => {
  const text = 'alter table ledger.leg add column mislaid text; select 1 / 0'
  await assert.rejects(applyOnce(owner, 'ledger/0102-mislaid.sql', text), /division by zero/)
  const left = await owner`select from pg_attribute where attname = 'mislaid'`
  assert.equal(left.length, 0)
})
