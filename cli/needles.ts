/**
 * The forms in which a known number may lie in bytes. A form is a core of whole bytes and, where a
 * digit shares its byte with a stranger (BCD at an odd nibble), a masked half byte at its edges.
 *
 * Some forms that one would list are others here: hex of ASCII digits has no letters, so upper and
 * lower case are one; base64 of ASCII digits never has the two characters by which base64url
 * differs (RFC 4648 §5); hex of BCD is the ASCII text itself.
 */

type Half = { readonly mask: 0x0f | 0xf0; readonly value: number }

export type Needle = {
  readonly number: string
  readonly encoding: string
  readonly core: Uint8Array
  readonly before?: Half
  readonly after?: Half
}

type Form = Omit<Needle, 'number'>

const ascii = (text: string) => Buffer.from(text, 'latin1')

/** Packed decimal: two digits in a byte, the first in the high half, or swapped in the low half. */
function bcd(digits: string, swapped: boolean, odd: boolean): Form {
  const pairs = odd ? digits.slice(1) : digits
  const core = Buffer.alloc(Math.floor(pairs.length / 2))
  for (const at of core.keys()) {
    const [first, second] = [Number(pairs[2 * at]), Number(pairs[2 * at + 1])]
    core[at] = swapped ? (second << 4) | first : (first << 4) | second
  }
  const half = (digit: string, high: boolean): Half =>
    high ? { mask: 0xf0, value: Number(digit) << 4 } : { mask: 0x0f, value: Number(digit) }
  return {
    encoding: `bcd${swapped ? '-swapped' : ''}${odd ? '-odd' : ''}`,
    core,
    ...(odd ? { before: half(digits.charAt(0), swapped) } : {}),
    ...(pairs.length % 2 === 1 ? { after: half(pairs.slice(-1), !swapped) } : {}),
  }
}

/** The characters of base64 that the digits alone decide, when `shift` bytes stand before them. */
function base64(digits: string, shift: 0 | 1 | 2): Form {
  const bytes = Buffer.concat([Buffer.alloc(shift), ascii(digits), Buffer.alloc(2)])
  const first = Math.ceil((shift * 8) / 6)
  const end = Math.floor(((shift + digits.length) * 8) / 6)
  return { encoding: `base64-${shift}`, core: ascii(bytes.toString('base64').slice(first, end)) }
}

/** A 64-bit integer or float; zero bytes at its top end would fit anything and prove nothing. */
function words(digits: string): Form[] {
  const value = BigInt(digits)
  if (value >= 1n << 64n) return []
  const [integer, float] = [Buffer.alloc(8), Buffer.alloc(8)]
  integer.writeBigUInt64BE(value)
  float.writeDoubleBE(Number(digits))
  const form = (encoding: string, bytes: Buffer): Form[] => [
    { encoding: `${encoding}-be`, core: bytes },
    { encoding: `${encoding}-le`, core: Buffer.from(bytes).reverse() },
  ]
  return [...form('int64', integer), ...form('float64', float)]
}

/** The hex text of swapped BCD; a last digit without a partner stands beside a stranger. */
const swapPairs = (digits: string) =>
  (digits.match(/../g) ?? []).map(([a, b]) => `${b}${a}`).join('')

/** The shortest number worth a search: a shorter one is found by chance in any large file. */
export const MIN_DIGITS = 8

/** All forms of one number, or of one text: whatever begins with a letter. */
export function needlesOf(number: string): Needle[] {
  if (/^[a-z]/i.test(number)) return needlesOfText(number)
  if (!/^[0-9]+$/.test(number) || number.length < MIN_DIGITS || number.length > 32)
    throw new RangeError(`a number to search for has ${MIN_DIGITS} to 32 digits, and digits only`)
  const forms: Form[] = [
    { encoding: 'ascii', core: ascii(number) },
    { encoding: 'utf16-le', core: Buffer.from(number, 'utf16le') },
    { encoding: 'utf16-be', core: Buffer.from(number, 'utf16le').swap16() },
    { encoding: 'hex', core: ascii(ascii(number).toString('hex')) },
    ...[false, true].flatMap((swapped) => [
      bcd(number, swapped, false),
      bcd(number, swapped, true),
    ]),
    { encoding: 'bcd-swapped-hex', core: ascii(swapPairs(number)) },
    { encoding: 'bcd-swapped-odd-hex', core: ascii(swapPairs(number.slice(1))) },
    base64(number, 0),
    base64(number, 1),
    base64(number, 2),
    ...words(number),
  ]
  return forms.map((form) => ({ number, ...form }))
}

/** A text is no packed decimal and no integer; its hex has letters, its base64 two alphabets. */
function needlesOfText(text: string): Needle[] {
  if (!/^[ -~]+$/.test(text) || text.length < MIN_DIGITS)
    throw new RangeError(`a text to search for has ${MIN_DIGITS} or more characters of ASCII`)
  const hex = ascii(text).toString('hex')
  const inBase64 = ([0, 1, 2] as const).map((shift) => base64(text, shift))
  const inBase64url = inBase64.flatMap(({ encoding, core }) => {
    const other = Buffer.from(core).toString('latin1').replaceAll('+', '-').replaceAll('/', '_')
    return ascii(other).equals(core) ? [] : [{ encoding: `${encoding}-url`, core: ascii(other) }]
  })
  const forms: Form[] = [
    { encoding: 'ascii', core: ascii(text) },
    { encoding: 'utf16-le', core: Buffer.from(text, 'utf16le') },
    { encoding: 'utf16-be', core: Buffer.from(text, 'utf16le').swap16() },
    { encoding: 'hex', core: ascii(hex) },
    { encoding: 'hex-upper', core: ascii(hex.toUpperCase()) },
    ...inBase64,
    ...inBase64url,
  ]
  return forms.map((form) => ({ number: text, ...form }))
}
