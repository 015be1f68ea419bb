/**
 * AES on whole blocks, each by itself (FIPS 197; SP 800-38A §6.1): a building block of DUKPT and
 * PIN blocks, never a way to encrypt data. AES-128, -192 or -256 by the key's length.
 *
 * Hand over all blocks for one key at once: making a cipher costs far more than a block. Made of
 * bare bytes it costs four times as much as of a KeyObject, even one that serves only once.
 */
import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto'

export function encryptBlocks(key: Uint8Array, blocks: Uint8Array): Uint8Array {
  const algorithm = algorithmOf(key, blocks)
  return createCipheriv(algorithm, createSecretKey(key), null).setAutoPadding(false).update(blocks)
}

export function decryptBlocks(key: Uint8Array, blocks: Uint8Array): Uint8Array {
  const algorithm = algorithmOf(key, blocks)
  const decipher = createDecipheriv(algorithm, createSecretKey(key), null)
  return decipher.setAutoPadding(false).update(blocks)
}

function algorithmOf({ length }: Uint8Array, blocks: Uint8Array): string {
  if (length !== 16 && length !== 24 && length !== 32)
    throw new RangeError('key: 16, 24 or 32 bytes')
  if (blocks.length % 16 !== 0) throw new RangeError('blocks: whole blocks of 16 bytes')
  return `aes-${length * 8}-ecb`
}
