// Goal: what an entry device sends is opened once, answered the same for ever, refused as a replay
//   with other bytes, and its counter moves for nobody else; PIN, chip, stripe, code and expiry are
//   each told as they are. Method: devices with real keys in both suites, real PostgreSQL.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { jcs } from '@warifu/crypto/jcs'
import type { EntryMessage } from '@warifu/protocol/entry-device'
import type { VaultOutput } from '@warifu/protocol/vault'
import { verifyAuditChain } from './audit-chain.ts'
import { makeBaseKey, type Plastic, personaliseCard } from './operator-acts.ts'
import { ask, CHAIN, type Rehearsal, rehearse, wordOf } from './rehearsal.ts'
import { admit, contextOf, cryptogramOf, type Entry, inject, send } from './rehearsal-device.ts'
import { must } from './rehearsal-person.ts'
import { createScene, type Scene } from './rehearsal-scene.ts'

let vault: Rehearsal
let scene: Scene
let plastic: Plastic
let typed: Entry
before(async () => {
  const adminUrl = process.env['WARIFU_TEST_VAULT_ADMIN_URL']
  vault = await rehearse({ adminUrl, name: 'open-entry' })
  scene = await createScene(vault)
  plastic = await personaliseCard(vault.world, { card: scene.victims.card, pin: '4711' })
  typed = { pan: plastic.pan, expiry: plastic.expiry, code: plastic.security_code }
})
after(() => vault.close())

const open = (message: EntryMessage) => ask(vault.dispatch, 'open_entry', { message })
const said = async (message: EntryMessage) => wordOf(await open(message))

/** What the vault found; a refusal fails the test. */
const found = (message: EntryMessage): Promise<VaultOutput<'open_entry'>> =>
  must(vault.dispatch, 'open_entry', { message })

async function counterOf(keyId: string): Promise<number> {
  const [row] = await vault.store<{ counter: string }[]>`
    select counter from entry.initial_key where key_id = ${keyId}`
  return Number(row?.counter)
}

for (const suite of ['aes-dukpt', 'tdes-dukpt'] as const)
  test(`${suite}: finds our card, and compares what was entered with it`, async () => {
    const device = await admit(vault.world, vault, suite)
    const { card, last4, ...told } = await found(send(device, typed))
    assert.deepEqual([card, last4], [scene.victims.card, plastic.pan.slice(-4)])
    const { opened_with: _, ...compared } = told
    const expected = { pin: 'absent', cryptogram: 'absent', plastic: 'none' }
    assert.deepEqual(compared, { ...expected, expiry: 'match', security_code: 'match' })
    const wrong = typed.code === '000' ? '001' : '000'
    const bent = await found(send(device, { ...typed, code: wrong, expiry: '3511' }))
    assert.deepEqual([bent.security_code, bent.expiry], ['mismatch', 'mismatch'])
    const bare = await found(send(device, { pan: typed.pan }))
    assert.deepEqual([bare.security_code, bare.expiry], ['absent', 'absent'])
    assert.equal((await found(send(device, { ...typed, pin: '4711' }))).pin, 'verified')
  })

test('a number that is no card of ours is told as none, with four digits', async () => {
  const device = await admit(vault.world, vault)
  const told = await found(send(device, { pan: '4111111111111111', code: '123' }))
  assert.deepEqual([told.card, told.last4, told.security_code], [null, '1111', 'absent'])
})

