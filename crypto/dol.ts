/**
 * Data object lists (EMV Book 3 §5.4): a card names what it wants to know, tag and length, and
 * gets the values one behind the other, without tags. Browser-safe.
 */
import { readTag, TlvError } from './ber-tlv.ts'

export class DolError extends Error {
  override readonly name = 'DolError'
  readonly code: 'truncated' | 'bad_tag'
  constructor(code: DolError['code']) {
    super(code)
    this.code = code
  }
}

export type DolEntry = { readonly tag: number; readonly length: number }

export function parseDol(dol: Uint8Array): DolEntry[] {
  const entries: DolEntry[] = []
  let at = 0
  while (at < dol.length) {
    const { value: tag, next } = tagAt(dol, at)
    const length = dol[next]
    if (length === undefined) throw new DolError('truncated')
    entries.push({ tag, length })
    at = next + 1
  }
  return entries
}

function tagAt(dol: Uint8Array, at: number): { readonly value: number; readonly next: number } {
  try {
    return readTag(dol, at)
  } catch (error) {
    if (!(error instanceof TlvError)) throw error
    throw new DolError(error.code === 'truncated' ? 'truncated' : 'bad_tag')
  }
}

/** How a value is cut or filled: n numeric, cn compressed numeric, b anything else (§4.3). */
export type Format = 'n' | 'cn' | 'b'

/** Tags whose values are numbers (EMV Book 3, Annex A1); every other is `b`. */
// biome-ignore format: a table
const numeric = new Set([
  0x9f02, 0x9f03, 0x9f1a, 0x5f2a, 0x9a, 0x9c, 0x9f21, 0x5f24, 0x5f25, 0x5f34,
  0x9f35, 0x9f15, 0x9f41,
])
const compressed = new Set([0x5a, 0x9f20])

export const emvFormat = (tag: number): Format => {
  if (numeric.has(tag)) return 'n'
  return compressed.has(tag) ? 'cn' : 'b'
}

export type Values = (tag: number) => Uint8Array | undefined

/** The values in the list's order and lengths; what is not known is zeros (§5.4). */
export function fillDol(
  entries: readonly DolEntry[],
  values: Values,
  formatOf: (tag: number) => Format,
): Uint8Array<ArrayBuffer> {
  const filled = new Uint8Array(entries.reduce((size, { length }) => size + length, 0))
  let at = 0
  for (const { tag, length } of entries) {
    const value = values(tag)
    if (value !== undefined) filled.set(fitted(value, length, formatOf(tag)), at)
    at += length
  }
  return filled
}

function fitted(value: Uint8Array, length: number, format: Format): Uint8Array {
  if (format === 'n') {
    const right = new Uint8Array(length)
    const kept = value.subarray(Math.max(0, value.length - length))
    right.set(kept, length - kept.length)
    return right
  }
  const left = new Uint8Array(length).fill(format === 'cn' ? 0xff : 0)
  left.set(value.subarray(0, length))
  return left
}
