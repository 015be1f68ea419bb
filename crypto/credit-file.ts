/**
 * Credit information as it lies in a SIM's elementary file (KR100451174B1, figures 1 to 3): a data
 * area that begins with its directory. Browser-safe.
 *
 *   directory   6 bytes each: length(2) description(1) option(1: 'M' or 'O') address(2)
 *               the first tells of the directory itself, each other one of an entry's place
 *   number      9 bytes: 16 digits packed two to a byte, selector
 *   PIN         2 bytes: the first two digits in one byte, selector
 *   selector    bit 8: flag (0 card company, 1 bank); bits 7 to 1: the company's index
 *   nothing     FF throughout
 *
 * Entry n of the PINs belongs to entry n of the numbers; number 1 is the default card. The same
 * bytes are also read as records: a file for the directory, one for each kind of entry. Sizes may
 * be larger: digits are then filled up with F.
 */
export class CreditFileError extends Error {
  override readonly name = 'CreditFileError'
  readonly code: 'bad_layout' | 'bad_digits' | 'bad_selector' | 'malformed'
  constructor(code: CreditFileError['code']) {
    super(code)
    this.code = code
  }
}

// ─── The data area ───────────────────────────────────────────────────────────────────────────────

/** What an entry holds; from 10 hex on, whatever an operator agrees with his readers. */
// biome-ignore format: a table
export const description = {
  directory:       0x00,
  card_number:     0x01,
  pin_digits:      0x02,
  identity_number: 0x03,
} as const

/** Entries of one kind, side by side. */
export type Section = {
  readonly description: number
  /** Bytes of one entry. */
  readonly length: number
  readonly count: number
  readonly isMandatory: boolean
}
/** The sections of one file in the order of their places. */
export type Layout = readonly Section[]

// biome-ignore format: a table
export const usualLayout: Layout = [
  { description: description.card_number,     length: 9, count: 4, isMandatory: true },
  { description: description.pin_digits,      length: 2, count: 4, isMandatory: false },
  { description: description.identity_number, length: 8, count: 1, isMandatory: false },
]

export const DIRECTORY_ENTRY_BYTES = 6
export const EMPTY = 0xff
/** What one command through a secure channel can carry. */
const LONGEST_ENTRY = 200
const MOST_ENTRIES = 254
/** Addresses are offsets of READ BINARY: 15 bits. */
const LARGEST_AREA = 0x7fff

/** A section with its place, or the directory itself: a window on the data area. */
export type Window = Section & { readonly address: number }

/** The windows of an area, the directory first; throws where they cannot be. */
export function windowsOf(layout: Layout): readonly Window[] {
  const entries = layout.reduce((sum, { count }) => sum + count, 1)
  const directory: Window = {
    description: description.directory,
    length: DIRECTORY_ENTRY_BYTES,
    count: entries,
    isMandatory: true,
    address: 0,
  }
  const windows = [directory]
  let address = DIRECTORY_ENTRY_BYTES * entries
  for (const section of layout) {
    windows.push({ ...section, address })
    address += section.length * section.count
  }
  const hasOneDirectory = layout.every(({ description: kind }) => kind !== description.directory)
  const isRight = windows.every(isWindow) && address <= LARGEST_AREA && hasOneDirectory
  if (!isRight) throw new CreditFileError('bad_layout')
  return windows
}

const isWindow = ({ description: kind, length, count }: Window): boolean =>
  isWhole(kind, 0, 0xff) && isWhole(length, 1, LONGEST_ENTRY) && isWhole(count, 1, MOST_ENTRIES)

const isWhole = (value: number, least: number, most: number): boolean =>
  Number.isInteger(value) && value >= least && value <= most

/** One row of the directory. */
export type Place = Omit<Window, 'count'>

