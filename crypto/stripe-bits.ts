/**
 * Track 1 as a magnetic head hears it (ISO/IEC 7811-2 §10, 7811-6): characters 20 to 5F (hex) as
 * six bits, lowest first, then an odd parity bit; start sentinel %, end sentinel ?, an LRC over all
 * of them; clocking zeros around. What a magnetic secure transmission sends. Browser-safe.
 */
const START = '%'.charCodeAt(0) - 0x20
const END = '?'.charCodeAt(0) - 0x20
const BITS = 7
const CLOCKING = 25
/** ISO/IEC 7813: 79 characters, three of them the sentinels and the LRC. */
const LONGEST = 76

const withParity = (six: number): number => {
  let ones = 0
  for (let bit = 0; bit < 6; bit += 1) ones += (six >> bit) & 1
  return six | ((1 - (ones & 1)) << 6)
}

/** The data between the sentinels as bits in bytes, highest first, filled with zeros. */
export function encodeStripe(data: string): Uint8Array<ArrayBuffer> {
  if (!/^[ ->@-_]*$/.test(data) || data.length > LONGEST)
    throw new RangeError('track 1 takes 76 characters from 20 to 5F (hex), and no ?')
  const six = [START, ...Array.from(data, (letter) => letter.charCodeAt(0) - 0x20), END]
  const lrc = six.reduce((sum, each) => sum ^ each, 0)
  const bits = [...six, lrc].flatMap((each) =>
    Array.from({ length: BITS }, (_, bit) => (withParity(each) >> bit) & 1),
  )
  const zeros = new Array<number>(CLOCKING).fill(0)
  const all = [...zeros, ...bits, ...zeros]
  const bytes = new Uint8Array(Math.ceil(all.length / 8))
  for (const [at, bit] of all.entries())
    if (bit === 1) bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (0x80 >> (at & 7))
  return bytes
}

/** The data between the sentinels; undefined where parity, LRC or a sentinel is wrong. */
export function decodeStripe(bytes: Uint8Array): string | undefined {
  const bits = [...bytes].flatMap((byte) =>
    Array.from({ length: 8 }, (_, bit) => (byte >> (7 - bit)) & 1),
  )
  const from = bits.indexOf(1)
  let data = ''
  let lrc = 0
  for (let at = from; from >= 0 && at + BITS <= bits.length; at += BITS) {
    const seven = bits.slice(at, at + BITS).reduce((sum, bit, place) => sum | (bit << place), 0)
    const six = seven & 0x3f
    if (withParity(six) !== seven || (at === from && six !== START)) return undefined
    lrc ^= six
    if (six === END) return endsWith(bits.slice(at + BITS, at + 2 * BITS), lrc) ? data : undefined
    if (at > from) data += String.fromCharCode(six + 0x20)
  }
  return undefined
}

const endsWith = (bits: readonly number[], lrc: number): boolean =>
  bits.length === BITS &&
  bits.reduce((sum, bit, place) => sum | (bit << place), 0) === withParity(lrc)
