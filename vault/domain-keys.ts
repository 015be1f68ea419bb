/**
 * The domain keys: one purpose and one algorithm each, made on the first start, kept wrapped
 * under the root key. Their rows carry version, state and date (SP 800-57 Part 1 §§5.3, 7).
 */
import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  type KeyObject,
} from 'node:crypto'
import { checkValue } from '@warifu/crypto/cmac'
import type { Secret } from '@warifu/crypto/secret'
import type { Chance } from './given.ts'
import { type KeyStore, KeyStoreError } from './key-store.ts'
import { jwkOf, thumbprintCheckValue, thumbprintOf } from './public-key.ts'
import type { Sql } from './store.ts'

// biome-ignore format: a table
export const domains = {
  card: 'AES-256-KWP',
  'pan-index': 'HMAC-SHA-256',
  'card-check': 'HMAC-SHA-256',
  pin: 'HMAC-SHA-256',
  chip: 'HMAC-SHA-256',
  stripe: 'HMAC-SHA-256',
  entry: 'AES-256-KWP',
  sim: 'HMAC-SHA-256',
  company: 'AES-256-KWP',
  code: 'HMAC-SHA-256',
  answer: 'HMAC-SHA-256',
  proximity: 'HMAC-SHA-256',
  offer: 'ECDSA-P-256',
  audit: 'ECDSA-P-256',
  vouching: 'ECDSA-P-256',
  'pin-transport': 'ECDH-P-256',
  'plastic-transport': 'ECDH-P-256',
  payment: 'ECDH-P-256',
} as const
export type Domain = keyof typeof domains

export const purposes: Readonly<Record<Domain, string>> = {
  card: 'wraps the cardholders’ keys',
  'pan-index': 'finds a card by its number',
  'card-check': 'compares expiry and security code',
  pin: 'verifies PINs',
  chip: 'derives the issuer master key of chips',
  stripe: 'derives the verification key of magnetic stripes',
  entry: 'wraps base derivation keys and devices’ key protection keys',
  sim: 'derives the keys of SIM cards',
  company: 'wraps the private keys to which SIM records are sealed',
  code: 'derives one-time codes',
  answer: 'names calls whose first answer is kept',
  proximity: 'derives the keys of proximity devices’ chips',
  offer: 'signs offers of sales by reader',
  audit: 'signs heads of the audit chain',
  vouching: 'signs the vault’s public keys, for terminals that pinned it',
  'pin-transport': 'PINs are sealed to it',
  'plastic-transport': 'what was read of a plastic card is sealed to it',
  payment: 'cards are sealed to it, for one payment',
}
export type DomainKey = {
  readonly version: number
  readonly checkValue: string
  readonly key: KeyObject
  /** Every version that is there, by its number, the newest first: the active one is among them. */
  readonly versions: ReadonlyMap<number, KeyObject>
}
export type DomainKeys = { readonly [D in Domain]: DomainKey }

type Row = {
  readonly version: number
  readonly state: string
  readonly wrapped: Uint8Array
  readonly wrapped_by: string
  readonly check_value: string
}

export type DomainNeeds = {
  readonly sql: Sql
  readonly keyStore: KeyStore
  readonly chance: Chance
  readonly nowMs: () => number
}

/** True where this database was used with a root key before. */
export async function hasDomainKeys(sql: Sql): Promise<boolean> {
  const [row] = await sql`select 1 from keys.domain limit 1`
  return row !== undefined
}

export async function openDomainKeys(needs: DomainNeeds): Promise<DomainKeys> {
  const open = (name: Domain): Promise<DomainKey> => openDomainKey(needs, name)
  return {
    card: await open('card'),
    'pan-index': await open('pan-index'),
    'card-check': await open('card-check'),
    pin: await open('pin'),
    chip: await open('chip'),
    stripe: await open('stripe'),
    entry: await open('entry'),
    sim: await open('sim'),
    company: await open('company'),
    code: await open('code'),
    answer: await open('answer'),
    proximity: await open('proximity'),
    offer: await open('offer'),
    audit: await open('audit'),
    vouching: await open('vouching'),
    'pin-transport': await open('pin-transport'),
    'plastic-transport': await open('plastic-transport'),
    payment: await open('payment'),
  }
}

