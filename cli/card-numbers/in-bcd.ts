/**
 * Packed decimal (BCD), as chip cards, stripes' readers and ISO 8583 write numbers: two digits in a
 * byte, the first in the high half. Any bytes may happen to be decimal, so it counts only where
 * something says so: tag 5A or 57 before it (EMV Book 3), a pad or a track's D behind it, its
 * length before it (ISO 8583 field 2), or emptiness on both sides.
 */
import type { Seen } from './seen.ts'

const PAN_TAG = 0x5a
const TRACK_TAG = 0x57
const LEAST = 13
const WHOLE = 1
const ODD = 2
const TAG = 4

/**
 * Pairs of bytes that are worth a look: those with which a number of these BINs begins, at a whole
 * byte or at its low half, and the two tags with the lengths that they may have.
 */
function pairsOf(bins: readonly string[]): Uint8Array {
  const table = new Uint8Array(65_536)
  const mark = (pair: number, bit: number) => {
    table[pair] = (table[pair] ?? 0) | bit
  }
  for (const bin of bins) {
    const [a = 0, b = 0, c = 0, d = 0] = [...bin].map(Number)
    mark((a << 12) | (b << 8) | (c << 4) | d, WHOLE)
    for (let stranger = 0; stranger < 16; stranger += 1)
      mark((stranger << 12) | (a << 8) | (b << 4) | c, ODD)
  }
  for (let length = 7; length <= 10; length += 1) mark((PAN_TAG << 8) | length, TAG)
  for (let length = 11; length <= 19; length += 1) mark((TRACK_TAG << 8) | length, TAG)
  return table
}

const hexOf = (bytes: Buffer, at: number, end: number) => bytes.toString('hex', at, end)

/** The digits that begin `hex`, and what ends them. */
function digitsOf(hex: string): { readonly digits: string; readonly rest: string } {
  const [digits = ''] = /^\d*/.exec(hex) ?? []
  return { digits, rest: hex.slice(digits.length) }
}

/**
 * Under tag 5A, or under tag 57 as a whole track 2: the form says what it is. Hundreds of megabytes
 * hold a tag, its length and eight decimal bytes by chance; before another data object of a chip's
 * record (its expiry, its sequence number …) they hardly do, and only then it is certain.
 */
function ofTag(bytes: Buffer, at: number): Seen | undefined {
  const [tag, length = 0] = [bytes[at], bytes[at + 1]]
  const { digits, rest } = digitsOf(hexOf(bytes, at + 2, at + 2 + length))
  const ends = tag === PAN_TAG ? /^f?$/ : /^d\d\d(?:0[1-9]|1[0-2])\d{3,}f?$/
  if (digits.length < LEAST || !ends.test(rest)) return undefined
  const end = at + 2 + Math.ceil(digits.length / 2)
  const certain = tag === TRACK_TAG || isChipObject(bytes, at + 2 + length)
  return { digits, encoding: 'bcd', at: at + 2, end, certain }
}

/** A tag beside 5A in a chip's records, and a length that it may have (EMV Book 3 Annex A). */
const isChipObject = (bytes: Buffer, at: number) =>
  /^(?:57(?:0[89a-f]|1[0-3])|5f(?:2[0458]|30|34)0|8[cde]|9f(?:0[78]|0[def]|1f|42|4[4a])0)/.test(
    hexOf(bytes, at, at + 3),
  )

/** Sixteen digits of one of our BINs, with something beside them that says so. */
function ofBin(bytes: Buffer, at: number, odd: boolean): Seen | undefined {
  const hex = hexOf(bytes, at, at + 11).slice(odd ? 1 : 0)
  const { digits, rest } = digitsOf(hex.slice(0, 20))
  if (digits.length < 16) return undefined
  const number = digits.slice(0, 16)
  const before = bytes[at - 1]
  const isPadded = /^[df]/.test(digits.slice(16) + rest)
  const hasLength = !odd && (before === 0x08 || before === 0x10 || before === 0x16)
  const next = bytes[at + 8]
  const stands = (byte: number | undefined) => byte === undefined || byte === 0 || byte === 0xff
  // An address in memory ends with two zero bytes (its machine's order) and may be decimal too.
  const isAlone = !odd && stands(before) && stands(next) && !number.endsWith('0000')
  if (!isPadded && !hasLength && !isAlone) return undefined
  return { digits: number, encoding: 'bcd', at, end: at + (odd ? 9 : 8) }
}

export function createInBcd(bins: readonly string[]): (bytes: Buffer) => Seen[] {
  const table = pairsOf(bins)
  return (bytes) => {
    const found: Seen[] = []
    let pair = bytes[0] ?? 0
    for (let next = 1; next < bytes.length; next += 1) {
      pair = ((pair & 0xff) << 8) | (bytes[next] ?? 0)
      const kind = table[pair] ?? 0
      if (kind === 0) continue
      const at = next - 1
      const seen = [
        kind & TAG ? ofTag(bytes, at) : undefined,
        kind & WHOLE ? ofBin(bytes, at, false) : undefined,
        kind & ODD ? ofBin(bytes, at, true) : undefined,
      ]
      found.push(...seen.filter((one) => one !== undefined))
    }
    return found
  }
}
