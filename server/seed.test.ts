// Goal: a sandbox is seeded once; a second time tells what is there and makes no second key.
// Method: seeded twice on a real PostgreSQL, with the key tried at its door.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { merchantOf, payeeOf } from '#merchants'
import { type Rehearsal, rehearse } from './rehearsal.ts'
import { seed } from './seed.ts'

const nowMs = Date.UTC(2027, 0, 5)
let stage: Rehearsal

before(async () => {
  const adminUrl = process.env['WARIFU_TEST_SERVER_ADMIN_URL']
  stage = await rehearse({ adminUrl, name: 'seed' }, nowMs)
})
after(() => stage.close())

test('seeds once, with a key that works; then says what is there', async () => {
  const first = await seed(stage.store, stage, nowMs)
  assert(first.seeded && first.api_key)
  const { sql } = stage.store
  const owner = await merchantOf(sql, first.api_key)
  assert.equal(owner?.merchant, first.merchant)
  const payee = owner && (await payeeOf(sql, owner.merchant))
  assert.deepEqual(
    [payee?.store, payee?.name, payee?.place],
    [first.store, '喫茶ワリフ', '京都 四条'],
  )
  const { api_key: _, ...known } = first
  assert.deepEqual(await seed(stage.store, stage, nowMs + 1), { ...known, seeded: false })
  const keys = await sql`select 1 from merchants.api_key`
  assert.equal(keys.length, 1)
})
