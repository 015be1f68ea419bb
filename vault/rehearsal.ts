/**
 * For tests: a vault on a real PostgreSQL, in a database of its own that is dropped afterwards,
 * with a clock and chance that are the same each time. Nothing in the house imports it.
 */
import { createECDH, createHash, createPrivateKey } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { jwkOfPoint } from '@warifu/crypto/jwk-thumbprint'
import { Secret } from '@warifu/crypto/secret'
import { type Id, mintId, type Prefix } from '@warifu/protocol/ids'
import type { VaultAnswer, VaultInput, VaultOperation } from '@warifu/protocol/vault'
import { type App, createApp } from './app.ts'
import { readWallet } from './config.ts'
import type { Dispatch } from './dispatcher.ts'
import { openFileKeyStore } from './file-key-store.ts'
import type { Chance } from './given.ts'
import type { KeyStore } from './key-store.ts'
import type { LogEntry } from './log.ts'
import { migrate } from './migrations.ts'
import { createSandboxAcquirer, type SandboxAcquirer } from './sandbox-acquirer.ts'
import { openStore, type Store } from './store.ts'

export const wallet = readWallet('http://wallet.localhost:4010')
export const NOW_MS = Date.UTC(2027, 0, 5)
export const CHAIN = 'vault-rehearsal'

/** Bytes that look like chance and are the same each time. */
function bytesOf(seed: string): (size: number) => Uint8Array {
  let drawn = 0
  return (size) => {
    const blocks = Array.from({ length: Math.ceil(size / 32) }, () => {
      drawn += 1
      return createHash('sha256').update(`${seed}/${drawn}`).digest()
    })
    return new Uint8Array(Buffer.concat(blocks).subarray(0, size))
  }
}

export function chanceOf(seed: string): Chance {
  const bytes = bytesOf(seed)
  return {
    bytes,
    keyPair: () => {
      const curve = createECDH('prime256v1')
      const secret = Buffer.from(bytes(32))
      curve.setPrivateKey(secret)
      const publicBytes = new Uint8Array(curve.getPublicKey())
      const jwk = { ...jwkOfPoint(publicBytes), d: secret.toString('base64url') }
      return { privateKey: createPrivateKey({ key: jwk, format: 'jwk' }), publicBytes }
    },
  }
}

export type Place = {
  /** The superuser's address of a cluster (WARIFU_TEST_VAULT_ADMIN_URL). */
  readonly adminUrl: string | undefined
  /** Of this test alone; part of the database's name, and the seed of its chance. */
  readonly name: string
}
export type Role = 'vault_app' | 'vault_auditor' | 'vault_owner' | 'postgres'
export type Database = {
  readonly url: (role: Role) => string
  readonly drop: () => Promise<void>
}

/** A migrated database that nobody else uses. */
export async function createDatabase({ adminUrl, name }: Place): Promise<Database> {
  if (adminUrl === undefined) throw new Error('no cluster for tests: run them by `npm test`')
  const database = `vault_rehearsal_${name.replaceAll(/[^a-z0-9]/g, '_')}`
  const url = (role: Role): string => {
    const own = new URL(adminUrl)
    own.pathname = `/${database}`
    if (role !== 'postgres') own.searchParams.set('role', role)
    return own.href
  }
  const admin = openStore({ url: adminUrl, connections: 1 })
  await admin`drop database if exists ${admin(database)} with (force)`
  await admin`create database ${admin(database)} owner vault_owner`
  const owner = openStore({ url: url('vault_owner'), connections: 1 })
  await migrate(owner, NOW_MS)
  await owner.end()
  return {
    url,
    drop: async () => {
      await admin`drop database ${admin(database)} with (force)`
      await admin.end()
    },
  }
}

/** A root key in a temporary file that is gone afterwards. */
export async function createKeyStore(chance: Chance): Promise<KeyStore> {
  const folder = await mkdtemp(join(tmpdir(), 'warifu-vault-'))
  using passphrase = new Secret(Buffer.from('a passphrase for tests'))
  const path = join(folder, 'master.key')
  const keyStore = await openFileKeyStore({ path, passphrase, chance, mayCreate: true })
  await rm(folder, { recursive: true })
  return keyStore
}

export type Rehearsal = App & {
  readonly database: Database
  readonly keyStore: KeyStore
  /** The store as the vault has it, the cluster's superuser's, and the auditor's. */
  readonly store: Store
  readonly superuser: Store
  readonly auditor: Store
  readonly acquirer: SandboxAcquirer
  readonly chance: Chance
  readonly newId: <P extends Prefix>(prefix: P) => Id<P>
  readonly decryptions: () => number
  readonly logged: readonly LogEntry[]
  /** Another process on the same database and root key. */
  /** Under its own name, or as another vault on the same database. */
  readonly restarted: (chain?: string) => Promise<App>
  readonly close: () => Promise<void>
}

/** `own` takes the place of the vault's chance, for numbers that must come out as the test says. */
export async function rehearse(place: Place, own: Partial<Chance> = {}): Promise<Rehearsal> {
  const database = await createDatabase(place)
  const chance = chanceOf(place.name)
  const keyStore = await createKeyStore(chance)
  const stores: Store[] = []
  const openAs = (role: Role, connections: number): Store => {
    const store = openStore({ url: database.url(role), connections })
    stores.push(store)
    return store
  }
  const logged: LogEntry[] = []
  const acquirer = createSandboxAcquirer()
  const seen = { decryptions: 0 }
  const decrypted = () => {
    seen.decryptions += 1
  }
  const open = (chain = CHAIN): Promise<App> =>
    createApp({
      store: openAs('vault_app', 4),
      keyStore,
      wallet,
      connector: acquirer,
      chain,
      chance: { ...chance, ...own },
      nowMs: () => NOW_MS,
      recoveryWaitMs: 3_600_000,
      probe: { decrypted },
      log: (_, entry) => logged.push(entry),
    })
  const app = await open()
  return {
    ...app,
    database,
    keyStore,
    store: app.world.store,
    superuser: openAs('postgres', 1),
    auditor: openAs('vault_auditor', 1),
    acquirer,
    chance,
    newId: (prefix) => mintId({ prefix, lane: 0, nowMs: NOW_MS, chance: chance.bytes(14) }),
    decryptions: () => seen.decryptions,
    logged,
    restarted: open,
    close: async () => {
      await Promise.all(stores.map((store) => store.end()))
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
