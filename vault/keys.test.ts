// Goal: every key can be named without showing one; another root takes the domain keys over whole
// or not at all, while a vault runs, and the old root opens nothing afterwards.
// Method: a real PostgreSQL, real key files; every wrapped byte is looked for in what is told, and
// a key that another root wrapped is planted among the others.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Secret } from '@warifu/crypto/secret'
import { domains } from './domain-keys.ts'
import { openFileKeyStore } from './file-key-store.ts'
import { openHierarchy } from './hierarchy.ts'
import { listKeys } from './key-list.ts'
import type { KeyStore } from './key-store.ts'
import { makeBaseKey } from './operator-acts.ts'
import { chanceOf, NOW_MS, type Rehearsal, rehearse } from './rehearsal.ts'
import { carryCard, enrol } from './rehearsal-person.ts'
import { rotateRoot } from './root-rotation.ts'
import { openStore, type Store } from './store.ts'

let vault: Rehearsal
let owner: Store
let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warifu-vault-'))
  vault = await rehearse({ adminUrl: process.env['WARIFU_TEST_VAULT_ADMIN_URL'], name: 'keys' })
  owner = openStore({ url: vault.database.url('vault_owner'), connections: 1 })
})
after(async () => {
  await owner.end()
  await vault.close()
  await rm(folder, { recursive: true })
})

async function keyFile(name: string): Promise<KeyStore> {
  using passphrase = new Secret(Buffer.from(`the passphrase of ${name}`))
  const path = join(folder, name)
  return await openFileKeyStore({ path, passphrase, chance: chanceOf(name), mayCreate: true })
}

const opened = (keyStore: KeyStore) =>
  openHierarchy({ sql: vault.store, keyStore, chance: vault.chance, nowMs: () => NOW_MS })

const lastRecord = async (): Promise<string> => {
  const [row] = await vault.superuser`select record from audit.record order by seq desc limit 1`
  return String(row?.['record'])
}

test('every key is named with purpose, state, check value and date; none is shown', async () => {
  const person = await enrol(vault)
  const { cardholder } = person
  await carryCard(person)
  await makeBaseKey(vault.world, 'aes-dukpt')
  const { keys, counts } = await listKeys(vault.world, vault.keyStore, cardholder)
  assert.match(await lastRecord(), new RegExp(`${cardholder}.*list_keys`))
  const names = keys.map(({ name }) => name)
  assert.deepEqual(names.slice(0, 1 + Object.keys(domains).length), [
    'root.1',
    ...Object.keys(domains).map((name) => `${name}.1`),
  ])
  for (const kind of [/^bdk\.aes-dukpt\./, new RegExp(`^${cardholder.toLowerCase()}\\.1$`)])
    assert(names.some((name) => kind.test(name)))
  for (const key of keys) {
    assert.match(key.check_value, /^[0-9A-F]{6}$|^[\w-]{6}$/, key.name)
    assert(key.purpose.length > 5 && key.protected_by.length > 3, JSON.stringify(key))
  }
  assert(counts.some(({ kind, count }) => kind === 'cardholder' && count >= 1))
  const said = JSON.stringify({ keys, counts })
  const wrapped = await vault.superuser<{ wrapped: Uint8Array }[]>`
    select wrapped from keys.domain union all select wrapped from keys.cardholder
    union all select wrapped from entry.base_key`
  for (const row of wrapped)
    for (const form of ['hex', 'base64', 'base64url'] as const)
      assert(!said.toUpperCase().includes(Buffer.from(row.wrapped).toString(form).toUpperCase()))
})

test('another root takes all domain keys over while the vault runs', async () => {
  const { world, keyStore: from } = vault
  const to = await keyFile('next')
  const before = world.hierarchy.mac('pan-index', 'a number')
  const moved = await rotateRoot(world, owner, { from, to })
  assert.equal(moved.keys, Object.keys(domains).length)
  assert.match(await lastRecord(), new RegExp(`${to.root.check_value}.*rotate_root`))
  assert.deepEqual(world.hierarchy.mac('pan-index', 'a number'), before, 'it goes on')
  assert.deepEqual((await opened(to)).mac('pan-index', 'a number'), before, 'so does the next')
  await assert.rejects(opened(from), { code: 'wrapped_by_another_root' })
  await assert.rejects(rotateRoot(world, owner, { from: to, to }), /is this one/)
  await rotateRoot(world, owner, { from: to, to: from })
})

test('where one key cannot be moved, none is', async () => {
  const { world, keyStore: from } = vault
  const rows = () => vault.superuser`select name, wrapped_by from keys.domain order by name`
  const stranger = await keyFile('stranger')
  const { check_value } = stranger.root
  const set = (by: string) =>
    vault.superuser`update keys.domain set wrapped_by = ${by} where name = 'vouching'`
  await set(check_value)
  const before = await rows()
  const moving = rotateRoot(world, owner, { from, to: await keyFile('another') })
  await assert.rejects(moving, /vouching\.1 is wrapped by another root/)
  assert.deepEqual(await rows(), before)
  await set(from.root.check_value)
})

test('the vault’s own role cannot change a key', async () => {
  const { world, keyStore: from } = vault
  const moving = rotateRoot(world, vault.store, { from, to: await keyFile('own') })
  await assert.rejects(moving, { code: '42501' })
})
