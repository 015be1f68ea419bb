// Goal: a key opens its own merchant's door and no other, and is readable only when it is made.
// Method: real PostgreSQL; the stored rows are searched for the key.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Rehearsal, rehearse } from '@warifu/server/rehearsal'
import {
  createApiKey,
  createMerchant,
  createStore,
  merchantOf,
  payeeOf,
  revokeApiKey,
} from './merchants.ts'

const nowMs = Date.UTC(2027, 0, 5)
let stage: Rehearsal

before(async () => {
  const adminUrl = process.env['WARIFU_TEST_SERVER_ADMIN_URL']
  stage = await rehearse({ adminUrl, name: 'merchants' }, nowMs)
})
after(() => stage.close())

async function bornMerchant(name: string) {
  const { sql } = stage.store
  const [merchant, id] = [stage.mint('mer'), stage.mint('key')]
  await createMerchant(sql, { id: merchant, name, nowMs })
  const apiKey = await createApiKey(sql, { id, merchant, secret: stage.random(32), nowMs })
  return { merchant, id, apiKey }
}

test('a key tells whose it is, until it is revoked', async () => {
  const { sql } = stage.store
  const { merchant, id, apiKey } = await bornMerchant('喫茶')
  assert.match(apiKey, /^wk_test_[A-Za-z0-9_-]{43}$/)
  assert.deepEqual(await merchantOf(sql, apiKey), {
    merchant,
    key: id,
    livemode: false,
    scopes: null,
    perSecond: null,
    expiresMs: null,
  })
  const stranger = stage.mint('mer')
  assert.equal(await revokeApiKey(sql, { id, merchant: stranger, nowMs }), false)
  assert.equal(await revokeApiKey(sql, { id, merchant, nowMs }), true)
  assert.equal(await revokeApiKey(sql, { id, merchant, nowMs }), false)
  assert.equal(await merchantOf(sql, apiKey), undefined)
})

test('a key is stored as its digest, with prefix and last four letters', async () => {
  const { id, apiKey } = await bornMerchant('茶屋')
  const [row] = await stage.store.sql<{ all: string; prefix: string; last4: string }[]>`
    select k::text as all, prefix, last4 from merchants.api_key k where id = ${id}`
  assert.deepEqual([row?.prefix, row?.last4], ['wk_test_', apiKey.slice(-4)])
  assert(!row?.all.includes(apiKey.slice(8, 30)))
})

test('what is no key, or is not known, opens nothing', async () => {
  const { apiKey } = await bornMerchant('菓子')
  const other = apiKey.slice(0, -1) + (apiKey.endsWith('A') ? 'E' : 'A')
  for (const none of ['', 'wk_test_', other, `${apiKey} `, apiKey.replace('test', 'live')])
    assert.equal(await merchantOf(stage.store.sql, none), undefined)
})

test('a short secret makes no key', async () => {
  const { merchant } = await bornMerchant('書店')
  const id = stage.mint('key')
  const short = { id, merchant, secret: stage.random(16), nowMs }
  await assert.rejects(createApiKey(stage.store.sql, short), RangeError)
})

test('the payee is the store named, else the first; never another merchant’s', async () => {
  const { sql } = stage.store
  const { merchant } = await bornMerchant('花屋')
  assert.equal(await payeeOf(sql, merchant), undefined)
  const stores = [stage.mint('str'), stage.mint('str')].sort()
  for (const [i, id] of stores.entries())
    await createStore(sql, { id, merchant, name: `店 ${i}`, place: `京都 ${i}`, nowMs })
  const [first, second] = stores
  const payee = { id: merchant, name: '花屋', store: first, place: '京都 0', category: '5999' }
  assert.deepEqual(await payeeOf(sql, merchant), payee)
  const there = { ...payee, store: second, place: '京都 1' }
  assert.deepEqual(await payeeOf(sql, merchant, second), there)
  assert.equal(await payeeOf(sql, (await bornMerchant('魚屋')).merchant, second), undefined)
})
