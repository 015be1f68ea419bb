/**
 * Digits inside base64 (RFC 4648). Three ASCII digits make four characters, each of a small class
 * of its own: four such quads in a row do not come about by chance (1 in 10^16), so a page of
 * base64 costs one look at a byte. What is found is decoded with its surroundings and read as text.
 */
import { inText } from './in-text.ts'
import type { Seen } from './seen.ts'

/** Classes of the four characters of three digits: 0011dddd 0011dddd 0011dddd. */
const classes = ['MNOP', 'DTjz', 'AEIMQUYcgk', 'wxyz012345'] as const
const roles = new Uint8Array(256)
for (const [place, letters] of classes.entries())
  for (const letter of letters) {
    const code = letter.charCodeAt(0)
    roles[code] = (roles[code] ?? 0) | (1 << place)
  }
const QUADS = 4
const AROUND = 64
const isBase64 = (byte: number | undefined) =>
  byte !== undefined && /[A-Za-z0-9+/_\r\n-]/.test(String.fromCharCode(byte))

/** Lines of mail are broken anywhere (RFC 2045 §6.8): a break counts as nothing. */
const isBreak = (byte: number | undefined) => byte === 10 || byte === 13

/** The end of a chain of quads that begins here, or `at` where there are too few. */
function chain(bytes: Buffer, at: number): number {
  let next = at
  let end = at
  for (let count = 0; ; count += 1) {
    for (let place = 0; place < 4; place += 1) {
      while (isBreak(bytes[next])) next += 1
      if (((roles[bytes[next] ?? 0] ?? 0) & (1 << place)) === 0) return count >= QUADS ? end : at
      next += 1
    }
    end = next
  }
}

export function inBase64(bytes: Buffer): Seen[] {
  const found: Seen[] = []
  for (let at = 0; at < bytes.length; at += 1) {
    if (((roles[bytes[at] ?? 0] ?? 0) & 1) === 0) continue
    const end = chain(bytes, at)
    if (end === at) continue
    found.push(...decoded(bytes, at, end))
    at = end - 1
  }
  return found
}

/** The quads with what stands before and behind them, decoded. */
function decoded(bytes: Buffer, at: number, end: number): Seen[] {
  let start = at
  while (start > at - AROUND && isBase64(bytes[start - 1])) start -= 1
  let stop = end
  while (stop < end + AROUND && isBase64(bytes[stop])) stop += 1
  const strip = (from: number, to: number) =>
    bytes.toString('latin1', from, to).replaceAll(/[\r\n]/g, '')
  const left = strip(start, at)
  const whole = left.slice(left.length % 4) + strip(at, stop)
  const inner = Buffer.from(whole, 'base64')
  return inText(inner)
    .filter(({ digits, end: last }) => last > (left.length * 3) / 4 - digits.length)
    .map(({ digits, at: first, end: last, grouped }) => ({
      ...({ digits, encoding: 'base64', at, end } as const),
      ...(grouped ? { grouped } : {}),
      beside: {
        before: inner.toString('utf8', Math.max(0, first - AROUND), first),
        after: inner.toString('utf8', last, last + AROUND),
      },
    }))
}