/** All of its versions that are there; the first is made where there is none. */
export async function openDomainKey(needs: DomainNeeds, name: Domain): Promise<DomainKey> {
  const known = await readRows(needs.sql, name)
  const rows = known.length > 0 ? known : await makeFirst(needs, name)
  const versions = new Map<number, KeyObject>()
  for (const row of rows) versions.set(row.version, await openRow(needs.keyStore, name, row))
  const active = rows.find(({ state }) => state === 'active')
  const key = active && versions.get(active.version)
  if (active === undefined || key === undefined)
    throw new Error(`domain key ${name}: no active version`)
  return { version: active.version, checkValue: active.check_value, key, versions }
}

type Versions = {
  readonly newest: number
  /** The one that is held, and not used yet. */
  readonly next:
    | { readonly version: number; readonly check_value: string; readonly created_at_ms: string }
    | undefined
  /** An older one still wraps keys, perhaps. */
  readonly isGivingWay: boolean
}

/** How far a domain's key has come in giving way to the next one. */
export async function stateOf(sql: Sql, name: Domain): Promise<Versions> {
  const rows = await sql<
    { version: number; state: string; check_value: string; created_at_ms: string }[]
  >`
    select version, state, check_value, created_at_ms from keys.domain
    where name = ${name} order by version desc`
  return {
    newest: rows[0]?.version ?? 0,
    next: rows.find(({ state }) => state === 'pre-active'),
    isGivingWay: rows.some(({ state }) => state === 'deactivated'),
  }
}

async function readRows(sql: Sql, name: Domain): Promise<readonly Row[]> {
  return await sql<Row[]>`
    select version, state, wrapped, wrapped_by, check_value from keys.domain
    where name = ${name} and state <> 'destroyed' order by version desc`
}

async function openRow(keyStore: KeyStore, name: Domain, row: Row): Promise<KeyObject> {
  if (row.wrapped_by !== keyStore.root.check_value)
    throw new KeyStoreError(
      'wrapped_by_another_root',
      'The vault’s database was wrapped by another master key than the one in this file.',
    )
  using secret = await keyStore.unwrap(new Uint8Array(row.wrapped))
  const key = importKey(name, secret)
  if (checkValueOf(name, key) !== row.check_value)
    throw new KeyStoreError('file_malformed', `The vault’s ${name} key is damaged.`)
  return key
}

/** Makes the first version; of two processes that start together one wins, and both use it. */
async function makeFirst(needs: DomainNeeds, name: Domain): Promise<readonly Row[]> {
  await makeVersion(needs, { name, version: 1, state: 'active' })
  return await readRows(needs.sql, name)
}

type Making = {
  readonly name: Domain
  readonly version: number
  readonly state: 'pre-active' | 'active'
}

/** Makes a version, where there is none of that number yet. */
export async function makeVersion(
  { sql, keyStore, chance, nowMs }: DomainNeeds,
  { name, version, state }: Making,
): Promise<void> {
  const bytes = newKey(name, chance)
  const wrapped = await keyStore.wrap(bytes)
  using fresh = await keyStore.unwrap(wrapped)
  const check = checkValueOf(name, importKey(name, fresh))
  bytes.fill(0)
  await sql`
    insert into keys.domain
      (name, version, algorithm, state, wrapped, wrapped_by, check_value, created_at_ms)
    values (${name}, ${version}, ${domains[name]}, ${state}, ${wrapped},
            ${keyStore.root.check_value}, ${check}, ${nowMs()})
    on conflict do nothing`
}

const isPair = (name: Domain): boolean => domains[name].endsWith('-P-256')

function newKey(name: Domain, chance: Chance): Uint8Array {
  if (!isPair(name)) return chance.bytes(32)
  return chance.keyPair().privateKey.export({ format: 'der', type: 'pkcs8' })
}

function importKey(name: Domain, secret: Secret): KeyObject {
  return secret.use((bytes) =>
    isPair(name)
      ? createPrivateKey({ key: Buffer.from(bytes), format: 'der', type: 'pkcs8' })
      : createSecretKey(bytes),
  )
}

/** CMAC of a zero block for AES; the same with HMAC; the thumbprint's first bytes for a pair. */
function checkValueOf(name: Domain, key: KeyObject): string {
  switch (domains[name]) {
    case 'AES-256-KWP':
      return checkValue(key)
    case 'HMAC-SHA-256':
      return createHmac('sha256', key)
        .update(new Uint8Array(16))
        .digest('hex')
        .slice(0, 6)
        .toUpperCase()
    case 'ECDSA-P-256':
    case 'ECDH-P-256':
      return thumbprintCheckValue(thumbprintOf(jwkOf(createPublicKey(key))))
  }
}
