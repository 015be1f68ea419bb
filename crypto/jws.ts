/**
 * JSON Web Signatures in compact form (RFC 7515 §7.1) with ES256 (RFC 7518 §3.4), and with
 * nothing else: no other algorithm is read, so none can be asked for. Signing is the caller's.
 * Browser-safe.
 */
import { fromBase64url, toBase64url } from './base64url.ts'
import { jcsBytes } from './jcs.ts'

const utf8 = new TextEncoder()

/** What ES256 signs: header and payload, each base64url, with a dot between them. */
export const jwsInput = (header: object, payload: object): string =>
  `${toBase64url(jcsBytes({ ...header, alg: 'ES256' }))}.${toBase64url(jcsBytes(payload))}`

/** `signature` is r ‖ s, 64 bytes. */
export const compactJws = (input: string, signature: Uint8Array): string =>
  `${input}.${toBase64url(signature)}`

export type Jws = {
  readonly header: Readonly<Record<string, unknown>>
  readonly payload: unknown
  /** The bytes that the signature is over. */
  readonly signed: Uint8Array
  readonly signature: Uint8Array
}

/** The parts of a compact ES256 JWS; undefined where it is none. The signature is not judged. */
export function readJws(text: string): Jws | undefined {
  const parts = text.split('.')
  const [head, body, tail] = parts
  if (parts.length !== 3 || head === undefined || body === undefined || tail === undefined)
    return undefined
  try {
    const header = readJson(head)
    const payload = readJson(body)
    const signature = fromBase64url(tail)
    if (!isObject(header) || header['alg'] !== 'ES256' || 'crit' in header) return undefined
    if (signature.length !== 64) return undefined
    return { header, payload, signed: utf8.encode(`${head}.${body}`), signature }
  } catch {
    return undefined
  }
}

const readJson = (text: string): unknown =>
  JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(fromBase64url(text)))

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
