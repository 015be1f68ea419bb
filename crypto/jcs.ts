/**
 * JSON Canonicalization Scheme (RFC 8785): one sequence of bytes for one JSON value.
 *
 * What is signed and what travels must agree, so `jcs` treats a value as JSON.stringify would
 * (absent members are left out), and refuses what has no exact JSON form: NaN, infinities, lone
 * surrogates, bigint, cycles, and nothing at all. Browser-safe.
 */
import canonicalize from 'canonicalize'

export class JcsError extends Error {
  override readonly name = 'JcsError'
  readonly code = 'not_json'
}

const utf8 = new TextEncoder()

export function jcs(value: unknown): string {
  const text = canonicalOf(value)
  if (text === undefined) throw new JcsError('this value has no JSON form')
  return text
}

export const jcsBytes = (value: unknown): Uint8Array<ArrayBuffer> => utf8.encode(jcs(value))

function canonicalOf(value: unknown): string | undefined {
  try {
    return canonicalize(value)
  } catch (cause) {
    throw new JcsError('this value has no canonical JSON form', { cause })
  }
}
