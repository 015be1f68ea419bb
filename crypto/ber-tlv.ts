/**
 * BER-TLV as EMV uses it (EMV Book 3, Annex B; ISO/IEC 8825-1): strict, one level at a time.
 *
 * Tags are numbers as they are written (0x9f02). A constructed value is read by calling `decode`
 * again on it. Indefinite lengths do not exist in EMV; zero bytes between objects are padding.
 * Browser-safe.
 */
export class TlvError extends Error {
  override readonly name = 'TlvError'
  readonly code:
    | 'truncated'
    | 'bad_tag'
    | 'indefinite_length'
    | 'length_too_long'
    | 'duplicate_tag'
    | 'too_deep'
  constructor(code: TlvError['code']) {
    super(code)
    this.code = code
  }
}

export type Tlv = { readonly tag: number; readonly value: Uint8Array }

/** EMV needs two bytes of tag, its contactless kernels three. */
const TAG_BYTES = 3
const LENGTH_BYTES = 3

/** The data objects of one level; values are views of `bytes`. */
export function decode(bytes: Uint8Array): Tlv[] {
  const found: Tlv[] = []
  let at = 0
  while (at < bytes.length) {
    if (bytes[at] === 0) {
      at += 1
      continue
    }
    const tag = readTag(bytes, at)
    const length = readLength(bytes, tag.next)
    const end = length.next + length.value
    if (end > bytes.length) throw new TlvError('truncated')
    found.push({ tag: tag.value, value: bytes.subarray(length.next, end) })
    at = end
  }
  return found
}

/** One level as a map; the same tag twice is refused, as no reader could say which one counts. */
export function decodeMap(bytes: Uint8Array): Map<number, Uint8Array> {
  const map = new Map<number, Uint8Array>()
  for (const { tag, value } of decode(bytes)) {
    if (map.has(tag)) throw new TlvError('duplicate_tag')
    map.set(tag, value)
  }
  return map
}

const DEEPEST = 8

/** The first value under this tag, however deep (a PPSE's answer nests four levels). */
export function find(bytes: Uint8Array, wanted: number, depth = 0): Uint8Array | undefined {
  if (depth > DEEPEST) throw new TlvError('too_deep')
  for (const { tag, value } of decode(bytes)) {
    if (tag === wanted) return value
    const inside = isConstructed(tag) ? find(value, wanted, depth + 1) : undefined
    if (inside !== undefined) return inside
  }
  return undefined
}

/** Whether the value is itself a row of data objects (bit 6 of the tag's first byte). */
export const isConstructed = (tag: number): boolean => (firstByte(tag) & 0x20) !== 0

export function encode(objects: readonly Tlv[]): Uint8Array<ArrayBuffer> {
  const parts = objects.flatMap(({ tag, value }) => [
    tagBytes(tag),
    lengthBytes(value.length),
    value,
  ])
  return concat(parts)
}

/** A constructed object around others. */
export const nest = (tag: number, objects: readonly Tlv[]): Tlv => ({ tag, value: encode(objects) })

type Read = { readonly value: number; readonly next: number }

/** Annex B1: five one-bits say that the number goes on, bit 8 that one more byte follows. */
export function readTag(bytes: Uint8Array, start: number): Read {
  let value = bytes[start]
  if (value === undefined) throw new TlvError('truncated')
  if (value === 0) throw new TlvError('bad_tag')
  if ((value & 0x1f) !== 0x1f) return { value, next: start + 1 }
  for (let at = start + 1; at < start + TAG_BYTES; at += 1) {
    const byte = bytes[at]
    if (byte === undefined) throw new TlvError('truncated')
    // A number that begins with a zero group has a shorter spelling (ISO/IEC 8825-1 §8.1.2.4.2).
    if (at === start + 1 && byte === 0x80) throw new TlvError('bad_tag')
    value = value * 256 + byte
    if (byte < 0x80) return { value, next: at + 1 }
  }
  throw new TlvError('bad_tag')
}

/** Annex B2. A length may be written with more bytes than it needs. */
function readLength(bytes: Uint8Array, start: number): Read {
  const first = bytes[start]
  if (first === undefined) throw new TlvError('truncated')
  if (first < 0x80) return { value: first, next: start + 1 }
  if (first === 0x80) throw new TlvError('indefinite_length')
  const count = first - 0x80
  if (count > LENGTH_BYTES) throw new TlvError('length_too_long')
  let value = 0
  for (let at = start + 1; at <= start + count; at += 1) {
    const byte = bytes[at]
    if (byte === undefined) throw new TlvError('truncated')
    value = value * 256 + byte
  }
  return { value, next: start + 1 + count }
}

function firstByte(tag: number): number {
  let first = tag
  while (first > 0xff) first = Math.floor(first / 256)
  return first
}

/** The bytes of a tag; what `decode` would not read is refused. */
export function tagBytes(tag: number): Uint8Array<ArrayBuffer> {
  const bytes = bigEndian(tag)
  if (!Number.isInteger(tag) || bytes.length > TAG_BYTES) throw new TlvError('bad_tag')
  if (readTag(bytes, 0).next !== bytes.length) throw new TlvError('bad_tag')
  return bytes
}

function lengthBytes(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length)
  const bytes = bigEndian(length)
  if (bytes.length > LENGTH_BYTES) throw new TlvError('length_too_long')
  return concat([Uint8Array.of(0x80 + bytes.length), bytes])
}

function bigEndian(value: number): Uint8Array<ArrayBuffer> {
  const bytes: number[] = []
  for (let rest = value; rest >= 1; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return Uint8Array.from(bytes)
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