describe('the counter', () => {
  test('same bytes: same answer, also after a restart; other bytes: a replay', async () => {
    const device = await admit(vault.world, vault)
    const message = send(device, typed)
    const first = await open(message)
    const again = await Promise.all([open(message), open(message), open(message)])
    const { dispatch } = await vault.restarted()
    again.push(await ask(dispatch, 'open_entry', { message }))
    for (const answer of again) assert.deepEqual(answer, first)
    const other = send(device, typed, { counter: 1, random: 2 })
    assert.equal(await said(other), 'ksn_replayed')
    assert.deepEqual(await open(message), first, 'and the honest retry is still answered')
  })

  test('an older counter that was never seen is a replay; a later one may skip', async () => {
    const device = await admit(vault.world, vault)
    const skipped = send(device, typed)
    assert.equal(await said(send(device, typed, { counter: 16 })), 'ok')
    assert.equal(await said(skipped), 'ksn_replayed')
    assert.equal(await said(send(device, typed, { counter: 17 })), 'ok')
  })

  test('it moves only after the MAC: noise changes nothing and suspends nobody', async () => {
    const device = await admit(vault.world, vault)
    const honest = send(device, typed)
    const forged = { ...device, key: new Uint8Array(32) }
    for (let i = 0; i < 70; i += 1) assert.equal(await said(send(forged, typed)), 'entry_invalid')
    assert.equal(await counterOf(device.keyId), 0)
    assert.equal(await said(honest), 'ok')
    const [row] = await vault.store<{ seen: number }[]>`
      select seen from entry.noise where device = ${device.id}`
    assert.equal(row?.seen, 60, 'counted, and past the bound no longer written')
  })

  test('one serial number in one frame: one is opened, and the same bytes again', async () => {
    const device = await admit(vault.world, vault)
    const first = send(device, typed)
    const other = send(device, typed, { counter: 1, random: 2 })
    const messages = [first, other, first, send(device, typed)]
    const calls = messages.map((message, id) => ({
      id,
      operation: 'open_entry',
      input: { message },
    }))
    const words = (await vault.dispatch(calls)).map(wordOf)
    assert.deepEqual(words, ['ok', 'ksn_replayed', 'ok', 'ok'])
    assert.equal(await counterOf(device.keyId), 2)
  })

  test('authentic bytes that hold no card use their serial number up', async () => {
    const device = await admit(vault.world, vault)
    assert.equal(await said(send(device, { pan: '4111111111111112' })), 'entry_invalid')
    assert.equal(await counterOf(device.keyId), 1)
    assert.equal(await said(send(device, typed)), 'ok')
  })
})

describe('a PIN', () => {
  test('three tries, each message counted once; a right one gives them back', async () => {
    const device = await admit(vault.world, vault)
    const pin = async (digits: string) => (await found(send(device, { ...typed, pin: digits }))).pin
    const wrong = send(device, { ...typed, pin: '0000' })
    assert.equal((await found(wrong)).pin, 'wrong')
    for (let i = 0; i < 3; i += 1) assert.equal((await found(wrong)).pin, 'wrong', 'the same try')
    assert.equal(await pin('4711'), 'verified')
    assert.deepEqual([await pin('1111'), await pin('2222')], ['wrong', 'wrong'])
    assert.equal(await pin('3333'), 'blocked')
    assert.equal(await pin('4711'), 'blocked', 'also with the right one')
    assert.equal((await found(wrong)).pin, 'wrong', 'and the first try stays what it was')
    await personaliseCard(vault.world, { card: scene.victims.card, pin: '4711' })
    assert.equal(await pin('4711'), 'verified')
  })

  test('tries in one frame count one after the other', async () => {
    const device = await admit(vault.world, vault)
    const calls = [1, 2, 3, 4].map((id) => ({
      id,
      operation: 'open_entry',
      input: { message: send(device, { ...typed, pin: '0000' }) },
    }))
    const answers = await vault.dispatch(calls)
    const told = answers.map((a) => (a.ok ? (a.output as VaultOutput<'open_entry'>).pin : ''))
    assert.deepEqual(told, ['wrong', 'wrong', 'blocked', 'blocked'])
    await personaliseCard(vault.world, { card: scene.victims.card, pin: '4711' })
  })

  test('cut between counter and count: neither happened; then it counts once', async () => {
    const device = await admit(vault.world, vault)
    const { card } = scene.victims
    const leftOf = async () => {
      const [row] = await vault.store<{ left: number; records: string }[]>`
        select v.tries_left as left, (select count(*) from audit.record) as records
          from pins.verifier v where v.card = ${card}`
      return row
    }
    const before = await leftOf()
    const wrong = send(device, { ...typed, pin: '0000' })
    const cut = await vault.superuser.begin(async (sql) => {
      await sql`select 1 from pins.verifier where card = ${card} for update`
      const asked = open(wrong)
      // The counter was taken, and the count waits for this row.
      for (let ended = 0; ended === 0; )
        ended = (
          await sql`
            select pg_cancel_backend(a.pid) from pg_stat_activity a
             where pg_backend_pid() = any(pg_blocking_pids(a.pid))`
        ).length
      return { answer: asked }
    })
    assert.equal(wordOf(await cut.answer), 'vault_unavailable')
    assert.equal(await counterOf(device.keyId), 0)
    assert.deepEqual(await leftOf(), before)
    for (let i = 0; i < 2; i += 1) assert.equal((await found(wrong)).pin, 'wrong')
    assert.equal((await leftOf())?.left, (before?.left ?? 0) - 1)
    assert.equal(await counterOf(device.keyId), 1)
    assert.equal((await found(send(device, { ...typed, pin: '4711' }))).pin, 'verified')
  })

  test('a card without a PIN has none to be right', async () => {
    const device = await admit(vault.world, vault)
    const other = await personaliseCard(vault.world, { card: scene.attackers.card })
    const told = await found(send(device, { pan: other.pan, pin: '4711' }))
    assert.equal(told.pin, 'blocked')
  })
})

