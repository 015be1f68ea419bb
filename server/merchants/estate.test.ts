// Goal: an entry device is whose it is, moves along the table, is offline after ten seconds of
//   silence, and its alarms and holders are kept. Method: real PostgreSQL, a clock in the hand, a
//   vault that answers from a script.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, test } from 'node:test'
import { entryDeviceMoves } from '@warifu/protocol/moves'
import { type Rehearsal, rehearse, scriptedVault } from '@warifu/server/rehearsal'
import { createApiKeyRing } from './key-ring.ts'
import {
  createApiKey,
  createEstate,
  createMerchant,
  createStore,
  isOnline,
  revokeApiKey,
} from './merchants.ts'

const nowMs = Date.UTC(2027, 0, 5)
let stage: Rehearsal
before(async () => {
  const adminUrl = process.env['WARIFU_TEST_SERVER_ADMIN_URL']
  stage = await rehearse({ adminUrl, name: 'estate' }, nowMs)
})
after(() => stage.close())

async function openShop(hasKeys = true) {
  const { store, mint } = stage
  const [merchant, place] = [mint('mer', stage.lane()), mint('str')]
  await createMerchant(store.sql, { id: merchant, name: '花屋', nowMs })
  await createStore(store.sql, { id: place, merchant, name: '花屋', place: '京都', nowMs })
  const vault = scriptedVault({
    suspend_device: ({ device }) =>
      hasKeys ? { ok: true, output: { device } } : { ok: false, refusal: 'device_unknown' },
  })
  const estate = createEstate({ store, mint, vault })
  const register = (serialNumber: string, key = mint('req')) => {
    const digest = createHash('sha256').update(serialNumber).digest()
    const asked = { merchant, name: 'till', serialNumber, holder: 'Aiko', key, digest, nowMs }
    return estate.register(asked)
  }
  const device = async () => {
    const made = await register(mint('req'))
    assert(made.ok)
    return { merchant, device: made.value }
  }
  return { merchant, place, vault, estate, register, device }
}

const eventsOf = async (subject: string) => {
  const rows = await stage.store.sql<{ type: string; sequence: number }[]>`
    select type, sequence from events.event where subject = ${subject} order by sequence`
  assert.deepEqual(
    rows.map(({ sequence }) => sequence),
    rows.map((_, at) => at + 1),
    'sequences grow by one',
  )
  return rows.map(({ type }) => type.replace('entry_device.', ''))
}

test('registered once: one key, one device; a known serial number is refused', async () => {
  const { register, estate, merchant } = await openShop()
  const key = stage.mint('req')
  const made = await register('SN-1', key)
  assert.deepEqual(await register('SN-1', key), made)
  assert.deepEqual(await register('SN-1'), { ok: false, refusal: 'device_exists' })
  assert.deepEqual(await register('SN-2', key), { ok: false, refusal: 'idempotency_key_reused' })
  assert(made.ok)
  const known = await estate.get({ merchant, device: made.value })
  assert.deepEqual([known?.status, known?.custody[0]?.holder], ['registered', 'Aiko'])
  const other = await openShop()
  const foreign = { merchant: other.merchant, device: made.value }
  assert.equal(await other.estate.get(foreign), undefined)
  const moved = await other.estate.move({ ...foreign, to: 'retired', reason: 'mine', nowMs })
  assert.deepEqual(moved, { ok: false, refusal: 'not_found' })
})

test('a status moves along the table and nowhere else; the vault is told', async () => {
  const { estate, device, vault } = await openShop()
  const states = ['registered', 'active', 'suspended', 'tampered', 'lost', 'retired'] as const
  const ways = { suspended: ['active'], tampered: ['active'], lost: ['active'], retired: [] }
  for (const from of states)
    for (const to of states) {
      const owned = await device()
      const move = (status: typeof to) =>
        estate.move({ ...owned, to: status, reason: 'test', nowMs })
      const before = { ...ways, registered: [], active: [] }[from] as readonly (typeof to)[]
      for (const step of [...before, ...(from === 'registered' ? [] : [from])])
        assert((await move(step)).ok, `${from}: ${step}`)
      const may: readonly string[] = entryDeviceMoves[from]
      const asked = vault.asked.length
      const answer = await estate.move({ ...owned, to, reason: 'another', nowMs })
      assert.equal(answer.ok, may.includes(to), `${from} → ${to}`)
      if (!answer.ok) assert.equal(answer.refusal, 'device_state')
      // Whether it knows the device is asked before it is opened.
      const calls = to === 'active' ? 2 : 1
      assert.equal(vault.asked.length - asked, answer.ok ? calls : 0)
    }
})

