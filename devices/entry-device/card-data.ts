/**
 * The card data of an entry as it is encrypted: BER-TLV (EMV Book 3 Annex B; tags of
 * protocol/entry-device.ts), padded to a constant size (ISO/IEC 7816-4), written in place.
 *
 * `crypto/ber-tlv.ts` would make an array for every value; here the values must not be copied.
 */
import { entryTags } from '@warifu/protocol/entry-device'
import { lastDay } from './digits.ts'
import { type Entry, scratch, view } from './entry-memory.ts'
import { writeTrack2 } from './stripe.ts'

const tagBytes = (tag: string): Uint8Array => Uint8Array.from(Buffer.from(tag, 'hex'))

/** Packs digits two to a byte, the last half padded with F (EMV Book 3 §4.3, `cn`). */
function packDigits(digits: Uint8Array, into: Uint8Array): number {
  const size = Math.ceil(digits.length / 2)
  for (let at = 0; at < size; at += 1) {
    const [high, low] = [digits[2 * at] ?? 0, digits[2 * at + 1]]
    into[at] = ((high & 0x0f) << 4) | (low === undefined ? 0x0f : low & 0x0f)
  }
  return size
}

function packExpiry(expiry: Uint8Array, into: Uint8Array): number {
  const day = lastDay(expiry)
  packDigits(expiry.subarray(2, 4), into)
  packDigits(expiry.subarray(0, 2), into.subarray(1))
  into[2] = (Math.floor(day / 10) << 4) | (day % 10)
  return 3
}

function copyBytes(value: Uint8Array, into: Uint8Array): number {
  into.set(value)
  return value.length
}

/** A value of a tag: writes itself, and says how long it is. */
type Part = readonly [tag: string, write: (entry: Entry, into: Uint8Array) => number]

const parts: readonly Part[] = [
  [entryTags.pan, (entry, into) => packDigits(view(entry, 'pan'), into)],
  [entryTags.expiry, (entry, into) => packExpiry(view(entry, 'expiry'), into)],
  [entryTags.securityCode, (entry, into) => copyBytes(view(entry, 'code'), into)],
  [entryTags.track2, writeTrack2],
]

/** What a chip told and was told, by tag, in the order of the protocol's table. */
export type ChipValues = ReadonlyMap<number, Uint8Array>

const partsOfChip = (values: ChipValues): Part[] =>
  Object.values(entryTags).map((tag) => [
    tag,
    (_, into) => copyBytes(values.get(Number.parseInt(tag, 16)) ?? new Uint8Array(0), into),
  ])

/** Writes the padded card data into the entry's scratch room and answers with that view. */
export function writeCardData(entry: Entry, chip?: ChipValues): Uint8Array {
  const plain = scratch(entry).fill(0)
  let at = 0
  for (const [tag, write] of chip === undefined ? parts : partsOfChip(chip)) {
    const name = tagBytes(tag)
    const length = write(entry, plain.subarray(at + name.length + 1))
    if (length === 0) continue
    plain.set(name, at)
    plain[at + name.length] = length
    at += name.length + 1 + length
  }
  plain[at] = 0x80
  return plain
}
