// Goal: `warifu ledger check` says that sound books are sound, also while money moves, and finds
// one unit that is missing. Method: the command itself, as a process, on a real PostgreSQL.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { laneOf } from '@warifu/protocol/ids'
import { type Rehearsal, rehearse } from '@warifu/server/rehearsal'
import postgres from 'postgres'

const nowMs = Date.UTC(2027, 0, 5)
const adminUrl = process.env['WARIFU_TEST_SERVER_ADMIN_URL']
const url = new URL(adminUrl ?? 'postgres://nowhere')
url.pathname = '/rehearsal_ledger_check'
let stage: Rehearsal
before(async () => {
  stage = await rehearse({ adminUrl, name: 'ledger check' }, nowMs)
})
after(() => stage.close())

async function check() {
  const main = resolve(import.meta.dirname, '..', 'cli', 'main.ts')
  const env = { ...process.env, DATABASE_URL: url.href }
  const child = spawn(process.execPath, [main, 'ledger', 'check', '--json'], { env })
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
  return { code, ...JSON.parse(said) }
}

test('sound under load, and one missing unit is found', async () => {
  const { sql } = stage.store
  const merchant = stage.mint('mer', stage.lane())
  const lane = laneOf(merchant)
  let moving = true
  const load = (async () => {
    for (let i = 0; moving; i += 1)
      await sql`
        select ledger.correct_payable(${lane}::smallint, ${merchant}, ${`adj_${i}`}, 7, 'jpy',
                                      ${nowMs}::bigint)`
    return true
  })()
  const sound = await check()
  moving = false
  await load
  assert.deepEqual([sound.code, sound.faults], [0, []])

  const owner = postgres(url.href, { max: 1 })
  await owner`update ledger.payable set balance = balance - 1 where merchant = ${merchant}`
  await owner.end()
  const spoilt = await check()
  assert.equal(spoilt.code, 1)
  assert.deepEqual(
    spoilt.faults.map(({ law, lane: at }: { law: string; lane: number }) => [law, at]),
    [['payable_is_its_legs', lane]],
  )
})
