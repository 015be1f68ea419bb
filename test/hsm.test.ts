// Goal: a root key in an HSM and one in a file are the same to the vault, and each refuses what it
//   must; the HSM's never leaves it, and its PIN is told nowhere.
// Method: one suite for both. The HSM is SoftHSM2, a test double that speaks PKCS#11 as real ones
//   do; then a vault's database, on a real PostgreSQL, moves from its file to it.
import assert from 'node:assert/strict'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Secret } from '@warifu/crypto/secret'
import { domains } from '@warifu/vault/domain-keys'
import { openFileKeyStore } from '@warifu/vault/file-key-store'
import { openHierarchy } from '@warifu/vault/hierarchy'
import { openHsmKeyStore } from '@warifu/vault/hsm-key-store'
import { readHsmPlace } from '@warifu/vault/hsm-place'
import type { KeyStore } from '@warifu/vault/key-store'
import { listKeys } from '@warifu/vault/list-keys'
import { chanceOf, NOW_MS, rehearse } from '@warifu/vault/rehearsal'
import { rotateRoot } from '@warifu/vault/root-rotation'
import { openStore } from '@warifu/vault/store'
import { type Hsm, hsmNeeds, openHsm } from './hsm.ts'
import { testWith } from './needs.ts'

let folder = ''
let opening: Promise<Hsm> | undefined
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warifu-hsm-'))
})
after(() => rm(folder, { recursive: true }))

/** Opened by the first test that needs it: where it is not installed, none does. */
async function hsm(): Promise<Hsm> {
  opening ??= openHsm(folder)
  const opened = await opening
  Object.assign(process.env, opened.env)
  return opened
}

async function inFile(name: string, mayCreate: boolean): Promise<KeyStore> {
  using passphrase = new Secret(Buffer.from(`the passphrase of ${name}`))
  const path = join(folder, name)
  return await openFileKeyStore({ path, passphrase, chance: chanceOf(name), mayCreate })
}

async function inHsm(name: string, mayCreate: boolean): Promise<KeyStore> {
  const { address } = await hsm()
  return await openHsmKeyStore(readHsmPlace(address(name)), { mayCreate })
}

const bytesOf = (key: Secret) => key.use((bytes) => Buffer.from(bytes))

async function suite(open: (name: string, mayCreate: boolean) => Promise<KeyStore>) {
  const made = await open('root', true)
  assert.match(made.root.check_value, /^[0-9A-F]{6}$/)
  const again = await open('root', false)
  assert.deepEqual(again.root, made.root, 'the same after a restart')
  const other = await open('other', true)
  assert.notEqual(other.root.check_value, made.root.check_value)
  const pkcs8 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const keys = [randomBytes(32), pkcs8.export({ format: 'der', type: 'pkcs8' })]
  for (const key of keys) {
    const wrapped = await made.wrap(key)
    assert(!Buffer.from(wrapped).includes(Buffer.from(key).subarray(0, 8)))
    using back = await again.unwrap(wrapped)
    assert.deepEqual(bytesOf(back), Buffer.from(key))
    const damaged = Uint8Array.from(wrapped, (byte, at) => (at === 9 ? byte ^ 1 : byte))
    for (const ask of [() => made.unwrap(damaged), () => other.unwrap(wrapped)])
      await assert.rejects(ask, { code: 'wrapped_by_another_root' })
  }
  const many = Array.from({ length: 24 }, () => randomBytes(32))
  const all = await Promise.all(many.map(async (key) => made.unwrap(await made.wrap(key))))
  assert.deepEqual(all.map(bytesOf), many, 'at the same time')
}

test('a root key in a file', async () => {
  await suite(inFile)
  await assert.rejects(inFile('absent', false), { code: 'file_missing' })
})

testWith(hsmNeeds, 'a root key in an HSM', async () => {
  await suite(inHsm)
  await assert.rejects(inHsm('absent', false), { code: 'hsm_key_missing' })
  const other = { ...readHsmPlace((await hsm()).address('root')), token: 'other' }
  await assert.rejects(openHsmKeyStore(other, { mayCreate: true }), { code: 'hsm_unreachable' })
})

testWith(
  hsmNeeds,
  'a key that could leave the HSM is none for the root; nor does a PIN lie open',
  async () => {
    const { bring } = await hsm()
    await writeFile(join(folder, 'weak'), randomBytes(32))
    await bring('weak', join(folder, 'weak'))
    await assert.rejects(inHsm('weak', true), { code: 'hsm_key_open' })
    await chmod(join(folder, 'pin'), 0o640)
    await assert.rejects(inHsm('root', false), { code: 'file_open_to_others' })
    await chmod(join(folder, 'pin'), 0o600)
  },
)

test('where it is, is an address without the PIN', () => {
  const good = `pkcs11:token=a%20b;object=b?module-path=/m&pin-source=file:/p`
  const said = { token: 'a b', object: 'b', modulePath: '/m', pinFile: '/p' }
  assert.deepEqual(readHsmPlace(good), said)
  for (const bad of [
    good.replace('token=a%20b;', ''),
    good.replace('object=b', 'object='),
    good.replace('/m', 'm.so'),
    good.replace('file:/p', '1234'),
    good.replace('pin-source=file:/p', 'pin-value=1234'),
    `${good}&pin-value=1234`,
    'file:/key',
  ])
    assert.throws(() => readHsmPlace(bad), /VAULT_HSM is pkcs11:/, bad)
})

testWith(hsmNeeds, 'a vault moves from its file to the HSM, and finds its keys there', async () => {
  const vault = await rehearse({
    adminUrl: process.env['WARIFU_TEST_VAULT_ADMIN_URL'],
    name: 'hsm',
  })
  const owner = openStore({ url: vault.database.url('vault_owner'), connections: 1 })
  try {
    const protection = async (root: KeyStore) => {
      const world = { ...vault.world, root: { ...root.root, kind: root.kind } }
      const [answer] = await listKeys(world, vault.store, [{}])
      assert(answer?.ok)
      return [...new Set(answer.value.keys.map(({ protected_by }) => protected_by))]
    }
    const to = await inHsm('vault', true)
    assert.deepEqual(await protection(vault.keyStore), ['file'])
    const before = vault.world.hierarchy.mac('pan-index', 'a number')
    const { keys } = await rotateRoot(vault.world, owner, { from: vault.keyStore, to })
    assert.equal(keys, Object.keys(domains).length)
    const needed = { sql: vault.store, chance: vault.chance, nowMs: () => NOW_MS }
    const keyStore = await inHsm('vault', false)
    const after = await openHierarchy({ ...needed, keyStore })
    assert.deepEqual(after.mac('pan-index', 'a number'), before)
    assert.deepEqual(after.signingKey, vault.world.hierarchy.signingKey)
    assert.deepEqual(await protection(vault.keyStore), ['file', null], 'until it starts anew')
    assert.deepEqual(await protection(keyStore), ['hsm'])
  } finally {
    await owner.end()
    await vault.close()
  }
})
