// Goal: a domain's key gives way to the next one while vaults run: everything that was under it
// opens as before, nothing is under the old one afterwards, which is gone; and where a vault does
// not hold the next one, a key is damaged, or the work is cut off, nobody's key is lost.
// Method: a real PostgreSQL and a vault that is started anew in between, as the guide says, with
// more people than one batch takes; each test begins where the one before it has ended.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openStoredCard, readStoredCards } from './cards.ts'
import { makeKeysOf } from './devices.ts'
import { type Rotation, rotateDomain, wrapDomains } from './domain-rotation.ts'
import type { WrapDomain } from './hierarchy.ts'
import { admitDevice, makeBaseKey } from './operator-acts.ts'
import { type Rehearsal, rehearse } from './rehearsal.ts'
import { carryCard, enrol } from './rehearsal-person.ts'
import { companyPrivateKey, ensureCompany } from './sim-keys.ts'
import { openStore, type Store } from './store.ts'
import type { World } from './world.ts'

const PEOPLE = 1100
let vault: Rehearsal
let owner: Store
let card: string
before(async () => {
  const adminUrl = process.env['WARIFU_TEST_VAULT_ADMIN_URL']
  vault = await rehearse({ adminUrl, name: 'domain rotation' })
  owner = openStore({ url: vault.database.url('vault_owner'), connections: 1 })
  const person = await enrol(vault)
  card = (await carryCard(person)).card
})
after(async () => {
  await owner.end()
  await vault.close()
})

const rotate = (domain: WrapDomain, more: Partial<Rotation> = {}, world = vault.world) =>
  rotateDomain(world, { domain, owner, keyStore: vault.keyStore, ...more })
const states = async (domain: WrapDomain): Promise<string[]> => {
  const rows = await vault.superuser<{ state: string }[]>`
    select version || ' ' || state as state from keys.domain
     where name = ${domain} order by version`
  return rows.map(({ state }) => state)
}
const lastRecord = async (): Promise<string> => {
  const [row] = await vault.superuser`select record from audit.record order by seq desc limit 1`
  return String(row?.['record'])
}
const restart = async (): Promise<World> => (await vault.restarted()).world

async function assertOpens({ hierarchy }: World): Promise<void> {
  const row = (await readStoredCards(vault.store, [card])).get(card)
  assert(row)
  assert.match(openStoredCard({ hierarchy, row }).pan, /^[0-9]{16}$/)
}

const makePerson = (world: World, name: string) =>
  vault.store.begin((sql) => world.hierarchy.ensureCardholderKey(sql, name))
const keysBy = async (version: number): Promise<number> => {
  const [row] = await vault.superuser<{ count: number }[]>`
    select count(*)::int as count from keys.cardholder where wrapped_by = ${version}`
  return row?.count ?? 0
}

test('asked once: a key that vaults hold from their next start, and nobody uses yet', async () => {
  const made = await rotate('card')
  assert.equal(made.key, 'card.2')
  assert.equal(made.state, 'pre-active')
  assert.deepEqual(await states('card'), ['1 active', '2 pre-active'])
  assert.match(await lastRecord(), /card\.2.*make_domain_key/)
  const anew = await restart()
  await makePerson(anew, 'chl_between')
  assert.equal(await keysBy(2), 0, 'also a vault that holds it wraps under the old one')
  await assertOpens(anew)
})

test('asked again while a vault is older than the key: refused, nothing has changed', async () => {
  const seeing = { ...vault.world, store: vault.superuser }
  await assert.rejects(rotate('card', {}, seeing), /Start every vault anew/)
  assert.deepEqual(await states('card'), ['1 active', '2 pre-active'])
})