/** Every row: the directory as a whole, then each entry. */
const placesOf = (layout: Layout): readonly Place[] =>
  windowsOf(layout).flatMap(({ count, ...window }): Place[] =>
    window.description === description.directory
      ? [{ ...window, length: window.length * count }]
      : Array.from({ length: count }, (_, at) => ({
          ...window,
          address: window.address + at * window.length,
        })),
  )

export const areaBytes = (layout: Layout): number =>
  windowsOf(layout).reduce((sum, { length, count }) => sum + length * count, 0)

/** A new file's bytes: the directory, and nothing in any entry. */
export function emptyArea(layout: Layout): Uint8Array<ArrayBuffer> {
  const area = new Uint8Array(areaBytes(layout)).fill(EMPTY)
  for (const [at, place] of placesOf(layout).entries())
    area.set(directoryEntry(place), at * DIRECTORY_ENTRY_BYTES)
  return area
}

const [MANDATORY, OPTIONAL] = [0x4d, 0x4f]

function directoryEntry({ length, description: kind, isMandatory, address }: Place): Uint8Array {
  const option = isMandatory ? MANDATORY : OPTIONAL
  return Uint8Array.of(length >> 8, length & 0xff, kind, option, address >> 8, address & 0xff)
}

/** The rows of a directory as it was read from a card, itself left out; throws where it is none. */
export function readDirectory(bytes: Uint8Array): Place[] {
  const [own, ...places] = Array.from(
    { length: Math.floor(bytes.length / DIRECTORY_ENTRY_BYTES) },
    (_, at) => readPlace(bytes.subarray(at * DIRECTORY_ENTRY_BYTES)),
  )
  if (own?.description !== description.directory || own.address !== 0 || own.length > bytes.length)
    throw new CreditFileError('malformed')
  return places.slice(0, own.length / DIRECTORY_ENTRY_BYTES - 1)
}

function readPlace(bytes: Uint8Array): Place {
  const [l1 = 0, l2 = 0, kind = 0, option = 0, a1 = 0, a2 = 0] = bytes
  return {
    length: l1 * 256 + l2,
    description: kind,
    isMandatory: option === MANDATORY,
    address: a1 * 256 + a2,
  }
}

// ─── Entries ─────────────────────────────────────────────────────────────────────────────────────

export type Selector = { readonly flag: 'card_company' | 'bank'; readonly company: number }

export function selectorByte({ flag, company }: Selector): number {
  if (!isWhole(company, 0, 0x7f)) throw new CreditFileError('bad_selector')
  return (flag === 'bank' ? 0x80 : 0x00) | company
}

export const readSelector = (byte: number): Selector => ({
  flag: (byte & 0x80) === 0 ? 'card_company' : 'bank',
  company: byte & 0x7f,
})

/** Digits and the company they are of: a number, the beginning of a PIN, another number. */
export type Entry = { readonly digits: string; readonly selector: Selector }

/** The bytes of an entry of this length; PIN and number differ in nothing else. */
export function writeEntry({ digits, selector }: Entry, length: number): Uint8Array<ArrayBuffer> {
  const room = (length - 1) * 2
  if (!/^[0-9]+$/.test(digits) || digits.length > room) throw new CreditFileError('bad_digits')
  const padded = digits.padEnd(room, 'f')
  const entry = new Uint8Array(length)
  for (let at = 0; at < length - 1; at += 1)
    entry[at] = Number.parseInt(padded.slice(at * 2, at * 2 + 2), 16)
  entry[length - 1] = selectorByte(selector)
  return entry
}

/** Undefined where nothing is written; throws where it is no entry. */
export function readEntry(bytes: Uint8Array): Entry | undefined {
  if (bytes.every((byte) => byte === EMPTY)) return undefined
  const packed = Array.from(bytes.subarray(0, -1), (byte) => byte.toString(16).padStart(2, '0'))
  const [, digits] = /^([0-9]+)f*$/.exec(packed.join('')) ?? []
  const selector = bytes.at(-1)
  if (digits === undefined || selector === undefined) throw new CreditFileError('malformed')
  return { digits, selector: readSelector(selector) }
}
