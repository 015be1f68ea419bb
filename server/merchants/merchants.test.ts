// Goal: a key opens its own merchant's door and no other, and is readable only when it is made; and
//   however many processes it asks, it gets its rate. Method: real PostgreSQL; the stored rows are
//   searched for the key; processes are counts of one house each, with the clock in the hand.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Rehearsal, rehearse } from '@warifu/server/rehearsal'
import {
  createApiKey,
  createMerchant,
  createPacing,
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

/** How often a key was let in by these processes, which share each quarter of a second, in 10 s. */
async function letIn(name: string, processes: number, asks: (at: number) => readonly number[]) {
  const all = Array.from({ length: processes }, () => createPacing(stage.store))
  const admitted = all.map(() => 0)
  for (let turn = 0; turn < 40; turn += 1) {
    const atMs = nowMs + turn * 250
    for (const process of asks(turn)) {
      const { ok } = all[process]?.allow(name, { perSecond: 40, nowMs: atMs }) ?? assert.fail()
      if (ok) admitted[process] = (admitted[process] ?? 0) + 1
    }
    for (const { share } of all) await share(atMs)
  }
  return admitted.reduce((sum, one) => sum + one)
}

test('a key that asks every process gets its rate in all, and no less', async () => {
  const { id } = await bornMerchant('市場')
  // Ten seconds at 40, and of each process at most its first second's besides.
  const everywhere = await letIn(id, 3, () => Array.from({ length: 300 }, (_, at) => at % 3))
  assert(everywhere >= 400 && everywhere <= 400 + 3 * 40, String(everywhere))
  const apart = await letIn(stage.mint('key'), 3, () => Array.from({ length: 100 }, () => 0))
  assert(apart >= 400 && apart <= 440, String(apart))
  // Within its rate it is never refused, wherever it asks.
  const within = await letIn(stage.mint('key'), 3, (turn) =>
    Array.from({ length: 9 }, (_, at) => (turn + at) % 3),
  )
  assert.equal(within, 40 * 9)
})

test('an answer that comes after the next one charges nobody', async () => {
  const key = stage.mint('key')
  const held = Promise.withResolvers<void>()
  let isFirst = true
  const sql = new Proxy(stage.store.sql, {
    apply: async (target, self, args) => {
      const answer = await Reflect.apply(target, self, args)
      if (!isFirst) return answer
      isFirst = false
      await held.promise
      return answer
    },
  })
  const { allow, share } = createPacing({ sql })
  const ask = (atMs: number) => allow(key, { perSecond: 10, nowMs: atMs })
  ask(nowMs)
  const first = share(nowMs)
  for (let n = 0; n < 5; n += 1) ask(nowMs + 500)
  await share(nowMs + 500)
  held.resolve()
  await first
  ask(nowMs + 2000)
  await share(nowMs + 2000)
  assert.equal(ask(nowMs + 2000).remaining, 8, 'its own two of this second')
})

test('rows of keys that nobody uses are not kept, and a lost row begins anew', async () => {
  const { sql } = stage.store
  const [one, other] = [createPacing(stage.store), createPacing(stage.store)]
  const name = stage.mint('key')
  const pace = (atMs: number) => ({ perSecond: 40, nowMs: atMs })
  for (const { allow, share } of [one, other]) {
    allow(name, pace(nowMs))
    await share(nowMs)
  }
  await sql`delete from merchants.pace`
  assert(one.allow(name, pace(nowMs)).ok)
  await one.share(nowMs)
  assert(one.allow(name, pace(nowMs)).remaining > 30)
  await one.share(nowMs + 120_000)
  one.allow(stage.mint('key'), pace(nowMs + 120_000))
  await one.share(nowMs + 120_000)
  const rows = await sql<{ key: string }[]>`select key from merchants.pace`
  assert(!rows.some(({ key }) => key === name), 'swept')
})
