/**
 * MACs of ISO/IEC 9797-1 with DES: algorithm 1 (CBC-MAC) and 3 (retail MAC, ANSI X9.19), with its
 * paddings 1 to 3. For legacy DUKPT devices and EMV cryptograms; AES has CMAC.
 *
 * All 8 bytes come out; a profile that shortens takes the left ones. Compare with
 * `timingSafeEqual`.
 */
import { tdeaDecrypt, tdeaEncrypt, tdeaEncryptCbc } from './tdea.ts'

/**
 * 1: zeros to a whole block. 2: 0x80, then zeros. 3: the length in bits before, zeros behind.
 * With padding 1 a message and the same with a zero behind it have one MAC: fix the length.
 */
export type Padding = 1 | 2 | 3

/** CBC-MAC; with a key of 16 bytes each step is TDEA. */
export const macAlgorithm1 = (key: Uint8Array, message: Uint8Array, padding: Padding): Uint8Array =>
  tdeaEncryptCbc({ key, iv: new Uint8Array(8), data: padded(message, padding) }).subarray(-8)

export type RetailKeys = { readonly key1: Uint8Array; readonly key2: Uint8Array }

/** The two halves of a double-length key. */
export function retailKeysOf(key: Uint8Array): RetailKeys {
  if (key.length !== 16) throw new RangeError('key: 16 bytes')
  return { key1: key.subarray(0, 8), key2: key.subarray(8) }
}

/** CBC-MAC with the first key, its end decrypted with the second and encrypted with the first. */
export function macAlgorithm3(
  { key1, key2 }: RetailKeys,
  message: Uint8Array,
  padding: Padding,
): Uint8Array {
  if (key1.length !== key2.length) throw new RangeError('keys: one length')
  return tdeaEncrypt(key1, tdeaDecrypt(key2, macAlgorithm1(key1, message, padding)))
}

function padded(message: Uint8Array, padding: Padding): Uint8Array {
  const marked = padding === 2 ? message.length + 1 : message.length
  // Padding 1 leaves a whole message as it is, but there is always a block (§6.3.2).
  const size = Math.max(8, Math.ceil(marked / 8) * 8)
  const head = padding === 3 ? 8 : 0
  const blocks = Buffer.alloc(head + size)
  blocks.set(message, head)
  if (padding === 2) blocks[message.length] = 0x80
  if (padding === 3) blocks.writeUIntBE(message.length * 8, 2, 6)
  return blocks
}
