/**
 * The key hierarchy: root (key store) → domain keys → one key per cardholder → record keys.
 *
 * Each is wrapped by AES-KWP (RFC 5649) under the one above it, so the database alone is noise,
 * and destroying a cardholder's key makes every record and every blob under it noise too.
 * Nothing here hands out key bytes: callers wrap, unwrap, MAC and sign.
 */
import { createHmac, createPublicKey, createSecretKey, type KeyObject, sign } from 'node:crypto'
import { unwrapKey, wrapKey } from '@warifu/crypto/aes-key-wrap'
import { checkValue } from '@warifu/crypto/cmac'
import {
  type HpkeKeyPair,
  type Psk,
  type RecipientContext,
  setupBaseR,
  setupPskR,
} from '@warifu/crypto/hpke'
import { pointOfJwk } from '@warifu/crypto/jwk-thumbprint'
import type { KeyName } from '@warifu/protocol/vault'
import {
  type Domain,
  type DomainKey,
  type DomainNeeds,
  type domains,
  openDomainKeys,
} from './domain-keys.ts'
import { createKeyCache } from './key-cache.ts'
import { KeyStoreError } from './key-store.ts'
import { jwkOf, type PublicJwk, thumbprintOf } from './public-key.ts'
import type { Sql } from './store.ts'

type MacDomain = { [D in Domain]: (typeof domains)[D] extends 'HMAC-SHA-256' ? D : never }[Domain]

/** Keys that wrap other keys. */
export type WrapDomain = {
  [D in Domain]: (typeof domains)[D] extends 'AES-256-KWP' ? D : never
}[Domain]
/** A wrapped key, and the version of the domain's key that wraps it. */
export type Wrapped = { readonly wrapped: Uint8Array; readonly version: number }

/** Keys that others seal to. */
export type PairDomain = {
  [D in Domain]: (typeof domains)[D] extends 'ECDH-P-256' ? D : never
}[Domain]
/** An encapsulated key, its message's info, and the secret shared before, if any (RFC 9180). */
export type Enclosed = {
  readonly enc: Uint8Array
  readonly info: Uint8Array
  readonly psk?: Psk | undefined
}

/** A cardholder's key as its row holds it. */
export type CardholderKey = KeyName & { readonly wrapped: Uint8Array }

export type Hierarchy = {
  /** HMAC-SHA-256 under the key of this domain. */
  readonly mac: (domain: MacDomain, message: string | Uint8Array) => Buffer
  /** Wraps a key under this domain's, inside the caller's transaction. */
  readonly wrapUnder: (sql: Sql, domain: WrapDomain, bytes: Uint8Array) => Promise<Wrapped>
  /** Unwraps it, whichever version it is under: whoever asks for the bytes wipes them. */
  readonly unwrapUnder: (domain: WrapDomain, wrapped: Uint8Array) => Uint8Array
  readonly version: (domain: Domain) => number
  /** ECDSA P-256 under the audit key, r ‖ s; and the key that verifies it. */
  readonly sign: (message: Uint8Array) => Buffer
  readonly signingKey: PublicJwk
  /** As `sign`, under the vouching key; and the key that verifies it. */
  readonly vouch: (message: Uint8Array) => Buffer
  readonly vouchingKey: PublicJwk
  /** The public half of a key that others seal to, and the way to open what they sealed. */
  readonly sealedTo: (domain: PairDomain) => PublicJwk
  readonly receive: (domain: PairDomain, letter: Enclosed) => RecipientContext
  /** The same under the offer key, which readers have pinned, and its thumbprint. */
  readonly signOffer: (message: string) => Buffer
  readonly offerKey: PublicJwk
  readonly offerKeyName: string
  /** The cardholder's key, unwrapped and cached; for wrapping keys of theirs only. */
  readonly cardholderKey: (key: CardholderKey) => KeyObject
  /** Finds the cardholder's active key, or makes it, inside the caller's transaction. */
  readonly ensureCardholderKey: (sql: Sql, cardholder: string) => Promise<CardholderKey>
}

const CACHED_CARDHOLDERS = 20_000

