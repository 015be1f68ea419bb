/**
 * What every sealed message authenticates besides its content (protocol/sealed.ts).
 *
 *   info = "warifu/1/" ‖ purpose ‖ 0x00 ‖ SHA-256(JCS(header))   another purpose, another key
 *   aad  = JCS({ header, context })                              the business context is bound
 *
 * RFC 9180 §8.1 (info), RFC 8785 (JCS). Browser-safe.
 */
import { jcsBytes } from './jcs.ts'

const utf8 = new TextEncoder()

/** `headerDigest` is SHA-256 of the header's canonical bytes; hashing is the caller's. */
export function envelopeInfo(purpose: string, headerDigest: Uint8Array): Uint8Array<ArrayBuffer> {
  if (!/^[a-z0-9-]+$/.test(purpose)) throw new RangeError('purpose: lower case, digits and hyphens')
  if (headerDigest.length !== 32) throw new RangeError('headerDigest: 32 bytes')
  const label = utf8.encode(`warifu/1/${purpose}\0`)
  const info = new Uint8Array(label.length + 32)
  info.set(label)
  info.set(headerDigest, label.length)
  return info
}

export const envelopeAad = (header: object, context: object): Uint8Array<ArrayBuffer> =>
  jcsBytes({ header, context })
