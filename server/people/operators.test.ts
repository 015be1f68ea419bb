// Goal: an operator is who holds the token, until it is ended; an act that needs a second person
// is done only when another one asks for the very same.
// Method: a real PostgreSQL with the application's role; time is a number in the test's hand; two
// people at once meet on the row.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Id } from '@warifu/protocol/ids'
import { type Rehearsal, rehearse } from '@warifu/server/rehearsal'
import { operatorOf } from './operator.ts'
import { addOperator, askSecond, endOperator, SECOND_MS, waitingFor } from './people.ts'

const nowMs = Date.UTC(2027, 0, 5)
let stage: Rehearsal
before(async () => {
  const adminUrl = process.env['WARIFU_TEST_SERVER_ADMIN_URL']
  stage = await rehearse({ adminUrl, name: 'operators' }, nowMs)
})
after(() => stage.close())

async function hire(name: string) {
  const { store, mint, random } = stage
  const id = mint('opr')
  const secret = random(32)
  const token = await addOperator(store.sql, { id, name, roles: ['issuer'], secret, nowMs })
  assert(token !== undefined)
  return { id, token }
}

test('a token names its operator until it is ended, and is stored nowhere', async () => {
  const { sql } = stage.store
  const { id, token } = await hire('Mori')
  assert.match(token, /^wo_[A-Za-z0-9_-]{43}$/)
  assert.deepEqual(await operatorOf(sql, token), { operator: id, name: 'Mori', roles: ['issuer'] })
  assert.equal(await operatorOf(sql, `${token.slice(0, -1)}~`), undefined)
  const [row] = await sql<{ row: string }[]>`select o::text as row from people.operator o`
  assert(row !== undefined && !row.row.includes(token.slice(3)))
  const again = { id: stage.mint('opr'), name: 'Mori', roles: ['auditor'] as const, nowMs }
  assert.equal(await addOperator(sql, { ...again, secret: stage.random(32) }), undefined)
  assert.equal(await endOperator(sql, 'Mori', nowMs), true)
  assert.equal(await operatorOf(sql, token), undefined)
  assert.equal(await endOperator(sql, 'Mori', nowMs), false)
})

test('a role that does not exist is held by nobody', async () => {
  await assert.rejects(
    stage.store.sql`
      insert into people.operator (id, name, roles, token_digest, created_ms)
      values ('opr_x', 'x', '{root}', ${stage.random(32)}, ${nowMs})`,
    /check constraint/,
  )
})

const content = { result: 'approve', limit: 900_000 }
function askAs(by: Id<'opr'>, own: Partial<Parameters<typeof askSecond>[1]> = {}) {
  const asked = { id: stage.mint('req'), act: 'application.decide', subject: 'app_1', content }
  return stage.store.transaction((tx) => askSecond(tx, { ...asked, by, nowMs, ...own }))
}

test('the same act by another person is the yes; by the same one it goes on waiting', async () => {
  const [first, second] = [await hire('One'), await hire('Two')]
  const waiting = await askAs(first.id)
  assert.deepEqual(waiting?.content, content)
  assert.equal(waiting?.by, first.id)
  assert.equal((await askAs(first.id))?.by, first.id)
  const about = { act: 'application.decide', subject: 'app_1', nowMs }
  assert.equal((await waitingFor(stage.store.sql, about))?.by, first.id)
  const other = await askAs(second.id, { content: { ...content, limit: 900_001 } })
  assert.deepEqual([other?.by, other?.content], [first.id, content], 'not the same act')
  assert.equal(await askAs(second.id), undefined)
  assert.equal(await waitingFor(stage.store.sql, about), undefined)
  assert.equal((await askAs(second.id))?.by, second.id, 'a yes is used once')
})

test('two people at once: one asks, the other agrees', async () => {
  const [first, second] = [await hire('Left'), await hire('Right')]
  const own = { subject: 'app_race' }
  const said = await Promise.all([askAs(first.id, own), askAs(second.id, own)])
  const done = said.filter((one) => one === undefined)
  const rows = await stage.store.sql`
    select 1 from people.second where subject = 'app_race' and approved_by is null`
  assert.deepEqual([done.length, rows.length], [1, 0])
})

test('what nobody agreed to in time is asked anew', async () => {
  const [first, second] = [await hire('Early'), await hire('Late')]
  const own = { subject: 'app_late' }
  await askAs(first.id, own)
  const waiting = await askAs(second.id, { ...own, nowMs: nowMs + SECOND_MS })
  assert.equal(waiting?.by, second.id)
})

test('the database too refuses a yes of the same person', async () => {
  const { id } = await hire('Alone')
  await askAs(id, { subject: 'app_alone' })
  await assert.rejects(
    stage.store.sql`
      update people.second set approved_by = by, approved_ms = ${nowMs}
       where subject = 'app_alone'`,
    /check constraint/,
  )
})
