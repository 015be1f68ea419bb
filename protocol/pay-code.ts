/**
 * The code that a phone shows and a till reads once: 128 bits of chance as text, the same bytes by
 * every carrier (docs/carriers.md).
 *
 *   26 characters of Crockford's base 32 (130 bits, the first two are zero)
 *    2 check digits over them: ISO 7064 MOD 97-10, so that a slip in typing is told at once
 *
 * On a QR code `WARIFU:` stands before it: all of it fits QR's alphanumeric mode.
 */
import { Type } from 'typebox'

const BYTES = 16
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const PREFIX = 'WARIFU:'

export const payCode = Type.String({ pattern: '^[0-7][0-9A-HJKMNP-TV-Z]{25}[0-9]{2}$' })

/** ISO 7064 MOD 97-10; each letter counts as its value in two decimal digits, 00 to 31. */
function checkDigits(text: string): string {
  let rest = 0
  for (const letter of text) rest = (rest * 100 + LETTERS.indexOf(letter)) % 97
  return String(98 - ((rest * 100) % 97)).padStart(2, '0')
}

export function payCodeOf(bytes: Uint8Array): string {
  if (bytes.length !== BYTES) throw new RangeError('a pay code has 16 bytes')
  let rest = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
  let text = ''
  for (let i = 0; i < 26; i += 1, rest >>= 5n) text = LETTERS.charAt(Number(rest & 31n)) + text
  return text + checkDigits(text)
}

/** The bytes of a code; undefined where it is none, or was mistyped. */
export function bytesOfPayCode(code: string): Uint8Array | undefined {
  const [, text, check] = /^([0-7][0-9A-HJKMNP-TV-Z]{25})([0-9]{2})$/.exec(code) ?? []
  if (text === undefined || checkDigits(text) !== check) return undefined
  let rest = 0n
  for (const letter of text) rest = (rest << 5n) | BigInt(LETTERS.indexOf(letter))
  return Uint8Array.from({ length: BYTES }, (_, i) =>
    Number((rest >> BigInt(8 * (BYTES - 1 - i))) & 255n),
  )
}

/** What a QR code, a tag or a stripe says. */
export const payCodeText = (code: string): string => `${PREFIX}${code}`

/** The code in what was scanned or typed; letters that look like digits are meant as digits. */
export function readPayCode(text: string): string | undefined {
  const plain = text.trim().toUpperCase()
  const code = (plain.startsWith(PREFIX) ? plain.slice(PREFIX.length) : plain)
    .replaceAll(/[\s-]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1')
  return bytesOfPayCode(code) === undefined ? undefined : code
}

/** In groups of four, as people read and type it. */
export const spacedPayCode = (code: string): string => code.replaceAll(/(.{4})(?=.)/g, '$1 ')
