/**
 * P-256 public keys as they come from outside: read strictly, checked to lie on the curve, named
 * by their RFC 7638 thumbprint, and used to verify ECDSA (FIPS 186-5).
 */
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto'
import { fromBase64url } from '@warifu/crypto/base64url'
import {
  JwkError,
  jwkOfPoint,
  type PublicJwk,
  pointOfJwk,
  thumbprintInput,
} from '@warifu/crypto/jwk-thumbprint'

export type { PublicJwk }

export const thumbprintOf = (jwk: PublicJwk): string =>
  createHash('sha256').update(thumbprintInput(jwk)).digest('base64url')

/** How a public key is shown beside its name: the first three bytes of its thumbprint. */
export const thumbprintCheckValue = (thumbprint: string): string =>
  Buffer.from(fromBase64url(thumbprint).subarray(0, 3)).toString('hex').toUpperCase()

export type PublicKey = { readonly point: Uint8Array; readonly thumbprint: string }

/** The key where it is one: exact base64url, and a point of the curve (SP 800-56A §5.6.2.3.4). */
export function readPublicJwk(jwk: PublicJwk): PublicKey | undefined {
  try {
    const point = pointOfJwk(jwk)
    importPoint(point)
    return { point, thumbprint: thumbprintOf(jwk) }
  } catch (error) {
    if (error instanceof JwkError || isInvalidJwk(error)) return undefined
    throw error
  }
}

const isInvalidJwk = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_CRYPTO_INVALID_JWK'

export const importPoint = (point: Uint8Array): KeyObject =>
  createPublicKey({ key: jwkOfPoint(point), format: 'jwk' })

/** The public half as a JWK with its four members only. */
export function jwkOf(key: KeyObject): PublicJwk {
  const { x, y } = key.export({ format: 'jwk' })
  if (x === undefined || y === undefined) throw new JwkError('not a P-256 key')
  return { kty: 'EC', crv: 'P-256', x, y }
}

/**
 * ECDSA with SHA-256, signature as r ‖ s (IEEE P1363, 64 bytes). It is spelled as DER here because
 * node:crypto takes half as long again for the same signature with its `dsaEncoding` option.
 */
export const verifyRaw = (key: KeyObject, message: Uint8Array, signature: Uint8Array): boolean =>
  signature.length === 64 && verify('sha256', message, key, derOf(signature))

/** Ecdsa-Sig-Value (RFC 3279 §2.2.3): a sequence of two integers. */
function derOf(signature: Uint8Array): Uint8Array {
  const der = Buffer.allocUnsafe(72)
  const end = putInteger(der, putInteger(der, 2, signature.subarray(0, 32)), signature.subarray(32))
  der[0] = 0x30
  der[1] = end - 2
  return der.subarray(0, end)
}

/** An unsigned number as DER writes it: no leading zeros, but one before a leading 1 bit. */
function putInteger(der: Buffer, at: number, bytes: Uint8Array): number {
  let from = 0
  while (from < bytes.length - 1 && bytes[from] === 0) from += 1
  const sign = (bytes[from] ?? 0) > 127 ? 1 : 0
  der[at] = 0x02
  der[at + 1] = bytes.length - from + sign
  der[at + 2] = 0
  der.set(bytes.subarray(from), at + 2 + sign)
  return at + 2 + sign + bytes.length - from
}
