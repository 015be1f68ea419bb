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
}
export type DomainKeys = { readonly [D in Domain]: DomainKey }

type Row = {
  readonly version: number
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
  const open = async (name: Domain): Promise<DomainKey> => {
    const row = (await readRow(needs.sql, name)) ?? (await makeRow(needs, name))
    if (row.wrapped_by !== needs.keyStore.root.check_value)
      throw new KeyStoreError(
        'wrapped_by_another_root',
        'The vault’s database was wrapped by another master key than the one in this file.',
      )
    using secret = await needs.keyStore.unwrap(new Uint8Array(row.wrapped))
    const key = importKey(name, secret)
    if (checkValueOf(name, key) !== row.check_value)
      throw new KeyStoreError('file_malformed', `The vault’s ${name} key is damaged.`)
    return { version: row.version, checkValue: row.check_value, key }
  }
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

async function readRow(sql: Sql, name: Domain): Promise<Row | undefined> {
  const [row] = await sql<Row[]>`
    select version, wrapped, wrapped_by, check_value from keys.domain
    where name = ${name} and state = 'active'`
  return row
}

/** Makes the first version; of two processes that start together one wins, and both use it. */
async function makeRow({ sql, keyStore, chance, nowMs }: DomainNeeds, name: Domain): Promise<Row> {
  const bytes = newKey(name, chance)
  const wrapped = await keyStore.wrap(bytes)
  using fresh = await keyStore.unwrap(wrapped)
  const check = checkValueOf(name, importKey(name, fresh))
  bytes.fill(0)
  await sql`
    insert into keys.domain
      (name, version, algorithm, state, wrapped, wrapped_by, check_value, created_at_ms)
    values (${name}, 1, ${domains[name]}, 'active', ${wrapped}, ${keyStore.root.check_value},
            ${check}, ${nowMs()})
    on conflict do nothing`
  const row = await readRow(sql, name)
  if (row === undefined) throw new Error(`domain key ${name}: no active version`)
  return row
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