describe('a card in the reader', () => {
  const context = contextOf({ entry: 'inserted' })
  test('a chip proves itself once for each counter, for this amount', async () => {
    const device = await admit(vault.world, vault)
    const shown = async (atc: number, amount = 1200) => {
      const chip = cryptogramOf(plastic, { atc, amount })
      return (await found(send(device, { pan: typed.pan, chip }, { context }))).cryptogram
    }
    assert.equal(await shown(5), 'verified')
    assert.equal(await shown(5), 'invalid', 'recorded and played again')
    assert.equal(await shown(4), 'invalid')
    assert.equal(await shown(6, 1), 'invalid', 'for another amount')
    assert.equal(await shown(6), 'verified')
    const [wrong] = [await personaliseCard(vault.world, { card: scene.attackers.card })]
    const chip = cryptogramOf(wrong, { atc: 9 })
    const told = await found(send(device, { pan: typed.pan, chip }, { context }))
    assert.equal(told.cryptogram, 'invalid', 'another card’s chip')
  })

  test('a stripe carries its own value', async () => {
    const device = await admit(vault.world, vault)
    const swiped = { context: contextOf({ entry: 'swiped' }) }
    const { track2 } = plastic
    const told = await found(send(device, { pan: typed.pan, track2 }, swiped))
    assert.deepEqual([told.security_code, told.expiry], ['match', 'match'])
    const digit = track2.at(-8) === '0' ? '1' : '0'
    const bent = track2.slice(0, -8) + digit + track2.slice(-7)
    const forged = await found(send(device, { pan: typed.pan, track2: bent }, swiped))
    assert.equal(forged.security_code, 'mismatch')
  })
})

test('of two who make a base key at the same time, one is told that the other has', async () => {
  const { world } = vault
  const written = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  const append: typeof world.audit.append = async (sql, records) => {
    written.resolve()
    await goOn.promise
    return world.audit.append(sql, records)
  }
  const first = makeBaseKey({ ...world, audit: { ...world.audit, append } }, 'aes-dukpt')
  await written.promise
  const second = assert.rejects(
    makeBaseKey(world, 'aes-dukpt'),
    /just made a base key of aes-dukpt/,
  )
  const waits = () => world.store`select 1 from pg_locks where not granted`
  while ((await waits()).length === 0);
  goOn.resolve()
  await second
  assert.match((await first).kid, /^bdk\.aes-dukpt\./)
})

