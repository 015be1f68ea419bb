/**
 * Track 2 of a magnetic stripe (ISO/IEC 7811-2, ISO/IEC 7813), read in place and never as a string:
 *
 *   ; PAN = YYMM service-code discretionary-data ? LRC        characters 0x30 … 0x3F
 */
import { isCardNumber } from './digits.ts'
import { cleared, type Entry, moved, typed, view } from './entry-memory.ts'

export const STRIPE_START = 0x3b
const SEPARATOR = 0x3d
const END = 0x3f
/** The four bits of a character; the fifth of the stripe is its parity, which the head checks. */
const bits = (character: number) => character & 0x0f

/** What the head reads is on the stripe's alphabet. */
export const isStripeCharacter = (byte: number): boolean => byte >= 0x30 && byte <= 0x3f

/** The longitudinal redundancy check: the exclusive or of all characters from `;` to `?`. */
export const lrcOf = (characters: Uint8Array): number =>
  0x30 | characters.reduce((sum, character) => sum ^ bits(character), 0)

/** The end sentinel was read: what comes now is the check character, and may look like a start. */
export const isStripeEnded = (entry: Entry): boolean => view(entry, 'stripe').at(-1) === END

/** The whole stripe was read: end sentinel, then one character more. */
export const isStripeWhole = (entry: Entry): boolean => view(entry, 'stripe').at(-2) === END

/** Number and expiry taken from the stripe into their fields; undefined: not read well. */
export function readStripe(entry: Entry): Entry | undefined {
  const stripe = view(entry, 'stripe')
  const separator = stripe.indexOf(SEPARATOR)
  const isFramed = stripe[0] === STRIPE_START && stripe.at(-2) === END && separator > 0
  if (!isFramed || stripe.at(-1) !== lrcOf(stripe.subarray(0, -1))) return undefined
  const pan = stripe.subarray(1, separator)
  const dates = stripe.subarray(separator + 1, separator + 5)
  const rest = stripe.subarray(separator + 1, -2)
  const isNumeric = rest.every((character) => character >= 0x30 && character <= 0x39)
  if (!isCardNumber(pan) || rest.length < 7 || !isNumeric) return undefined
  const found = moved(cleared(entry, 'pan'), 'pan', pan)
  // YYMM on the stripe, MMYY in the field, as a person keys it.
  return [2, 3, 0, 1].reduce(
    (filling, at) => typed(filling, 'expiry', dates[at] ?? 0),
    cleared(found, 'expiry'),
  )
}

/** Track 2 equivalent (EMV tag 57): nibbles, `D` for the separator, padded with F; its length. */
export function writeTrack2(entry: Entry, into: Uint8Array): number {
  if (entry.lengths.stripe === 0) return 0
  const characters = view(entry, 'stripe').subarray(1, -2)
  const size = Math.ceil(characters.length / 2)
  into.fill(0xff, 0, size)
  for (const [at, character] of characters.entries()) {
    const nibble = character === SEPARATOR ? 0xd : bits(character)
    const half = at % 2 === 0 ? nibble << 4 : nibble
    into[at >> 1] = ((into[at >> 1] ?? 0) & (at % 2 === 0 ? 0x0f : 0xf0)) | half
  }
  return size
}
