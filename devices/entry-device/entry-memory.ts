/**
 * The only place where what a person enters lies in clear: one block of bytes, wiped with `wipe`.
 *
 * The block is an ArrayBuffer of its own, so it stands outside V8's heap: a small typed array would
 * stand on it, and the collector would leave copies where it had been. Digits are never made into
 * strings, which nobody can wipe. They are written in place: a state with an entry is used once.
 */
type Place = { readonly at: number; readonly size: number }

/** Fields as ASCII characters; `chip` is for all that a chip card answers, one after the other. */
const places = {
  pan: { at: 0, size: 19 },
  expiry: { at: 20, size: 4 }, // MMYY, as it is embossed and keyed
  code: { at: 24, size: 4 },
  pin: { at: 28, size: 12 },
  stripe: { at: 40, size: 40 }, // track 2 with its sentinels and LRC (ISO/IEC 7811-2)
  chip: { at: 384, size: 4096 },
} as const satisfies Record<string, Place>
const SCRATCH = { at: 128, size: 256 }
const BYTES = 384 + 4096

export type Field = keyof typeof places
export type Entry = {
  readonly bytes: Uint8Array
  readonly lengths: Readonly<Record<Field, number>>
}

export const blankEntry = (): Entry => ({
  bytes: new Uint8Array(new ArrayBuffer(BYTES)),
  lengths: { pan: 0, expiry: 0, code: 0, pin: 0, stripe: 0, chip: 0 },
})

export const room = (field: Field): number => places[field].size

/** What stands in a field: a view, not a copy. */
export const view = ({ bytes, lengths }: Entry, field: Field): Uint8Array =>
  bytes.subarray(places[field].at, places[field].at + lengths[field])

/** Room to put the card data together before it is encrypted: a view. */
export const scratch = ({ bytes }: Entry): Uint8Array =>
  bytes.subarray(SCRATCH.at, SCRATCH.at + SCRATCH.size)

/** One more character in a field; a full field takes no more. */
export function typed({ bytes, lengths }: Entry, field: Field, character: number): Entry {
  const length = lengths[field]
  if (length >= places[field].size) return { bytes, lengths }
  bytes[places[field].at + length] = character
  return { bytes, lengths: { ...lengths, [field]: length + 1 } }
}

/** The field is empty again. */
export function cleared({ bytes, lengths }: Entry, field: Field): Entry {
  const { at, size } = places[field]
  bytes.fill(0, at, at + size)
  return { bytes, lengths: { ...lengths, [field]: 0 } }
}

/** Puts what stands elsewhere in the same block into a field. */
export function moved(entry: Entry, field: Field, from: Uint8Array): Entry {
  const { at, size } = places[field]
  const length = Math.min(from.length, size)
  entry.bytes.set(from.subarray(0, length), at)
  return { bytes: entry.bytes, lengths: { ...entry.lengths, [field]: length } }
}

export const wipe = ({ bytes }: Entry): void => void bytes.fill(0)
