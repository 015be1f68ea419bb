/**
 * Runs of digits in bytes that are text: ASCII and what is ASCII in other alphabets, UTF-16 in both
 * orders (a zero byte between digits either way), and hex of ASCII (a 3 before every digit).
 */
import type { Seen } from './seen.ts'

const isDigit = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= 0x30 && byte <= 0x39
const SPACE = 0x20
const DASH = 0x2d
/** Groups in which numbers are printed on cards. */
const faces = ['4 4 4 4', '4 6 5', '4 6 4', '4 4 4 4 3']
const LEAST = 13
const MOST = 19

/** Every run that has as many digits as a card number. */
export function inText(bytes: Buffer): Seen[] {
  const found: Seen[] = []
  for (let at = 0; at < bytes.length; ) {
    if (!isDigit(bytes[at])) {
      at += 1
      continue
    }
    let end = at + 1
    while (isDigit(bytes[end])) end += 1
    const length = end - at
    // Nearly all runs of such a length are no card's: the Luhn digit is asked before anything else.
    if (length >= LEAST && length <= MOST && passes(bytes, at, end))
      found.push({ digits: textOf(bytes, at, end), encoding: 'text', at, end })
    if (length >= 2 * LEAST) found.push(...ofHex(textOf(bytes, at, end), at))
    else if (length > LEAST && isTag(bytes, at)) found.push(...ofTag(bytes, at, end))
    else if (length > LEAST && isTrack(bytes, at, end)) found.push(...ofTrack(bytes, at, end))
    else if (length === 4) end = ofGroups(bytes, at, found)
    else if (length === 1 && bytes[end] === 0 && isDigit(bytes[end + 1]))
      end = ofWide(bytes, at, found)
    at = end
  }
  return found
}

const textOf = (bytes: Buffer, at: number, end: number) => bytes.toString('latin1', at, end)

/** The Luhn digit (ISO/IEC 7812-1 Annex B), on the bytes as they lie. */
function passes(bytes: Buffer, at: number, end: number): boolean {
  let sum = 0
  for (let i = end - 1, doubled = false; i >= at; i -= 1, doubled = !doubled) {
    const digit = (bytes[i] ?? 0) - 0x30
    sum += doubled ? (digit > 4 ? 2 * digit - 9 : 2 * digit) : digit
  }
  return sum % 10 === 0
}

/** Hex of tag 5A (EMV Book 3) stands before: the length that follows it is digits too. */
const isTag = (bytes: Buffer, at: number) =>
  bytes[at - 2] === 0x35 && ((bytes[at - 1] ?? 0) | 0x20) === 0x61

/** Hex of tag 57, its length, digits, and the D before the expiry. */
const isTrack = (bytes: Buffer, at: number, end: number) =>
  bytes[at] === 0x35 && bytes[at + 1] === 0x37 && ((bytes[end] ?? 0) | 0x20) === 0x64

function ofTrack(bytes: Buffer, at: number, end: number): Seen[] {
  const digits = textOf(bytes, at + 4, end)
  const fits = digits.length >= LEAST && digits.length <= MOST
  return fits ? [{ digits, encoding: 'hex', at: at + 4, end }] : []
}

function ofTag(bytes: Buffer, at: number, end: number): Seen[] {
  const digits = textOf(bytes, at, end)
  const bytesLong = Number.parseInt(digits.slice(0, 2), 16)
  const inner = digits.slice(2, Math.min(digits.length, 2 + 2 * bytesLong))
  if (bytesLong < 6 || bytesLong > 19 || inner.length < LEAST || inner.length > MOST) return []
  return [{ digits: inner, encoding: 'hex', at: at + 2, end: at + 2 + inner.length }]
}

/** Digits as hex text: 34 31 31 31 …, at either half of the run. */
function ofHex(digits: string, at: number): Seen[] {
  const found: Seen[] = []
  for (const { index, 0: pairs } of digits.matchAll(/(?:3\d){13,}/g)) {
    const inner = pairs.replaceAll(/3(\d)/g, '$1')
    if (inner.length <= MOST)
      found.push({ digits: inner, encoding: 'hex', at: at + index, end: at + index + pairs.length })
  }
  return found
}

/** 4111 1111 1111 1111, with one kind of separator; answers where reading goes on. */
function ofGroups(bytes: Buffer, at: number, found: Seen[]): number {
  const separator = bytes[at + 4]
  const first = at + 4
  if (separator !== SPACE && separator !== DASH) return first
  const ends: number[] = []
  for (let start = at; isDigit(bytes[start]) && ends.length < 6; ) {
    let end = start
    while (isDigit(bytes[end])) end += 1
    ends.push(end)
    if (bytes[end] !== separator) break
    start = end + 1
  }
  const lengths = ends.map((end, place) => end - (place === 0 ? at : (ends[place - 1] ?? 0) + 1))
  // Behind it may come one group of two: the month of its expiry.
  const whole = lengths.at(-1) === 2 ? lengths.slice(0, -1) : lengths
  if (!faces.includes(whole.join(' '))) return first
  const end = ends[whole.length - 1] ?? first
  const digits = textOf(bytes, at, end).replaceAll(/\D/g, '')
  found.push({ digits, encoding: 'text', at, end, grouped: true })
  return end
}

/** A digit in every second byte. */
function ofWide(bytes: Buffer, at: number, found: Seen[]): number {
  let end = at + 1
  while (bytes[end] === 0 && isDigit(bytes[end + 1])) end += 2
  const digits = textOf(bytes, at, end).replaceAll('\0', '')
  if (digits.length >= LEAST && digits.length <= MOST)
    found.push({ digits, encoding: 'utf16', at, end })
  return end
}
