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
import { type Domain, type DomainNeeds, type domains, openDomainKeys } from './domain-keys.ts'
import { createKeyCache } from './key-cache.ts'
import { jwkOf, type PublicJwk, thumbprintOf } from './public-key.ts'
import type { Sql } from './store.ts'

type MacDomain = { [D in Domain]: (typeof domains)[D] extends 'HMAC-SHA-256' ? D : never }[Domain]

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
  /** Wraps a key of entry devices, and unwraps it: whoever asks for the bytes wipes them. */
  readonly wrapEntryKey: (bytes: Uint8Array) => Uint8Array
  readonly unwrapEntryKey: (wrapped: Uint8Array) => Uint8Array
  /** Wraps a company's private key (PKCS #8), and unwraps it. */
  readonly wrapCompanyKey: (bytes: Uint8Array) => Uint8Array
  readonly unwrapCompanyKey: (wrapped: Uint8Array) => Uint8Array
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
    wrapEntryKey: (bytes) => wrapKey(keys.entry.key, bytes),
    unwrapEntryKey: (wrapped) => unwrapKey(keys.entry.key, wrapped),
    wrapCompanyKey: (bytes) => wrapKey(keys.company.key, bytes),
    unwrapCompanyKey: (wrapped) => unwrapKey(keys.company.key, wrapped),
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
    cardholderKey: ({ kid, wrapped }) => cache.get(kid, () => unwrapKek(keys.card.key, wrapped)),
    ensureCardholderKey: async (sql, cardholder) =>
      (await readActive(sql, cardholder)) ??
      (await make({ sql, cardholder, domain: keys.card, needs })),
  }
}

/** Sets up the receiving side for whichever pair of ours it was sealed to. */
export const receiveWith = (recipient: HpkeKeyPair, { enc, info, psk }: Enclosed) =>
  psk === undefined
    ? setupBaseR({ enc, info, recipient })
    : setupPskR({ enc, info, recipient, ...psk })

function unwrapKek(domainKey: KeyObject, wrapped: Uint8Array): KeyObject {
  const bytes = unwrapKey(domainKey, wrapped)
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
  readonly domain: { readonly key: KeyObject; readonly version: number }
  readonly needs: DomainNeeds
}

async function make({ sql, cardholder, domain, needs }: Making): Promise<CardholderKey> {
  const bytes = needs.chance.bytes(32)
  const wrapped = wrapKey(domain.key, bytes)
  const check = checkValue(createSecretKey(bytes))
  bytes.fill(0)
  await sql`
    insert into keys.cardholder
      (kid, cardholder, version, state, wrapped, wrapped_by, check_value, created_at_ms)
    values (${`${cardholder.toLowerCase()}.1`}, ${cardholder}, 1, 'active', ${wrapped},
            ${domain.version}, ${check}, ${needs.nowMs()})
    on conflict do nothing`
  const row = await readActive(sql, cardholder)
  if (row === undefined) throw new Error('cardholder key: no active version')
  return row
}
