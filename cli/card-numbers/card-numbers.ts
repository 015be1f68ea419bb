/**
 * Finds card numbers that nobody told us: by issuer's digits, Luhn digit and what stands beside
 * them, in text, UTF-16, hex, base64 and packed decimal; the numbers that payment companies print
 * to test with need nothing beside them. And whatever the caller has planted.
 */
import { createScanner } from '@warifu/cli/scan'
import { isCardContext } from './context.ts'
import { inBase64 } from './in-base64.ts'
import { createInBcd } from './in-bcd.ts'
import { inText } from './in-text.ts'
import { publishedTestNumbers, whoseNumber } from './ranges.ts'
import type { Seen } from './seen.ts'

export type CardFinding = {
  readonly number: string
  readonly whose: 'ours' | 'network' | 'test_number' | 'planted'
  readonly encoding: string
  /** Where its first byte lies. */
  readonly offset: number
}

export type Wanted = {
  /** BINs of the house: six digits or more each. */
  readonly bins: readonly string[]
  /** Numbers and texts that were planted. */
  readonly planted: readonly string[]
}

export type CardScanner = {
  /** Takes bytes that lie at this place; answers with what is certain by now. */
  readonly feed: (chunk: Uint8Array, at: number) => CardFinding[]
  /** No more bytes, or none that follow on: answers with the rest. */
  readonly end: () => CardFinding[]
}

/** Bytes that are looked at before and behind a number; what begins later waits for more bytes. */
const BEFORE = 256
const BEHIND = 256
const BESIDE = 64

/** Packed digits of one pair again and again are the filling of any memory: 42 42 42 42 … */
const isTelling = (number: string) => !/^(..)\1*$/.test(number)
const testBins = publishedTestNumbers.filter(isTelling).map((number) => number.slice(0, 6))
const published: ReadonlySet<string> = new Set(publishedTestNumbers)
const isPublished = (digits: string) => published.has(digits)

export function createCardScanner({ bins, planted }: Wanted): CardScanner {
  const known = new Set<string>(planted)
  const exact = planted.length === 0 ? undefined : createScanner(planted)
  const inBcd = createInBcd([...bins, ...testBins])
  let bytes: Buffer = Buffer.alloc(0)
  let base = 0
  let done = 0

  const told = (seen: Seen): CardFinding[] => {
    if (known.has(seen.digits)) return []
    const whose = isPublished(seen.digits) ? 'test_number' : whoseNumber(seen.digits, bins)
    if (whose === undefined) return []
    if (whose === 'network' && !isTold(bytes, seen)) return []
    return [{ number: seen.digits, whose, encoding: seen.encoding, offset: base + seen.at }]
  }
  const look = (until: number): CardFinding[] => {
    const ofNow = ({ at }: Seen) => base + at >= done && base + at < until
    const all = [...inText(bytes), ...inBase64(bytes), ...inBcd(bytes)]
    const found = all.filter(ofNow).flatMap(told)
    done = Math.max(done, until)
    return once(found)
  }
  const end = () => look(base + bytes.length + 1)
  const feed = (chunk: Uint8Array, at: number): CardFinding[] => {
    const found: CardFinding[] = (exact?.feed(chunk, at) ?? []).map(
      ({ number, encoding, offset }) => ({ number, whose: 'planted', encoding, offset }),
    )
    if (at !== base + bytes.length) {
      found.push(...end())
      bytes = Buffer.alloc(0)
      base = at
      done = at
    }
    bytes = Buffer.concat([bytes, chunk])
    found.push(...look(base + bytes.length - BEHIND))
    const cut = Math.max(0, bytes.length - BEHIND - BEFORE)
    bytes = bytes.subarray(cut)
    base += cut
    return found
  }
  return { feed, end }
}

const once = (found: readonly CardFinding[]) => [
  ...new Map(found.map((one) => [`${one.number} ${one.offset}`, one])).values(),
]

/** Another company's number: certain by its form, or by what is written beside it. */
const isTold = (bytes: Buffer, seen: Seen) =>
  seen.encoding === 'bcd' ? seen.certain === true : isBesideCard(bytes, seen)

/** What stands beside it, read in each way in which its own digits may be read. */
function isBesideCard(bytes: Buffer, { at, end, encoding, grouped = false, beside }: Seen) {
  if (beside !== undefined) return isCardContext({ ...beside, grouped })
  const left = bytes.subarray(Math.max(0, at - 2 * BESIDE), at)
  const right = bytes.subarray(end, end + 2 * BESIDE)
  const readings = encoding === 'utf16' ? wide : encoding === 'hex' ? hex : plain
  return readings.some((read) =>
    isCardContext({ before: read(left, 'end'), after: read(right, 'start'), grouped }),
  )
}

/** Bytes that end, or start, at the digits. */
type Reading = (bytes: Buffer, held: 'start' | 'end') => string
const utf8: Reading = (bytes) => bytes.toString('utf8')
const utf16 =
  (swap: boolean): Reading =>
  (bytes, held) => {
    // Digits are where a character begins: an odd byte stands at the far side.
    const odd = bytes.length % 2
    const even = Buffer.from(
      held === 'end' ? bytes.subarray(odd) : bytes.subarray(0, -odd || undefined),
    )
    return (swap ? even.swap16() : even).toString('utf16le')
  }
/** A zero may stand between the text and the digits' first byte, or not: by the order of bytes. */
const shifted =
  (read: Reading): Reading =>
  (bytes, held) =>
    read(held === 'end' ? bytes.subarray(0, -1) : bytes.subarray(1), held)
const ofHex: Reading = (bytes, held) => {
  const text = bytes.toString('latin1')
  const [run = ''] = (held === 'end' ? /[0-9a-f]*$/i : /^[0-9a-f]*/i).exec(text) ?? []
  const even = held === 'end' ? run.slice(run.length % 2) : run.slice(0, run.length & ~1)
  return Buffer.from(even, 'hex').toString('utf8')
}
const plain: readonly Reading[] = [utf8]
const hex: readonly Reading[] = [utf8, ofHex]
const wide: readonly Reading[] = [utf16(false), shifted(utf16(true))]
