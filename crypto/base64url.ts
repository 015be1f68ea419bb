/**
 * base64url without padding (RFC 4648 §5), strict: one text for one sequence of bytes.
 *
 * Texts that are signed, hashed or compared must not have a second spelling, so padding, foreign
 * characters and stray bits in the last character (§3.5) are refused. Browser-safe.
 */
export class Base64urlError extends Error {
  override readonly name = 'Base64urlError'
  readonly code = 'invalid_base64url'
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const FOREIGN = 64
const sextetOf = new Uint8Array(128).fill(FOREIGN)
for (let i = 0; i < alphabet.length; i += 1) sextetOf[alphabet.charCodeAt(i)] = i

export function toBase64url(bytes: Uint8Array): string {
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

export function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  if (text.length % 4 === 1) throw new Base64urlError('not a length of base64url')
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4))
  let length = 0
  let bits = 0
  let held = 0
  for (let i = 0; i < text.length; i += 1) {
    const value = sextetOf[text.charCodeAt(i)] ?? FOREIGN
    if (value === FOREIGN) throw new Base64urlError('a character outside base64url')
    held = ((held << 6) | value) & 0xffff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes[length] = held >> bits
      length += 1
    }
  }
  if ((held & ((1 << bits) - 1)) !== 0) throw new Base64urlError('stray bits at the end')
  return bytes
}
