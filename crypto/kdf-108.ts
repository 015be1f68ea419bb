/**
 * Key derivation in counter mode (NIST SP 800-108r1 §4.1) with AES-CMAC, TDEA-CMAC or HMAC.
 *
 *   K(i) = PRF(key, [i] ‖ label ‖ 0x00 ‖ context ‖ [L])        output: K(1) ‖ K(2) ‖ … cut to L
 *
 * The widths of [i] and [L] are the profile's and no secret: key blocks (X9.143) take 1 and 2
 * bytes, this house's own keys 4 and 4.
 */
import { createHmac, createSecretKey } from 'node:crypto'

export type Prf = (key: Uint8Array, message: Uint8Array) => Uint8Array

/** The third PRF beside `cmac` and `tdeaCmac` of cmac.ts. */
export const hmacSha256: Prf = (key, message) =>
  createHmac('sha256', createSecretKey(key)).update(message).digest()

export type Derivation = {
  readonly prf: Prf
  readonly key: Uint8Array
  readonly label: Uint8Array
  readonly context: Uint8Array
  /** Bytes of key that come out. */
  readonly length: number
  readonly counterBytes: 1 | 2 | 4
  readonly lengthBytes: 2 | 4
}

export function kdfCounter(derivation: Derivation): Uint8Array<ArrayBuffer> {
  const { label, context, length, lengthBytes, ...rest } = derivation
  const fixedInput = Buffer.concat([
    label,
    Uint8Array.of(0),
    context,
    bigEndian(length * 8, lengthBytes),
  ])
  return kdfCounterFixed({ ...rest, fixedInput, length })
}

type FixedDerivation = Pick<Derivation, 'prf' | 'key' | 'length' | 'counterBytes'> & {
  readonly fixedInput: Uint8Array
}

/** The same with the fixed input data already put together, as NIST's vectors give it. */
export function kdfCounterFixed({
  prf,
  key,
  fixedInput,
  length,
  counterBytes,
}: FixedDerivation): Uint8Array<ArrayBuffer> {
  if (!Number.isInteger(length) || length < 1) throw new RangeError('length: at least one byte')
  const output = new Uint8Array(length)
  for (let at = 0, i = 1; at < length; i += 1) {
    const block = prf(key, Buffer.concat([bigEndian(i, counterBytes), fixedInput]))
    output.set(block.subarray(0, length - at), at)
    at += block.length
  }
  return output
}

function bigEndian(value: number, bytes: number): Uint8Array {
  if (value >= 2 ** (8 * bytes)) throw new RangeError('length: more than its field can say')
  const field = Buffer.alloc(bytes)
  field.writeUIntBE(value, 0, bytes)
  return field
}
