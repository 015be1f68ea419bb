/**
 * Card data at rest, and the inner blob: AES-256-GCM (SP 800-38D) under a random key of its own,
 * that key wrapped by AES-KWP (RFC 5649) under the cardholder's key. The header is authenticated.
 * Every record key encrypts once, so a nonce can never meet its key twice.
 */
import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  type DecipherGCM,
  type KeyObject,
} from 'node:crypto'
import { KeyWrapError, unwrapKey, wrapKey } from '@warifu/crypto/aes-key-wrap'
import { envelopeAad } from '@warifu/crypto/envelope'
import { pad, unpad } from '@warifu/crypto/iso7816-padding'
import { jcsBytes } from '@warifu/crypto/jcs'
import { closed, yearMonth } from '@warifu/protocol/shapes'
import { type Static, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Chance } from './given.ts'
import { createKeyCache, type KeyCache } from './key-cache.ts'

/** What a card is, in clear. It exists only inside the functions that make, seal and open. */
const cardData = closed({
  pan: Type.String({ pattern: '^[0-9]{16}$' }),
  expires: yearMonth,
  security_code: Type.String({ pattern: '^[0-9]{3}$' }),
})
export type CardData = Static<typeof cardData>
const cardDataShape = Compile(cardData)

/** Every plaintext has this length, whatever it holds (ISO/IEC 7816-4 padding). */
const PLAIN_BYTES = 128
const TAG_BYTES = 16

export type Sealed = {
  readonly wrapped_key: Uint8Array
  readonly iv: Uint8Array
  readonly ct: Uint8Array
}
export type Sealing = {
  readonly kek: KeyObject
  readonly header: object
  readonly data: CardData
  readonly chance: Chance
}

/** What a record authenticates besides its content. */
export const recordAad = (header: object): Uint8Array => envelopeAad(header, {})

export function sealRecord({ kek, header, data, chance }: Sealing): Sealed {
  const key = chance.bytes(32)
  const iv = chance.bytes(12)
  const plain = pad(jcsBytes(data), PLAIN_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, iv)
  cipher.setAAD(recordAad(header))
  const body = cipher.update(plain)
  cipher.final()
  const wrapped_key = wrapKey(kek, key)
  key.fill(0)
  plain.fill(0)
  return { wrapped_key, iv, ct: Buffer.concat([body, cipher.getAuthTag()]) }
}

/** `key`: of this record; undefined where it did not unwrap. */
export type Opening = {
  readonly key: KeyObject | undefined
  readonly aad: Uint8Array
  readonly sealed: Pick<Sealed, 'iv' | 'ct'>
}

/** The card, or undefined where any bit of key, nonce, text or header differs. */
export function openRecord({ key, aad, sealed }: Opening): CardData | undefined {
  if (sealed.iv.length !== 12 || sealed.ct.length !== PLAIN_BYTES + TAG_BYTES) return undefined
  if (key === undefined) return undefined
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.iv, { authTagLength: TAG_BYTES })
  decipher.setAAD(aad)
  decipher.setAuthTag(sealed.ct.subarray(PLAIN_BYTES))
  const plain = decipher.update(sealed.ct.subarray(0, PLAIN_BYTES))
  const data = isAuthentic(decipher) ? readCardData(plain) : undefined
  plain.fill(0)
  return data
}

function isAuthentic(decipher: DecipherGCM): boolean {
  try {
    decipher.final()
    return true
  } catch {
    return false
  }
}

/** Keys of blobs that pay, unwrapped: whether the key above one still stands is read each time. */
export type RecordKeys = KeyCache<KeyObject | undefined>
const CACHED_RECORDS = 20_000
export const createRecordKeys = (): RecordKeys =>
  createKeyCache<KeyObject | undefined>(CACHED_RECORDS)

/** The record's key, or undefined where any bit of it or of the key above it differs. */
export function unwrapRecordKey(kek: KeyObject, wrapped: Uint8Array): KeyObject | undefined {
  try {
    const bytes = unwrapKey(kek, wrapped)
    const key = createSecretKey(bytes)
    bytes.fill(0)
    return key
  } catch (error) {
    if (error instanceof KeyWrapError) return undefined
    throw error
  }
}

function readCardData(plain: Uint8Array): CardData {
  const data: unknown = JSON.parse(Buffer.from(unpad(plain)).toString('utf8'))
  if (!cardDataShape.Check(data)) throw new Error('an authentic record that is no card')
  return data
}
