/**
 * The data of PUT KEY for one AES key (GlobalPlatform Card Specification v2.3.1, §11.8.2.3), both
 * sides. The key is encrypted under the card's DEK, beneath whatever the secure channel does.
 *
 *   80 D8 old-version key-id   Lc   version  88 11 10 key(16)  03 check-value(3)   00
 *   answer: version check-value(3)
 */
import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto'
import { encryptBlocks } from './aes-ecb.ts'
import type { Command } from './apdu.ts'

const AES = 0x88
const KEY_BYTES = 16
const CHECK_BYTES = 3
const HEAD = [AES, KEY_BYTES + 1, KEY_BYTES] as const
const DATA_BYTES = 1 + HEAD.length + KEY_BYTES + 1 + CHECK_BYTES

export type SentKey = {
  readonly key: Uint8Array
  /** The version that the key will have: 01 to 7F. */
  readonly version: number
}

export type PutKey = SentKey & {
  readonly dek: Uint8Array
  /** The version that it takes the place of; 0 where there is none yet. */
  readonly oldVersion: number
  readonly keyId: number
}

/** The plain command; the host wraps it. */
export function putKeyCommand({ dek, key, version, oldVersion, keyId }: PutKey): Command {
  if (key.length !== KEY_BYTES) throw new RangeError('key: 16 bytes')
  const sealed = createCipheriv(...cipherOf(dek))
    .setAutoPadding(false)
    .update(key)
  const check = [CHECK_BYTES, ...keyCheckValue(key)]
  const data = Uint8Array.of(version, ...HEAD, ...sealed, ...check)
  return { cla: 0x80, ins: 0xd8, p1: oldVersion, p2: keyId, data, le: 256 }
}

/** The card's side; undefined where the data are not one AES key. */
export function openSentKey(
  dek: Uint8Array,
  data: Uint8Array,
): (SentKey & { readonly checkValue: Uint8Array }) | undefined {
  const [version = 0, ...rest] = data
  const isOne = HEAD.every((byte, at) => rest[at] === byte) && data.length === DATA_BYTES
  if (!isOne || version === 0 || version > 0x7f || data[20] !== CHECK_BYTES) return undefined
  const sealed = data.subarray(4, 4 + KEY_BYTES)
  const key = createDecipheriv(...cipherOf(dek))
    .setAutoPadding(false)
    .update(sealed)
  return { key: Uint8Array.from(key), version, checkValue: Uint8Array.from(data.subarray(21)) }
}

const cipherOf = (dek: Uint8Array) =>
  [`aes-${dek.length * 8}-cbc`, createSecretKey(dek), new Uint8Array(16)] as const

/** The first 3 bytes of a block of 01, encrypted (§B.6). */
export const keyCheckValue = (key: Uint8Array): Uint8Array =>
  encryptBlocks(key, new Uint8Array(16).fill(1)).subarray(0, CHECK_BYTES)