test('no transaction waits for the vault, which is told what stands in the end', async () => {
  const { store, mint } = stage
  const { device, estate: other } = await openShop()
  const owned = await device()
  const act = (to: 'active' | 'lost') => ({ ...owned, to, reason: 'test', nowMs })
  assert((await other.move(act('active'))).ok)
  assert((await other.move({ ...act('active'), to: 'suspended' })).ok)
  const vault = scriptedVault({
    suspend_device: async ({ suspended }) => {
      const held = await store.sql`
        select from pg_stat_activity
         where datname = current_database() and state like 'idle in transaction%'`
      assert.equal(held.length, 0)
      if (!suspended) assert((await other.move(act('lost'))).ok)
      return { ok: true, output: { device: owned.device } }
    },
  })
  assert((await createEstate({ store, mint, vault }).move(act('active'))).ok)
  assert.equal((await other.get(owned))?.status, 'lost')
  const told = vault.asked.map(({ input }) => 'suspended' in input && input.suspended)
  assert.deepEqual(told, [true, false, true])
})

/** A vault that remembers one device, and whose answer to one of its calls is lost. */
function openVault(of: string) {
  const vault = { suspended: true, calls: 0, breaks: { at: 0, isDone: false } }
  const { call } = scriptedVault({
    suspend_device: ({ device, suspended }) => {
      if (device !== of) return { ok: true, output: { device } }
      vault.calls += 1
      const isBroken = vault.calls === vault.breaks.at
      if (!isBroken || vault.breaks.isDone) vault.suspended = suspended
      if (isBroken) throw new Error('the line is cut')
      return { ok: true, output: { device } }
    },
  })
  return Object.assign(vault, { call })
}

type Cut = {
  readonly from: 'active' | 'suspended'
  readonly to: 'active' | 'lost'
  /** Which of the calls, and whether the vault did what it said. */
  readonly call: number
  readonly isDone: boolean
  readonly then: 'the same again' | 'the clock'
}
const moves = [
  { from: 'active', to: 'lost', call: 1 },
  { from: 'suspended', to: 'active', call: 1 },
  { from: 'suspended', to: 'active', call: 2 },
] as const
const cuts: readonly Cut[] = moves
  .flatMap((move) => [true, false].map((isDone) => ({ ...move, isDone })))
  .flatMap((cut) => (['the same again', 'the clock'] as const).map((then) => ({ ...cut, then })))

for (const { from, to, call, isDone, then } of cuts)
  test(`${from} → ${to}: call ${call} cut, ${isDone ? 'done' : 'not done'}; ${then}`, async () => {
    const { store, mint } = stage
    const owned = await (await openShop()).device()
    const vault = openVault(owned.device)
    const estate = createEstate({ store, mint, vault })
    const move = (status: typeof to | typeof from, reason = 'a') =>
      estate.move({ ...owned, to: status, reason, nowMs })
    assert((await move('active', 'first')).ok)
    if (from === 'suspended') assert((await move(from, 'first')).ok)
    await estate.tick(nowMs + 20_000)
    assert.equal(vault.suspended, from !== 'active')

    Object.assign(vault, { calls: 0, breaks: { at: call, isDone } })
    await assert.rejects(move(to), /cut/)
    if (then === 'the same again') assert((await move(to)).ok)
    else await estate.tick(nowMs + 20_000)
    const known = await estate.get(owned)
    const isMoved = then === 'the same again' || to === 'lost' || call === 2
    assert.equal(known?.status, isMoved ? to : from)
    assert.equal(vault.suspended, known?.status !== 'active', 'both say the same')
    assert.equal(known?.history.filter(({ reason }) => reason === 'a').length, +isMoved)
  })

test('a move that another one has overtaken leaves the vault as the row says', async () => {
  const { store, mint } = stage
  const { device, estate: other } = await openShop()
  const owned = await device()
  const act = (to: 'active' | 'lost' | 'suspended') => ({ ...owned, to, reason: 'test', nowMs })
  for (const to of ['active', 'suspended'] as const) assert((await other.move(act(to))).ok)
  const vault = openVault(owned.device)
  const call: typeof vault.call = async (operation, input) => {
    // While it is asked whether it knows the device.
    if (vault.calls === 0) assert((await other.move(act('lost'))).ok)
    return vault.call(operation, input)
  }
  const moved = await createEstate({ store, mint, vault: { call } }).move(act('active'))
  assert.deepEqual(moved, { ok: false, refusal: 'device_state' })
  assert.deepEqual([(await other.get(owned))?.status, vault.suspended], ['lost', true])
})

