// Goal: a sandbox is seeded once; a second time, as after a crash before the key was kept, finds
//   the same and makes another key.
// Method: seeded twice on a real PostgreSQL, with both keys tried at their door.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { listPrograms } from '#issuing'
import { merchantOf, payeeOf } from '#merchants'
import { type Rehearsal, rehearse } from './rehearsal.ts'
import { seed } from './seed.ts'
import { CAMPUS, seededPrograms } from './seed-programs.ts'

const nowMs = Date.UTC(2027, 0, 5)
let stage: Rehearsal

before(async () => {
  const adminUrl = process.env['WARIFU_TEST_SERVER_ADMIN_URL']
  stage = await rehearse({ adminUrl, name: 'seed' }, nowMs)
})
after(() => stage.close())

test('seeds once; each time with a key that works', async () => {
  const first = await seed(stage.store, stage, nowMs)
  assert(first.seeded)
  const { sql } = stage.store
  const owner = await merchantOf(sql, first.api_key)
  assert.equal(owner?.merchant, first.merchant)
  const payee = owner && (await payeeOf(sql, owner.merchant))
  assert.deepEqual(
    [payee?.store, payee?.name, payee?.place],
    [first.store, '喫茶ワリフ', '京都 四条'],
  )
  const programs = await listPrograms(sql, { limit: 99, before: undefined })
  assert.deepEqual(
    [programs.length, programs[0]?.id, programs[0]?.name],
    [seededPrograms.length, first.program, CAMPUS],
  )
  const { api_key, ...known } = first
  const second = await seed(stage.store, stage, nowMs + 1)
  assert.deepEqual({ ...second, api_key }, { ...known, api_key, seeded: false })
  assert.notEqual(second.api_key, api_key)
  for (const key of [api_key, second.api_key])
    assert.equal((await merchantOf(sql, key))?.merchant, first.merchant)
})