test('a damaged key stops it where it is; mended, it goes on, and everything opens', async () => {
  const anew = await restart()
  for (let at = 0; at < PEOPLE; at += 1) await makePerson(anew, `chl_${at}`)
  const [kept] = await vault.superuser<{ wrapped: Uint8Array }[]>`
    select wrapped from keys.cardholder where kid = 'chl_700.1'`
  assert(kept)
  const set = (wrapped: Uint8Array) =>
    vault.superuser`
      update keys.cardholder set wrapped = ${wrapped} where kid = 'chl_700.1'`
  await set(Buffer.alloc(40, 1))
  await assert.rejects(rotate('card'), /chl_700\.1 is under none of these/)
  assert.deepEqual(await states('card'), ['1 deactivated', '2 active'], 'the old one still opens')
  assert((await keysBy(1)) > 0 && (await keysBy(2)) > 0)
  await assertOpens(await restart())
  await set(kept.wrapped)
  const seen: number[] = []
  const done = await rotate('card', { onProgress: (now) => seen.push(now.done / now.total) })
  assert.equal(done.key, 'card.2')
  assert.equal(done.state, 'active')
  assert.equal(await keysBy(1), 0)
  assert.equal(seen.at(-1), 1)
  assert(seen.length > 2 && seen.every((part, at) => part >= (seen[at - 1] ?? 0)))
  assert.deepEqual(await states('card'), ['1 destroyed', '2 active'])
  const [gone] = await vault.superuser`select wrapped from keys.domain where state = 'destroyed'`
  assert.equal(gone?.['wrapped'].length, 0)
  assert.match(await lastRecord(), /card\.1.*destroy_domain_key/)
  await assertOpens(anew)
  await assertOpens(await restart())
})

test('a vault that was not started anew makes no key under the old one', async () => {
  await assert.rejects(makePerson(vault.world, 'chl_late'), { code: 'version_not_held' })
  const world = await restart()
  await makePerson(world, 'chl_late')
  assert.equal(await keysBy(2), PEOPLE + 3)
})

test('whoever is wrapping under the old one at that moment is waited for', async () => {
  await rotate('card')
  const world = await restart()
  const [hold, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const wrapping = vault.store.begin(async (sql) => {
    await world.hierarchy.ensureCardholderKey(sql, 'chl_slow')
    held.resolve()
    await hold.promise
  })
  await held.promise
  let isOver = false
  const rotating = rotate('card').then(() => {
    isOver = true
  })
  await sleep(300)
  assert.equal(isOver, false)
  const meanwhile = makePerson(world, 'chl_meanwhile')
  hold.resolve()
  await Promise.all([wrapping, rotating, meanwhile])
  assert.equal(await keysBy(3), PEOPLE + 5)
  assert.deepEqual(await states('card'), ['1 destroyed', '2 destroyed', '3 active'])
  await assertOpens(await restart())
})

test('keys of entry devices and of card companies too', async () => {
  const world = await restart()
  await makeBaseKey(world, 'aes-dukpt')
  const device = vault.newId('edv')
  await admitDevice(world, { device, suite: 'aes-dukpt' })
  const company = await vault.store.begin((sql) => ensureCompany(world, sql, 7))
  const before = companyPrivateKey(world.hierarchy, company).export({ format: 'jwk' })
  for (const domain of ['entry', 'company'] as const) {
    await rotate(domain)
    const anew = await restart()
    const { wrapped } = await rotate(domain, {}, anew)
    assert.equal(wrapped, domain === 'entry' ? 2 : 1)
    assert.deepEqual(await states(domain), ['1 destroyed', '2 active'])
  }
  const anew = await restart()
  assert((await vault.store.begin((sql) => makeKeysOf(anew, sql, device))).ok)
  const after = await vault.store.begin((sql) => ensureCompany(anew, sql, 7))
  assert.notDeepEqual(after.wrapped, company.wrapped)
  assert.deepEqual(companyPrivateKey(anew.hierarchy, after).export({ format: 'jwk' }), before)
})

test('the vault’s own role cannot put a key into use', async () => {
  for (const domain of wrapDomains) {
    await rotate(domain)
    const before = await states(domain)
    await assert.rejects(rotate(domain, { owner: vault.store }), { code: '42501' })
    assert.deepEqual(await states(domain), before)
  }
})
