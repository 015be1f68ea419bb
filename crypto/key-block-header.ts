/**
 * The header of a key block (ANSI X9.143:2021 §6; TR-31:2018): what a key is for, in ASCII.
 *
 *   D 0112 P0 A E 00 N 00 00        version, length, usage, algorithm, mode, key version,
 *                                   exportability, number of optional blocks, reserved
 *
 * It stands in clear before the wrapped key and is authenticated with it. The length of an
 * extended optional block counts hex characters, as the example of §8.5 does.
 */
export class KeyBlockError extends Error {
  override readonly name = 'KeyBlockError'
  readonly code:
    | 'unsupported_version'
    | 'malformed_header'
    | 'malformed_optional_block'
    | 'length_mismatch'
    | 'bad_kbpk'
    | 'mac_mismatch'
    | 'bad_key_length'
    | 'wrong_usage'
  constructor(code: KeyBlockError['code']) {
    super(code)
    this.code = code
  }
}

export type KeyBlockHeader = {
  readonly version: string
  /** B0 base derivation key, B1 initial key, P0 PIN, M6 CMAC, K1 key block protection, … */
  readonly usage: string
  /** A AES, T TDEA, H HMAC, … */
  readonly algorithm: string
  readonly mode: string
  readonly keyVersion: string
  /** N not exportable, E under a trusted key, S sensitive. */
  readonly exportability: string
  readonly optional: readonly OptionalBlock[]
}
export type OptionalBlock = { readonly id: string; readonly data: string }

export type ReadHeader = {
  readonly header: KeyBlockHeader
  /** The length that the block says it has. */
  readonly declared: number
  /** Where the header ends and the wrapped key begins. */
  readonly end: number
}

const FIXED =
  /^([A-E])([0-9]{4})([A-Z0-9]{2})([A-Z0-9])([A-Z0-9])([A-Za-z0-9]{2})([A-Z0-9])([0-9]{2})00/
const FIXED_LENGTH = 16

export function readHeader(text: string): ReadHeader {
  if (!/^[A-E]/.test(text)) throw new KeyBlockError('unsupported_version')
  const [fixed, version, declared, usage, algorithm, mode, keyVersion, exportability, count] =
    FIXED.exec(text) ?? []
  if (fixed === undefined) throw new KeyBlockError('malformed_header')
  const optional: OptionalBlock[] = []
  let end = FIXED_LENGTH
  for (let left = Number(count); left > 0; left -= 1) {
    const read = readOptional(text, end)
    optional.push(read.block)
    end = read.end
  }
  const header = {
    version: String(version),
    usage: String(usage),
    algorithm: String(algorithm),
    mode: String(mode),
    keyVersion: String(keyVersion),
    exportability: String(exportability),
    optional,
  }
  return { header, declared: Number(declared), end }
}

/** Key serial number, initial key id, check values: their data is bytes in hex. */
const inHex = new Set(['KS', 'IK', 'KC', 'KP'])

/** Id, length in two hex digits, data; "00" and the count of digits before a longer length. */
function readOptional(text: string, start: number): { block: OptionalBlock; end: number } {
  const [, id, short] = /^([A-Z0-9]{2})([0-9A-F]{2})/.exec(text.slice(start, start + 4)) ?? []
  if (id === undefined || short === undefined) throw malformedOptional()
  let lengthDigits = short
  let dataAt = start + 4
  if (short === '00') {
    const digits = readHex(text.slice(start + 4, start + 6), 2)
    if (digits < 1 || digits > 4) throw malformedOptional()
    lengthDigits = text.slice(start + 6, start + 6 + digits)
    if (lengthDigits.length !== digits) throw malformedOptional()
    dataAt = start + 6 + digits
  }
  const end = start + readHex(lengthDigits, lengthDigits.length)
  if (end < dataAt || end > text.length) throw malformedOptional()
  const data = text.slice(dataAt, end)
  const allowed = inHex.has(id) ? /^(?:[0-9A-F]{2})*$/ : /^[ -~]*$/
  if (!allowed.test(data)) throw malformedOptional()
  return { block: { id, data }, end }
}

function readHex(digits: string, length: number): number {
  if (digits.length !== length || !/^[0-9A-F]+$/.test(digits)) throw malformedOptional()
  return Number.parseInt(digits, 16)
}

const malformedOptional = () => new KeyBlockError('malformed_optional_block')

/** The header of a block whose wrapped key and MAC take `bodyLength` characters. */
export function writeHeader(header: KeyBlockHeader, bodyLength: number): string {
  const { version, usage, algorithm, mode, keyVersion, exportability, optional } = header
  const blocks = optional.map(writeOptional).join('')
  const length = FIXED_LENGTH + blocks.length + bodyLength
  const count = String(optional.length).padStart(2, '0')
  const attributes = `${usage}${algorithm}${mode}${keyVersion}${exportability}`
  const text = `${version}${String(length).padStart(4, '0')}${attributes}${count}00${blocks}`
  if (length > 9999 || readHeader(text).end !== text.length)
    throw new KeyBlockError('malformed_header')
  return text
}

function writeOptional({ id, data }: OptionalBlock): string {
  const short = 4 + data.length
  if (short <= 0xff) return `${id}${hexOf(short, 2)}${data}`
  return `${id}0004${hexOf(10 + data.length, 4)}${data}`
}

/** The header with a PB block, where its optional blocks do not fill cipher blocks without. */
export function filled(header: KeyBlockHeader, cipherBlock: number): KeyBlockHeader {
  const length = header.optional.map(writeOptional).join('').length
  const missing = (cipherBlock - (length % cipherBlock)) % cipherBlock
  if (missing === 0) return header
  const size = missing < 4 ? missing + cipherBlock : missing
  const padding = { id: 'PB', data: '0'.repeat(size - 4) }
  return { ...header, optional: [...header.optional, padding] }
}

const hexOf = (value: number, digits: number): string =>
  value.toString(16).toUpperCase().padStart(digits, '0')
