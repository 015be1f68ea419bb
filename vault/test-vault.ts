/**
 * For tests: a vault on a real PostgreSQL, in a database of its own that is dropped afterwards.
 * WARIFU_TEST_VAULT_ADMIN_URL names a cluster's superuser; `npm test` sets it.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pointOfJwk } from '@warifu/crypto/jwk-thumbprint'
import { Secret } from '@warifu/crypto/secret'
import { type Id, mintId, type Prefix } from '@warifu/protocol/ids'
import type { VaultAnswer, VaultInput, VaultOperation } from '@warifu/protocol/vault'
import { type App, createApp } from './app.ts'
import { readWallet } from './config.ts'
import type { Dispatch } from './dispatcher.ts'
import { openFileKeyStore } from './file-key-store.ts'
import type { KeyStore } from './key-store.ts'
import type { LogEntry } from './log.ts'
import { migrate } from './migrations.ts'
import { jwkOf } from './public-key.ts'
import { openStore, type Store } from './store.ts'
import type { Chance } from './given.ts'

export const wallet = readWallet('http://wallet.localhost:4010')

export const chance: Chance = {
  bytes: (size) => new Uint8Array(randomBytes(size)),
  keyPair: () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    return { privateKey, publicBytes: pointOfJwk(jwkOf(publicKey)) }
  },
}

export const newId = <P extends Prefix>(prefix: P): Id<P> =>
  mintId({ prefix, lane: 0, nowMs: Date.now(), chance: chance.bytes(14) })

export type TestDatabase = {
  readonly url: (role: 'vault_app' | 'vault_auditor' | 'vault_owner' | 'postgres') => string
  readonly drop: () => Promise<void>
}

export async function createTestDatabase(): Promise<TestDatabase> {
  const adminUrl = process.env['WARIFU_TEST_VAULT_ADMIN_URL']
  if (adminUrl === undefined) throw new Error('WARIFU_TEST_VAULT_ADMIN_URL is not set')
  const name = `vault_test_${randomBytes(6).toString('hex')}`
  const url = (role: string): string => {
    const own = new URL(adminUrl)
    own.pathname = `/${name}`
    if (role !== 'postgres') own.searchParams.set('role', role)
    return own.href
  }
  const admin = openStore({ url: adminUrl, connections: 1 })
  await admin.begin(async (sql) => {
    await sql`select pg_advisory_xact_lock(4242)`
    for (const role of ['vault_owner', 'vault_app', 'vault_auditor']) {
      const [known] = await sql`select 1 from pg_roles where rolname = ${role}`
      if (known === undefined) await sql.unsafe(`create role ${role} nologin`)
    }
  })
  await admin.unsafe(`create database ${name} owner vault_owner`)
  const owner = openStore({ url: url('vault_owner'), connections: 1 })
  await migrate(owner, Date.now())
  await owner.end()
  return {
    url,
    drop: async () => {
      await admin.unsafe(`drop database ${name} with (force)`)
      await admin.end()
    },
  }
}

/** A root key in a temporary file, opened once: scrypt at full cost takes its time. */
export async function createTestKeyStore(): Promise<KeyStore> {
  const folder = await mkdtemp(join(tmpdir(), 'warifu-vault-'))
  using passphrase = new Secret(Buffer.from('a passphrase for tests'))
  const keyStore = await openFileKeyStore({
    path: join(folder, 'master.key'),
    passphrase,
    randomBytes: chance.bytes,
    mayCreate: true,
  })
  await rm(folder, { recursive: true })
  return keyStore
}

export type TestVault = App & {
  readonly database: TestDatabase
  readonly keyStore: KeyStore
  /** The store as the vault sees it; and as the cluster's superuser. */
  readonly store: Store
  readonly superuser: Store
  readonly decryptions: () => number
  readonly logged: LogEntry[]
  /** Another process on the same database and root key. */
  readonly restarted: () => Promise<App>
  readonly close: () => Promise<void>
}

export async function createTestVault(own: Partial<Chance> = {}): Promise<TestVault> {
  const database = await createTestDatabase()
  const keyStore = await createTestKeyStore()
  const stores: Store[] = []
  const logged: LogEntry[] = []
  let decryptions = 0
  const open = async (): Promise<App> => {
    const store = openStore({ url: database.url('vault_app'), connections: 4 })
    stores.push(store)
    return await createApp({
      store,
      keyStore,
      wallet,
      chain: 'vault-test',
      chance: { ...chance, ...own },
      nowMs: Date.now,
      probe: {
        decrypted: () => {
          decryptions += 1
        },
      },
      log: (_, entry) => logged.push(entry),
    })
  }
  const app = await open()
  const superuser = openStore({ url: database.url('postgres'), connections: 1 })
  return {
    ...app,
    database,
    keyStore,
    store: app.world.store,
    superuser,
    decryptions: () => decryptions,
    logged,
    restarted: open,
    close: async () => {
      await Promise.all([...stores, superuser].map((store) => store.end()))
      await database.drop()
    },
  }
}

/** One call in a frame of its own. */
export async function ask<O extends VaultOperation>(
  dispatch: Dispatch,
  operation: O,
  input: VaultInput<O>,
): Promise<VaultAnswer> {
  const [answer] = await dispatch([{ id: 1, operation, input }])
  if (answer === undefined) throw new Error('no answer')
  return answer
}

/** The refusal of an answer, `ok`, or the fault. */
export const wordOf = (answer: VaultAnswer): string =>
  answer.ok ? 'ok' : 'refusal' in answer ? answer.refusal : answer.fault
