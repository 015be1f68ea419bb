/**
 * AES-CMAC (NIST SP 800-38B, RFC 4493) and the check value of a key made with it.
 *
 * CMAC is the last block of AES-CBC over the message, whose last block is masked with a subkey.
 * Compare tags with `timingSafeEqual`.
 */
import { createCipheriv, createSecretKey, type KeyObject } from 'node:crypto'

const BLOCK = 16
const zeroBlock = new Uint8Array(BLOCK)

/** The 16-byte tag under an AES key of 16, 24 or 32 bytes. */
export function cmac(key: KeyObject | Uint8Array, message: Uint8Array): Uint8Array {
  const keyObject = key instanceof Uint8Array ? createSecretKey(key) : key
  const bits = (keyObject.symmetricKeySize ?? 0) * 8
  if (bits !== 128 && bits !== 192 && bits !== 256) throw new RangeError('key: 16, 24 or 32 bytes')
  const encrypt = (bytes: Uint8Array) =>
    createCipheriv(`aes-${bits}-cbc`, keyObject, zeroBlock).update(bytes)
  return encrypt(masked(message, encrypt(zeroBlock))).subarray(-BLOCK)
}

/** Names a key without telling it: first 3 bytes of its CMAC over a zero block (X9.24-1). */
export const checkValue = (key: KeyObject | Uint8Array): string =>
  Buffer.from(cmac(key, zeroBlock).subarray(0, 3)).toString('hex').toUpperCase()

/** The message in whole blocks, the last one padded if need be and masked (RFC 4493 §2.4). */
function masked(message: Uint8Array, encryptedZero: Uint8Array): Uint8Array {
  const isWhole = message.length > 0 && message.length % BLOCK === 0
  const padded = new Uint8Array(isWhole ? message.length : (message.length | (BLOCK - 1)) + 1)
  padded.set(message)
  if (!isWhole) padded[message.length] = 0x80
  const first = doubled(encryptedZero)
  const mask = isWhole ? first : doubled(first)
  const last = padded.length - BLOCK
  for (let i = 0; i < BLOCK; i += 1) padded[last + i] = (padded[last + i] ?? 0) ^ (mask[i] ?? 0)
  return padded
}

/** Twice a block in GF(2¹²⁸): the step from one subkey to the next (RFC 4493 §2.3). */
function doubled(block: Uint8Array): Uint8Array {
  const carry = (block[0] ?? 0) >> 7
  const twice = block.map((byte, i) => (byte << 1) | ((block[i + 1] ?? 0) >> 7))
  twice[BLOCK - 1] = (twice[BLOCK - 1] ?? 0) ^ (0x87 * carry)
  return twice
}
