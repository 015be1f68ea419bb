/**
 * JWK thumbprint (RFC 7638) of a P-256 public key (RFC 7518 §6.2), and the same key as a point.
 *
 * A thumbprint names a key, so one key must have one spelling: coordinates are exactly 32 bytes
 * in strict base64url. The caller hashes `thumbprintInput` with SHA-256. Browser-safe.
 * Whether a point lies on the curve is for whoever uses the key.
 */
import { fromBase64url, toBase64url } from './base64url.ts'

export type PublicJwk = {
  readonly kty: 'EC'
  readonly crv: 'P-256'
  readonly x: string
  readonly y: string
}

export class JwkError extends Error {
  override readonly name = 'JwkError'
  readonly code = 'invalid_jwk'
}

/** Required members only, in lexicographic order, without white space (RFC 7638 §3). */
export function thumbprintInput({ kty, crv, x, y }: PublicJwk): string {
  coordinate(x)
  coordinate(y)
  if (kty !== 'EC' || crv !== 'P-256') throw new JwkError('not a P-256 key')
  return JSON.stringify({ crv, kty, x, y })
}

/** The key as an uncompressed point, 0x04 ‖ x ‖ y (SEC 1 §2.3.3): what HPKE takes. */
export function pointOfJwk({ x, y }: PublicJwk): Uint8Array<ArrayBuffer> {
  const point = new Uint8Array(65)
  point[0] = 4
  point.set(coordinate(x), 1)
  point.set(coordinate(y), 33)
  return point
}

export function jwkOfPoint(point: Uint8Array): PublicJwk {
  if (point.length !== 65 || point[0] !== 4) throw new JwkError('not an uncompressed P-256 point')
  const x = toBase64url(point.subarray(1, 33))
  const y = toBase64url(point.subarray(33))
  return { kty: 'EC', crv: 'P-256', x, y }
}

function coordinate(text: string): Uint8Array {
  // 43 characters of which the last carries four bits: 32 bytes, and no second spelling.
  if (!/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/.test(text))
    throw new JwkError('a coordinate is 32 bytes in base64url')
  return fromBase64url(text)
}
