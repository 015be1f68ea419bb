/**
 * The Triple Data Encryption Algorithm (NIST SP 800-67r2), block by block and in CBC mode.
 *
 * Only for what the payment standards still fix on it; encrypting new data with it is disallowed
 * since 2023 (SP 800-131A r2). A key of 8 bytes is single DES (the same key three times), 16 bytes
 * are two keys, 24 are three. Parity bits are ignored, as DES does.
 */
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto'

export const tdeaEncrypt = (key: Uint8Array, blocks: Uint8Array): Uint8Array =>
  createCipheriv('des-ede3-ecb', tripleOf(key, blocks), null).setAutoPadding(false).update(blocks)

export const tdeaDecrypt = (key: Uint8Array, blocks: Uint8Array): Uint8Array =>
  createDecipheriv('des-ede3-ecb', tripleOf(key, blocks), null).setAutoPadding(false).update(blocks)

export type TdeaCbc = {
  readonly key: Uint8Array
  readonly iv: Uint8Array
  /** Whole blocks of 8 bytes: padding is the caller's. */
  readonly data: Uint8Array
}

export const tdeaEncryptCbc = ({ key, iv, data }: TdeaCbc): Uint8Array =>
  createCipheriv('des-ede3-cbc', tripleOf(key, data), iv).setAutoPadding(false).update(data)

export const tdeaDecryptCbc = ({ key, iv, data }: TdeaCbc): Uint8Array =>
  createDecipheriv('des-ede3-cbc', tripleOf(key, data), iv).setAutoPadding(false).update(data)

/** Each byte with an odd number of one-bits: its lowest bit is the parity (SP 800-67r2 §3.2). */
export const withOddParity = (key: Uint8Array): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(key, (byte) => (byte & 0xfe) | (parityBit[byte >> 1] ?? 0))

const parityBit = Array.from({ length: 128 }, (_, bits) => {
  let parity = 1
  for (let rest = bits; rest > 0; rest >>= 1) parity ^= rest & 1
  return parity
})

/** The three keys that OpenSSL wants. */
function tripleOf(key: Uint8Array, blocks: Uint8Array): KeyObject {
  if (blocks.length % 8 !== 0) throw new RangeError('blocks: whole blocks of 8 bytes')
  if (key.length === 24) return createSecretKey(key)
  if (key.length !== 8 && key.length !== 16) throw new RangeError('key: 8, 16 or 24 bytes')
  const triple = new Uint8Array(24)
  triple.set(key)
  triple.set(key.subarray(0, 8), 16)
  if (key.length === 8) triple.set(key, 8)
  return createSecretKey(triple)
}