test('a family moves to a new base key device by device, and none stands still', async () => {
  const device = await admit(vault.world, vault)
  const neighbour = await admit(vault.world, vault)
  const late = send(device, typed)
  await makeBaseKey(vault.world, 'aes-dukpt')
  assert.equal(await said(send(device, typed, { counter: 2 })), 'ok', 'old keys still open')
  const request = vault.newId('req')
  const old = { ...device }
  const keys = await must(vault.dispatch, 'make_device_keys', { device: device.id, request })
  assert.notEqual(keys.initial_key_id.slice(0, 8), device.keyId.slice(0, 8))
  assert.equal(await said(send(old, typed, { counter: 3 })), 'ok', 'until the new ones are used')
  inject(device, keys)
  assert.equal(await said(send(device, typed)), 'ok')
  assert.equal(await said(send(old, typed, { counter: 4 })), 'device_unknown', 'then no longer')
  assert.equal(await said(late), 'device_unknown')
  assert.equal(await said(send(neighbour, typed)), 'ok')
})

test('a suspended device opens nothing, and again when it is back', async () => {
  const device = await admit(vault.world, vault)
  await must(vault.dispatch, 'suspend_device', { device: device.id, suspended: true })
  const message = send(device, typed)
  const before = vault.decryptions()
  assert.equal(await said(message), 'device_not_active')
  assert.equal(vault.decryptions(), before)
  await must(vault.dispatch, 'suspend_device', { device: device.id, suspended: false })
  assert.equal(await said(message), 'ok')
})

test('a frame is one record of the audit: every call in its order, opened or refused', async () => {
  const device = await admit(vault.world, vault)
  const forged = { ...device, key: new Uint8Array(32) }
  const noCard = { pan: '4111111111111112' }
  const messages = [send(forged, typed), send(device, typed), send(device, noCard)]
  const calls = messages.map((message, id) => ({ id, operation: 'open_entry', input: { message } }))
  await vault.dispatch(calls)
  const [row] = await vault.auditor<{ record: string }[]>`
    select record from audit.record order by seq desc limit 1`
  const of = (message: EntryMessage | undefined) => ({ device: device.id, key: message?.ksn })
  const said = {
    at: new Date(vault.world.nowMs()).toISOString(),
    calls: [
      { ...of(messages[0]), operation: 'open_entry', result: 'entry_invalid' },
      { card: scene.victims.card, ...of(messages[1]), operation: 'open_entry', result: 'ok' },
      { ...of(messages[2]), operation: 'open_entry', result: 'entry_invalid' },
    ],
  }
  assert.equal(row?.record, jcs(said))
  const { ok } = await verifyAuditChain(vault.auditor, { chain: CHAIN })
  assert.equal(ok, true)
})

test('nothing of what was entered is kept: no number in clear, no code, no PIN', async () => {
  const device = await admit(vault.world, vault)
  await found(send(device, { ...typed, pin: '4711' }))
  const foreign = { pan: '5555555555554444', code: '739' }
  await found(send(device, foreign))
  const tables = await vault.superuser<{ name: string }[]>`
    select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema')`
  let text = ''
  for (const { name } of tables)
    for (const row of await vault.superuser.unsafe(`select t::text from ${name} t`))
      text += `${Object.values(row).join()}\n`
  const hexOf = (some: string) => Buffer.from(some).toString('hex')
  assert(text.includes(device.id), 'the search reads the tables')
  for (const secret of [typed.pan, foreign.pan]) {
    assert(!text.includes(secret) && !text.includes(hexOf(secret)), 'a number in clear')
  }
  assert(
    !text.includes(hexOf(foreign.code)) && !/"?(code|security_code)"?\s*[:=]\s*"?739/.test(text),
  )
})
