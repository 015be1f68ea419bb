/**
 * base64url without padding (RFC 4648 §5), strict: one text for one sequence of bytes.
 *
 * Texts that are signed, hashed or compared must not have a second spelling, so padding, foreign
 * characters and stray bits in the last character (§3.5) are refused. Browser-safe: Node's own
 * codec where there is one (by the letter a payment's body took fifty times as long).
 */
export class Base64urlError extends Error {
  override readonly name = 'Base64urlError'
  readonly code = 'invalid_base64url'
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const FOREIGN = 64
const sextetOf = new Uint8Array(128).fill(FOREIGN)
for (let i = 0; i < alphabet.length; i += 1) sextetOf[alphabet.charCodeAt(i)] = i

const native = 'Buffer' in globalThis ? Buffer : undefined

export const toBase64url = (bytes: Uint8Array): string =>
  native === undefined
    ? encoded(bytes)
    : native.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64url')

export function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  const bytes = readBase64url(text)
  if (bytes === undefined) throw new Base64urlError('no base64url in its one spelling')
  return new Uint8Array(bytes)
}

/** The same of a text from outside: undefined where it is none. */
export function readBase64url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (native === undefined) return decoded(text)
  const bytes = native.from(text, 'base64url')
  // Node reads more than it writes: only what comes back as it was has one spelling.
  return bytes.toString('base64url') === text ? bytes : undefined
}

function encoded(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let held = 0
  for (const byte of bytes) {
    held = (held << 8) | byte
    for (bits += 8; bits >= 6; bits -= 6) text += alphabet.charAt((held >> (bits - 6)) & 63)
    held &= 63
  }
  return bits === 0 ? text : text + alphabet.charAt((held << (6 - bits)) & 63)
}

function decoded(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length % 4 === 1) return undefined
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  let length = 0
  let bits = 0
  let held = 0
  for (let i = 0; i < text.length; i += 1) {
    const value = sextetOf[text.charCodeAt(i)] ?? FOREIGN
    if (value === FOREIGN) return undefined
    held = ((held << 6) | value) & 0xffff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes[length] = held >> bits
      length += 1
    }
  }
  return (held & ((1 << bits) - 1)) === 0 ? bytes : undefined
}
