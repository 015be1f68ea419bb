/**
 * CMAC (NIST SP 800-38B; RFC 4493) with AES and with TDEA, and the check value of a key made with
 * it. Compare tags with `timingSafeEqual`.
 *
 * CMAC is the last block of CBC over the message, whose last block is masked with a subkey.
 */
import { createCipheriv, createSecretKey, type KeyObject } from 'node:crypto'

/** The 16-byte tag under an AES key of 16, 24 or 32 bytes. */
export function cmac(key: KeyObject | Uint8Array, message: Uint8Array): Uint8Array {
  const size = key instanceof Uint8Array ? key.length : (key.symmetricKeySize ?? 0)
  if (size !== 16 && size !== 24 && size !== 32) throw new RangeError('key: 16, 24 or 32 bytes')
  return tagOf({ algorithm: `aes-${size * 8}-cbc`, key, block: 16 }, message)
}

/** The 8-byte tag under a TDEA key of 16 or 24 bytes. */
export function tdeaCmac(key: Uint8Array, message: Uint8Array): Uint8Array {
  if (key.length !== 16 && key.length !== 24) throw new RangeError('key: 16 or 24 bytes')
  return tagOf(
    { algorithm: key.length === 16 ? 'des-ede-cbc' : 'des-ede3-cbc', key, block: 8 },
    message,
  )
}

/** Names a key without telling it: first 3 bytes of its CMAC over a zero block (X9.24-1). */
export const checkValue = (key: KeyObject | Uint8Array): string =>
  Buffer.from(cmac(key, new Uint8Array(16)).subarray(0, 3))
    .toString('hex')
    .toUpperCase()

/** Never written to; kept, since small new arrays that native code reads are costly. */
const ZEROS = Buffer.alloc(16)

type Cipher = {
  readonly algorithm: string
  readonly key: KeyObject | Uint8Array
  /** Bytes in a block. */
  readonly block: 8 | 16
}

function tagOf({ algorithm, key, block }: Cipher, message: Uint8Array): Uint8Array {
  const keyObject = key instanceof Uint8Array ? createSecretKey(key) : key
  const zeros = ZEROS.subarray(0, block)
  const cipher = createCipheriv(algorithm, keyObject, zeros)
  const encryptedZero = cipher.update(zeros)
  const blocks = masked(message, encryptedZero)
  // The chain goes on behind the encrypted zero block; taking it out starts a chain at zero, and
  // one cipher serves for both.
  xorInto(blocks, 0, encryptedZero)
  return cipher.update(blocks).subarray(-block)
}

/** The message in whole blocks, the last one padded if need be and masked (SP 800-38B §6.2). */
function masked(message: Uint8Array, encryptedZero: Uint8Array): Uint8Array {
  const block = encryptedZero.length
  const isWhole = message.length > 0 && message.length % block === 0
  const padded = new Uint8Array(isWhole ? message.length : (message.length | (block - 1)) + 1)
  padded.set(message)
  if (!isWhole) padded[message.length] = 0x80
  const first = doubled(encryptedZero)
  xorInto(padded, padded.length - block, isWhole ? first : doubled(first))
  return padded
}

/** Twice a block in GF(2¹²⁸) or GF(2⁶⁴): one subkey from the other (SP 800-38B §6.1). */
function doubled(block: Uint8Array): Uint8Array {
  const twice = new Uint8Array(block.length)
  let carry = 0
  for (let i = block.length - 1; i >= 0; i -= 1) {
    const byte = block[i] ?? 0
    twice[i] = (byte << 1) | carry
    carry = byte >> 7
  }
  const last = block.length - 1
  twice[last] = (twice[last] ?? 0) ^ ((last === 15 ? 0x87 : 0x1b) * carry)
  return twice
}

function xorInto(target: Uint8Array, at: number, mask: Uint8Array): void {
  for (let i = 0; i < mask.length; i += 1) target[at + i] = (target[at + i] ?? 0) ^ (mask[i] ?? 0)
}