export async function openHierarchy(needs: DomainNeeds): Promise<Hierarchy> {
  const keys = await openDomainKeys(needs)
  const cache = createKeyCache<KeyObject>(CACHED_CARDHOLDERS)
  const signBy = (domain: 'audit' | 'vouching' | 'offer') => (message: Uint8Array) =>
    sign('sha256', message, { key: keys[domain].key, dsaEncoding: 'ieee-p1363' })
  const publicOf = (domain: Domain) => jwkOf(createPublicKey(keys[domain].key))
  const pairOf = (domain: PairDomain): HpkeKeyPair => ({
    privateKey: keys[domain].key,
    publicBytes: pointOfJwk(publicOf(domain)),
  })
  const pairs: Readonly<Record<PairDomain, HpkeKeyPair>> = {
    'pin-transport': pairOf('pin-transport'),
    'plastic-transport': pairOf('plastic-transport'),
    payment: pairOf('payment'),
  }
  return {
    mac: (domain, message) => createHmac('sha256', keys[domain].key).update(message).digest(),
    wrapUnder: (sql, domain, bytes) => wrapUnder(sql, { domain, keys: keys[domain] }, bytes),
    unwrapUnder: (domain, wrapped) => unwrapUnder(keys[domain], wrapped),
    version: (domain) => keys[domain].version,
    sign: signBy('audit'),
    signingKey: publicOf('audit'),
    vouch: signBy('vouching'),
    vouchingKey: publicOf('vouching'),
    sealedTo: publicOf,
    signOffer: (message) => signBy('offer')(Buffer.from(message)),
    offerKey: publicOf('offer'),
    offerKeyName: thumbprintOf(publicOf('offer')),
    receive: (domain, letter) => receiveWith(pairs[domain], letter),
    cardholderKey: ({ kid, wrapped }) => cache.get(kid, () => unwrapKek(keys.card, wrapped)),
    ensureCardholderKey: async (sql, cardholder) =>
      (await readActive(sql, cardholder)) ??
      (await make({ sql, cardholder, keys: keys.card, needs })),
  }
}

/** Sets up the receiving side for whichever pair of ours it was sealed to. */
export const receiveWith = (recipient: HpkeKeyPair, { enc, info, psk }: Enclosed) =>
  psk === undefined
    ? setupBaseR({ enc, info, recipient })
    : setupPskR({ enc, info, recipient, ...psk })

type Wrapping = { readonly domain: WrapDomain; readonly keys: DomainKey }

async function wrapUnder(
  sql: Sql,
  { domain, keys }: Wrapping,
  bytes: Uint8Array,
): Promise<Wrapped> {
  const [row] = await sql<{ version: number }[]>`select keys.wrapping(${domain}) as version`
  if (row === undefined) throw new Error('keys.wrapping: no answer')
  const { version } = row
  const key = keys.versions.get(version)
  if (key === undefined)
    throw new KeyStoreError(
      'version_not_held',
      `The key ${domain}.${version} has come since this vault was started: start it anew.`,
    )
  return { wrapped: wrapKey(key, bytes), version }
}

/** What is wrapped tells whether a key opens it (RFC 5649 §3), so no row says under which it is. */
function unwrapUnder({ versions }: DomainKey, wrapped: Uint8Array): Uint8Array {
  let refused: unknown = new Error('a domain without a key')
  for (const key of versions.values())
    try {
      return unwrapKey(key, wrapped)
    } catch (fault) {
      refused = fault
    }
  throw refused
}

function unwrapKek(keys: DomainKey, wrapped: Uint8Array): KeyObject {
  const bytes = unwrapUnder(keys, wrapped)
  const key = createSecretKey(bytes)
  bytes.fill(0)
  return key
}

async function readActive(sql: Sql, cardholder: string): Promise<CardholderKey | undefined> {
  const [row] = await sql<CardholderKey[]>`
    select kid, check_value, wrapped from keys.cardholder
    where cardholder = ${cardholder} and state = 'active'`
  return row
}

type Making = {
  readonly sql: Sql
  readonly cardholder: string
  readonly keys: DomainKey
  readonly needs: DomainNeeds
}

async function make({ sql, cardholder, keys, needs }: Making): Promise<CardholderKey> {
  const bytes = needs.chance.bytes(32)
  const { wrapped, version } = await wrapUnder(sql, { domain: 'card', keys }, bytes)
  const check = checkValue(createSecretKey(bytes))
  bytes.fill(0)
  await sql`
    insert into keys.cardholder
      (kid, cardholder, version, state, wrapped, wrapped_by, check_value, created_at_ms)
    values (${`${cardholder.toLowerCase()}.1`}, ${cardholder}, 1, 'active', ${wrapped},
            ${version}, ${check}, ${needs.nowMs()})
    on conflict do nothing`
  const row = await readActive(sql, cardholder)
  if (row === undefined) throw new Error('cardholder key: no active version')
  return row
}
