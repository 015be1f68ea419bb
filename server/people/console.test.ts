// Goal: a console session ends after eight hours, after half an hour without a request, with its
//   person, and in live mode where the sandbox gave it; an invitation ends after three days and
//   with the next one; the record of acts is one chain whoever writes at once.
// Method: a real PostgreSQL with the application's role; time is a number in the test's hand.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Rehearsal, rehearse } from '@warifu/server/rehearsal'
import { verifyActLog } from './act-log.ts'
import { createConsolePeople } from './console-door.ts'
import { CONSOLE_IDLE_MS, CONSOLE_SESSION_MS } from './console-session.ts'
import { INVITATION_MS, invite } from './invitation.ts'
import { addOperator, endOperator, idOfWho } from './people.ts'

const nowMs = Date.UTC(2027, 0, 5)
const MINUTE_MS = 60_000
let stage: Rehearsal
before(async () => {
  const adminUrl = process.env['WARIFU_TEST_SERVER_ADMIN_URL']
  stage = await rehearse({ adminUrl, name: 'console' }, nowMs)
})
after(() => stage.close())

const vault = {
  call: async () => {
    throw new Error('the vault has no part in this')
  },
}
const consoleOrigin = 'http://console.localhost:1'
const doors = (sandbox: boolean) => createConsolePeople({ ...stage, vault, consoleOrigin, sandbox })
const persona = { name: 'Someone (sandbox)', operator: ['operator'] } as const

async function entered() {
  const session = await doors(true).enter(persona, nowMs)
  assert(session)
  return session
}

test('eight hours, and half an hour without a request', async () => {
  const { sessionOf } = doors(true)
  const { token } = await entered()
  assert(await sessionOf(token, nowMs))
  let at = nowMs
  for (; at < nowMs + CONSOLE_SESSION_MS; at += 29 * MINUTE_MS)
    assert(await sessionOf(token, at), `after ${(at - nowMs) / MINUTE_MS} minutes`)
  assert.equal(await sessionOf(token, nowMs + CONSOLE_SESSION_MS), undefined)
  const idle = (await entered()).token
  assert.equal(await sessionOf(idle, nowMs + CONSOLE_IDLE_MS), undefined)
  assert.equal(await sessionOf(`${idle}x`, nowMs), undefined)
})

test('what the sandbox gave away opens nothing in live mode, and nobody enters it', async () => {
  const { token } = await entered()
  assert.equal(await doors(false).sessionOf(token, nowMs), undefined)
  await assert.rejects(doors(false).enter(persona, nowMs))
})

test('a session ends with its person, and no token stands in the database', async () => {
  const { token, who } = await entered()
  const [row] = await stage.store.sql<{ row: string }[]>`
    select string_agg(s::text, ' ') as row from people.console_session s`
  assert(row !== undefined && !row.row.includes(token.slice(3)))
  await endOperator(stage.store.sql, persona.name, nowMs)
  assert.equal(await doors(true).sessionOf(token, nowMs), undefined)
  assert.equal(await doors(true).endSession(idOfWho(who), 'ses_x', nowMs), false)
  assert.equal(await doors(true).enter(persona, nowMs), undefined, 'ended for good')
})

test('an invitation ends after three days, and with the next one', async () => {
  const { sql } = stage.store
  const id = stage.mint('opr')
  const roles = ['auditor'] as const
  await addOperator(sql, { id, name: 'Invited', roles, secret: stage.random(32), nowMs })
  const inviting = async () => invite(sql, { who: id, secret: stage.random(32), nowMs })
  const { startSignUp } = doors(true)
  const first = await inviting()
  assert.equal((await startSignUp(first, nowMs)).ok, true)
  assert.equal((await startSignUp(first, nowMs + INVITATION_MS)).ok, false)
  const second = await inviting()
  assert.equal((await startSignUp(first, nowMs)).ok, false)
  assert.equal((await startSignUp(second, nowMs)).ok, true)
  await endOperator(sql, 'Invited', nowMs)
  assert.equal((await startSignUp(second, nowMs)).ok, false)
})

test('many acts at once make one chain', async () => {
  const { actDone, actLog } = doors(true)
  const act = { who: 'opr_1', name: 'One', what: 'x', subject: 'y', digest: 'd', request: 'r' }
  await Promise.all(
    Array.from({ length: 20 }, (_, i) => actDone({ ...act, outcome: `${i}`, at_ms: nowMs })),
  )
  const verdict = await verifyActLog(stage.store.sql)
  assert.deepEqual([verdict.ok, verdict.size], [true, 20])
  assert.equal((await actLog({ limit: 50, before: undefined, what: 'x' })).length, 20)
  const later = await actLog({ limit: 2, before: '5' })
  assert.deepEqual(
    later.map(({ seq }) => seq),
    [4, 3],
  )
  await assert.rejects(stage.store.sql`update people.act_log set record = record`, /permission/)
  await assert.rejects(stage.store.sql`delete from people.act_log`, /permission/)
})
