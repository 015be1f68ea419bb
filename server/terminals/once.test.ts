// Goal: a terminal's write happens once, whatever is sent again, at once or by a copy.
// Method: works that count their effects on a real PostgreSQL, in sequence and at the same time.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Answer, done, refused } from '@warifu/protocol/errors'
import { laneOf } from '@warifu/protocol/ids'
import { callOf, type Rehearsal, rehearse, scriptedVault } from '@warifu/server/rehearsal'
import { list } from '#events'
import type { Db } from '#store'
import { createTerminals, shownAs, type Terminals, type Work } from './terminals.ts'

const nowMs = Date.UTC(2027, 0, 5)
let stage: Rehearsal
let terminals: Terminals

before(async () => {
  const adminUrl = process.env['WARIFU_TEST_SERVER_ADMIN_URL']
  stage = await rehearse({ adminUrl, name: 'once' }, nowMs)
  terminals = createTerminals({ ...stage, vault: scriptedVault({}) })
})
after(() => stage.close())

async function bornTerminal(status = 'active') {
  const [terminal, cardholder] = [stage.mint('trm', stage.lane()), stage.mint('chl')]
  await stage.store.sql`
    insert into terminals.terminal
      (lane, id, cardholder, status, sealing_thumbprint, signing_thumbprint, signing_key,
       created_ms)
    values (${laneOf(terminal)}, ${terminal}, ${cardholder}, ${status}, 's', 'g', '{}', ${nowMs})`
  return { terminal, cardholder }
}

/** A work whose effect is a row: how often it took effect is how many rows there are. */
function counted(gathered: () => Promise<Answer<string>> = async () => done('yes')) {
  const key = stage.mint('msg')
  const tally = { gathered: 0 }
  const effects = async (db: Db = stage.store.sql) =>
    (await db`select 1 from terminals.enrolment where cardholder = ${key}`).length
  const work: Work<string, { said: string; nth: number }> = {
    gather: () => {
      tally.gathered += 1
      return gathered()
    },
    record: async (tx, said) => {
      await tx`
        insert into terminals.enrolment (terminal, cardholder, nonce, created_ms, deadline_ms)
        values (${stage.mint('trm')}, ${key}, ${stage.random(32)}, 0, 0)`
      return done({ said, nth: await effects(tx) })
    },
  }
  return { work, tally, effects }
}

test('the same bytes again get the first answer, in the form it was shown', async () => {
  const call = callOf({ ...(await bornTerminal()), counter: 1, body: 'a' })
  const { work, tally, effects } = counted()
  const shown = shownAs(work, ({ said }) => ({ shown: said }))
  const first = await terminals.once(call, shown, nowMs)
  assert.deepEqual(first, done({ shown: 'yes' }))
  assert.deepEqual(await terminals.once(call, counted().work, nowMs + 9e9), first)
  assert.deepEqual({ ...tally, effects: await effects() }, { gathered: 1, effects: 1 })
  const kept = await stage.store.sql<{ evidence: unknown }[]>`
    select evidence::json as evidence from terminals.request where terminal = ${call.terminal}`
  assert.deepEqual(
    kept.map(({ evidence }) => evidence),
    [call.request],
  )
})

test('the same bytes twice at once: one effect, one answer', async () => {
  const call = callOf({ ...(await bornTerminal()), counter: 7, body: 'a' })
  const { work, effects } = counted()
  const answers = await Promise.all([1, 2, 3, 4].map(() => terminals.once(call, work, nowMs)))
  for (const answer of answers) assert.deepEqual(answer, done({ said: 'yes', nth: 1 }))
  assert.equal(await effects(), 1)
})

test('a refusal that was gathered is an answer too: kept, and given again', async () => {
  const call = callOf({ ...(await bornTerminal()), counter: 1, body: 'a' })
  const { work, tally, effects } = counted(async () => refused('field_invalid', 'phone'))
  const first = await terminals.once(call, work, nowMs)
  assert.deepEqual(first, refused('field_invalid', 'phone'))
  assert.deepEqual(await terminals.once(call, work, nowMs), first)
  assert.deepEqual({ ...tally, effects: await effects() }, { gathered: 1, effects: 0 })
})

test('a fault takes no counter: the same bytes may be sent again', async () => {
  const call = callOf({ ...(await bornTerminal()), counter: 1, body: 'a' })
  const { work } = counted()
  const broken = { ...work, record: () => Promise.reject(new Error('cable cut')) }
  await assert.rejects(terminals.once(call, broken, nowMs), /cable cut/)
  assert.deepEqual(await terminals.once(call, work, nowMs), done({ said: 'yes', nth: 1 }))
})

test('one counter, other bytes: refused, suspended, the owner told; nothing gathered', async () => {
  const born = await bornTerminal()
  await terminals.once(callOf({ ...born, counter: 3, body: 'a' }), counted().work, nowMs)
  const { work, tally, effects } = counted()
  const fork = callOf({ ...born, counter: 3, body: 'b' })
  assert.deepEqual(await terminals.once(fork, work, nowMs), refused('counter_forked'))
  assert.deepEqual({ ...tally, effects: await effects() }, { gathered: 0, effects: 0 })
  assert.equal((await terminals.get(born.terminal))?.status, 'suspended')
  for (const counter of [3, 4])
    assert.deepEqual(
      await terminals.once(callOf({ ...born, counter, body: 'c' }), work, nowMs),
      refused('terminal_not_active'),
    )
  const told = await list(stage.store.sql, born.cardholder, { limit: 9, before: undefined })
  assert.deepEqual(
    told.map(({ type, subject, sequence, data }) => ({ type, subject, sequence, data })),
    [
      {
        type: 'terminal.suspended',
        subject: born.terminal,
        sequence: 2,
        data: { reason: 'counter_forked' },
      },
    ],
  )
})

test('two copies at once under one counter: one wins, the other forks', async () => {
  const born = await bornTerminal()
  const { work, effects } = counted()
  const answers = await Promise.all(
    ['a', 'b'].map((body) => terminals.once(callOf({ ...born, counter: 5, body }), work, nowMs)),
  )
  const forked = answers.filter((answer) => !answer.ok && answer.refusal === 'counter_forked')
  assert.equal(forked.length, 1)
  assert.equal(answers.filter(({ ok }) => ok).length, 1)
  assert.equal(await effects(), 1)
  assert.equal((await terminals.get(born.terminal))?.status, 'suspended')
})

test('a counter below the last and never seen is stale: refused, not suspended', async () => {
  const born = await bornTerminal()
  const { work, tally } = counted()
  await terminals.once(callOf({ ...born, counter: 10, body: 'a' }), counted().work, nowMs)
  const late = callOf({ ...born, counter: 9, body: 'a' })
  assert.deepEqual(await terminals.once(late, work, nowMs), refused('counter_stale'))
  assert.equal(tally.gathered, 0)
  const { status, counter } = (await terminals.get(born.terminal)) ?? {}
  assert.deepEqual({ status, counter }, { status: 'active', counter: 10n })
})

test('who is unknown or not active does nothing', async () => {
  const { work, tally } = counted()
  const nobody = { terminal: stage.mint('trm'), cardholder: stage.mint('chl') }
  const unknown = callOf({ ...nobody, counter: 1, body: 'a' })
  assert.deepEqual(await terminals.once(unknown, work, nowMs), refused('terminal_unknown'))
  const pending = callOf({ ...(await bornTerminal('pending')), counter: 1, body: 'a' })
  assert.deepEqual(await terminals.once(pending, work, nowMs), refused('terminal_not_active'))
  assert.equal(tally.gathered, 0)
})