test('told too late by somebody who died over it, the vault is told again', async () => {
  const { store, mint } = stage
  const owned = await (await openShop()).device()
  const vault = openVault(owned.device)
  const estate = createEstate({ store, mint, vault })
  const act = (to: 'active' | 'lost') => ({ ...owned, to, reason: 'test', nowMs })
  assert((await estate.move(act('active'))).ok)
  assert((await estate.move(act('lost'))).ok)
  vault.suspended = false
  await estate.tick(nowMs + 14_999)
  assert.equal(vault.suspended, false, 'others may still be at it')
  await Promise.all([estate.tick(nowMs + 20_000), estate.tick(nowMs + 20_000)])
  assert.equal(vault.suspended, true)
  const { calls } = vault
  await estate.tick(nowMs + 60_000)
  assert.equal(vault.calls, calls, 'and then no more')
})

test('a device without keys cannot be active', async () => {
  const { estate, device } = await openShop(false)
  const owned = await device()
  const moved = await estate.move({ ...owned, to: 'active', reason: 'too early', nowMs })
  assert.deepEqual(moved, { ok: false, refusal: 'device_unknown' })
  const known = await estate.get(owned)
  assert.equal(known?.status, 'registered', 'what is refused is not done')
  assert.equal(known?.history.length, 1)
})

test('custody is a history; a store of somebody else is none', async () => {
  const { estate, device } = await openShop()
  const other = await openShop()
  const owned = await device()
  const hand = { ...owned, holder: 'Ben', reason: 'night shift', nowMs }
  assert((await estate.handOver(hand)).ok)
  const away = await estate.handOver({ ...hand, store: other.place })
  assert.deepEqual(away, { ok: false, refusal: 'not_found' })
  const known = await estate.get(owned)
  assert.deepEqual(
    known?.custody.map(({ holder }) => holder),
    ['Ben', 'Aiko'],
  )
})

test('silent for ten seconds is offline, told once, and back again', async () => {
  const { estate, device } = await openShop()
  const owned = await device()
  const seen = async (at: number) => isOnline((await estate.get(owned))?.lastSeenMs ?? null, at)
  assert.equal(await seen(nowMs), false)
  assert((await estate.heartbeat({ ...owned, state: 'ready', nowMs })).ok)
  assert.equal(await seen(nowMs + 9_999), true)
  assert.equal(await seen(nowMs + 10_000), false)
  for (const later of [8_000, 9_000, 9_500]) await estate.tick(nowMs + later)
  await estate.heartbeat({ ...owned, state: 'ready', nowMs: nowMs + 20_000 })
  assert.deepEqual(await eventsOf(owned.device), ['registered', 'online', 'offline', 'online'])
})

test('a device that was opened is moved there, rings, and the vault is told', async () => {
  const { estate, device, vault } = await openShop()
  const owned = await device()
  await estate.move({ ...owned, to: 'active', reason: 'keys', nowMs })
  for (let at = 0; at < 3; at += 1)
    assert((await estate.heartbeat({ ...owned, state: 'tampered', nowMs: nowMs + at })).ok)
  const known = await estate.get(owned)
  assert.equal(known?.status, 'tampered')
  assert.deepEqual(known?.alarms, [{ at_ms: nowMs, kind: 'tamper', count: 3 }])
  assert.deepEqual(vault.asked.at(-1)?.input, { device: owned.device, suspended: true })
  assert.equal((await eventsOf(owned.device)).filter((type) => type === 'alarm').length, 1)
})

test('the vault is told of a device that was opened also where it was away then', async () => {
  const { store, mint } = stage
  const owned = await (await openShop()).device()
  const vault = openVault(owned.device)
  const estate = createEstate({ store, mint, vault })
  assert((await estate.move({ ...owned, to: 'active', reason: 'keys', nowMs })).ok)
  vault.breaks.at = vault.calls + 1
  await assert.rejects(estate.heartbeat({ ...owned, state: 'tampered', nowMs }), /cut/)
  assert.equal(vault.suspended, false)
  await estate.tick(nowMs + 20_000)
  assert.equal(vault.suspended, true)
})

test('a revoked key is let in for a second at most', async () => {
  const { sql } = stage.store
  const { merchant } = await openShop()
  const id = stage.mint('key')
  const text = await createApiKey(sql, { id, merchant, secret: stage.random(32), nowMs })
  const ring = createApiKeyRing(sql)
  assert.equal((await ring(text, nowMs))?.merchant, merchant)
  await revokeApiKey(sql, { id, merchant, nowMs })
  assert.equal((await ring(text, nowMs + 999))?.merchant, merchant)
  assert.equal(await ring(text, nowMs + 1000), undefined)
  assert.equal(await ring(text, nowMs + 1001), undefined)
})
