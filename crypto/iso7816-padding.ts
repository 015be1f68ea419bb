/**
 * Padding to a constant size: 0x80, then zeros (ISO/IEC 7816-4; ISO/IEC 9797-1 method 2).
 *
 * Sealed plaintexts are padded so that their length tells nothing (RFC 9180 §9.7.6). Always at
 * least one byte is added. Unpad only what was authenticated. Browser-safe.
 */
export class PaddingError extends Error {
  override readonly name = 'PaddingError'
  readonly code: 'too_long' | 'malformed'
  constructor(code: PaddingError['code']) {
    super(code)
    this.code = code
  }
}

const MARK = 0x80

/** `bytes` in exactly `size` bytes. */
export function pad(bytes: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  if (bytes.length >= size) throw new PaddingError('too_long')
  const padded = new Uint8Array(size)
  padded.set(bytes)
  padded[bytes.length] = MARK
  return padded
}

/** The bytes before the padding: a view of `padded`, not a copy. */
export function unpad<B extends ArrayBufferLike>(padded: Uint8Array<B>): Uint8Array<B> {
  const end = padded.findLastIndex((byte) => byte !== 0)
  if (padded[end] !== MARK) throw new PaddingError('malformed')
  return padded.subarray(0, end)
}
