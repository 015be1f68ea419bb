/**
 * A short NDEF message of one URI record (NFC Forum NDEF 1.0 §3.2; URI RTD 1.0 §3.2): what a tag,
 * or a phone that stands for one, gives to whoever touches it. Browser-safe.
 *
 *   D1 (MB, ME, SR; well-known)  01 (type length)  payload length  55 ('U')  prefix code  UTF-8
 */
const HEADER = 0xd1
const TYPE_LENGTH = 1
const URI = 0x55
/** Of the abbreviations, those that a payment can begin with (URI RTD 1.0, table 3). */
const prefixes = ['', 'http://www.', 'https://www.', 'http://', 'https://'] as const

/** The longest URI that fits a short record: 255 bytes of payload, one of them the prefix code. */
const LONGEST = 254

export function encodeNdefUri(uri: string): Uint8Array<ArrayBuffer> {
  const code = prefixes.findLastIndex((prefix) => uri.startsWith(prefix))
  const rest = new TextEncoder().encode(uri.slice(prefixes[code]?.length ?? 0))
  if (rest.length > LONGEST) throw new RangeError('a short NDEF record takes 254 bytes')
  return Uint8Array.of(HEADER, TYPE_LENGTH, rest.length + 1, URI, code, ...rest)
}

/** The URI in it; undefined where it is another message, or cut. */
export function decodeNdefUri(message: Uint8Array): string | undefined {
  const [header, typeLength, length = 0, type, code = -1] = message
  const isUri = header === HEADER && typeLength === TYPE_LENGTH && type === URI
  const prefix = prefixes[code]
  if (!isUri || prefix === undefined || length < 1 || message.length !== 4 + length)
    return undefined
  try {
    return prefix + new TextDecoder('utf-8', { fatal: true }).decode(message.subarray(5))
  } catch {
    return undefined
  }
}
