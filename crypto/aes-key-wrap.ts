/**
 * AES Key Wrap with Padding (RFC 5649; NIST SP 800-38F, KWP).
 *
 * Deterministic and authenticated, for keys only. The key-encrypting key chooses AES-128, -192 or
 * -256 by its length. A wrapped key of n bytes has 8·⌈n/8⌉ + 8 bytes.
 */
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto'

export class KeyWrapError extends Error {
  override readonly name = 'KeyWrapError'
  readonly code = 'unwrap_failed'
}

/** The alternative initial value of RFC 5649 §3; OpenSSL adds the length. */
const INITIAL = Buffer.from('a65959a6', 'hex')

export function wrapKey(kek: KeyObject | Uint8Array, key: Uint8Array): Uint8Array {
  if (key.length === 0) throw new RangeError('key: at least one byte')
  const keyObject = keyObjectOf(kek)
  return createCipheriv(algorithmOf(keyObject), keyObject, INITIAL).update(key)
}

export function unwrapKey(kek: KeyObject | Uint8Array, wrapped: Uint8Array): Uint8Array {
  const keyObject = keyObjectOf(kek)
  const algorithm = algorithmOf(keyObject)
  if (wrapped.length < 16 || wrapped.length % 8 !== 0)
    throw new KeyWrapError('not a length of a wrapped key')
  try {
    return createDecipheriv(algorithm, keyObject, INITIAL).update(wrapped)
  } catch (cause) {
    throw new KeyWrapError('the wrapped key does not verify', { cause })
  }
}

const keyObjectOf = (kek: KeyObject | Uint8Array): KeyObject =>
  kek instanceof Uint8Array ? createSecretKey(kek) : kek

function algorithmOf(kek: KeyObject): string {
  const bits = (kek.symmetricKeySize ?? 0) * 8
  if (bits !== 128 && bits !== 192 && bits !== 256) throw new RangeError('kek: 16, 24 or 32 bytes')
  return `id-aes${bits}-wrap-pad`
}
