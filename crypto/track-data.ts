/**
 * Data of a card's magnetic stripe (ISO/IEC 7813): track 1 format B and track 2, and track 2 as a
 * chip gives it (EMV tag 57: BCD, D as separator, padded with F). Browser-safe.
 *
 *   %B PAN ^ NAME ^ YYMM SSS discretionary ?          ; PAN = YYMM SSS discretionary ?
 *
 * Expiry and service code may each be replaced by a separator where the card has none.
 */
export class TrackError extends Error {
  override readonly name = 'TrackError'
  readonly code:
    | 'malformed'
    | 'bad_pan'
    | 'bad_name'
    | 'bad_expiry'
    | 'bad_service_code'
    | 'bad_discretionary'
    | 'too_long'
  constructor(code: TrackError['code']) {
    super(code)
    this.code = code
  }
}

export type Track2 = {
  readonly pan: string
  /** YYMM. */
  readonly expiry: string | null
  readonly serviceCode: string | null
  readonly discretionary: string
}
export type Track1 = Track2 & { readonly name: string }

const TRACK1_LENGTH = 76
const TRACK2_LENGTH = 37

export function parseTrack2(text: string): Track2 {
  const data = inside(text, ';')
  if (data.length > TRACK2_LENGTH) throw new TrackError('too_long')
  const at = data.search(/[=D]/)
  if (at < 0) throw new TrackError('malformed')
  const separator = data.charAt(at)
  const pan = readPan(data.slice(0, at))
  const rest = readRest(data.slice(at + 1), separator)
  if (!/^[0-9]*$/.test(rest.discretionary)) throw new TrackError('bad_discretionary')
  return { pan, ...rest }
}

export function parseTrack1(text: string): Track1 {
  const data = inside(text, '%')
  if (data.length > TRACK1_LENGTH) throw new TrackError('too_long')
  const [, pan, name, after] = /^B([^^]*)\^([^^]*)\^(.*)$/s.exec(data) ?? []
  if (pan === undefined || name === undefined || after === undefined)
    throw new TrackError('malformed')
  if (!/^[ -$&->@-\]_]{2,26}$/.test(name)) throw new TrackError('bad_name')
  const rest = readRest(after, '^')
  if (!/^[ -$&->@-\]_]*$/.test(rest.discretionary)) throw new TrackError('bad_discretionary')
  return { pan: readPan(pan), name: name.trimEnd(), ...rest }
}

/** Tag 57 (EMV Book 3, Annex A). */
export function decodeTrack2Equivalent(bytes: Uint8Array): Track2 {
  let digits = ''
  for (const byte of bytes) digits += byte.toString(16).padStart(2, '0')
  return parseTrack2(digits.replace(/f$/, '').toUpperCase())
}

export function encodeTrack2Equivalent(track: Track2): Uint8Array<ArrayBuffer> {
  const data = trackOf(track, 'D')
  parseTrack2(data)
  const digits = data.length % 2 === 0 ? data : `${data}F`
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) =>
    Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16),
  )
}

/** As a reader of stripes gives it, with its sentinels. */
export function encodeTrack2(track: Track2): string {
  const data = trackOf(track, '=')
  parseTrack2(data)
  return `;${data}?`
}

const trackOf = ({ pan, expiry, serviceCode, discretionary }: Track2, separator: string): string =>
  `${pan}${separator}${expiry ?? separator}${serviceCode ?? separator}${discretionary}`

/** What the service code's first digit says (ISO/IEC 7813): where the card works, and by a chip. */
export function serviceOf(serviceCode: string): {
  readonly chip: boolean
  readonly international: boolean
} {
  if (!/^[0-9]{3}$/.test(serviceCode)) throw new TrackError('bad_service_code')
  const first = serviceCode.charAt(0)
  return { chip: first === '2' || first === '6', international: first === '1' || first === '2' }
}

/** The data between the sentinels, which a reader may have taken off. */
function inside(text: string, start: string): string {
  const from = text.startsWith(start) ? 1 : 0
  return text.slice(from, text.endsWith('?') ? -1 : undefined)
}

function readPan(pan: string): string {
  if (!/^[0-9]{1,19}$/.test(pan)) throw new TrackError('bad_pan')
  return pan
}

function readRest(text: string, separator: string): Omit<Track2, 'pan'> {
  const hasExpiry = text.charAt(0) !== separator
  const expiry = hasExpiry ? text.slice(0, 4) : null
  if (expiry !== null && !/^[0-9]{2}(0[1-9]|1[0-2])$/.test(expiry))
    throw new TrackError('bad_expiry')
  const after = text.slice(hasExpiry ? 4 : 1)
  const hasService = after.charAt(0) !== separator
  const serviceCode = hasService ? after.slice(0, 3) : null
  if (serviceCode !== null && !/^[0-9]{3}$/.test(serviceCode))
    throw new TrackError('bad_service_code')
  return { expiry, serviceCode, discretionary: after.slice(hasService ? 3 : 1) }
}
