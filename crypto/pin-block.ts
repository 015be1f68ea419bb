/**
 * PIN blocks (ISO 9564-1): formats 0 and 3 for TDEA, format 4 for AES; format 2 for a chip card.
 *
 * Formats 0, 2 and 3 are clear blocks of 8 bytes, which the caller encrypts (tdea.ts) or hands to
 * a chip. Format 4 comes encrypted: two passes of AES bind PIN and PAN (§9.4.2). Random digits
 * are the caller's. Decoding with a wrong key or PAN fails by chance only: never take the code of
 * the error for anything but "not this PIN".
 */
import { decryptBlocks, encryptBlocks } from './aes-ecb.ts'
import { xor } from './xor.ts'

export class PinBlockError extends Error {
  override readonly name = 'PinBlockError'
  readonly code: 'bad_pin' | 'bad_pan' | 'bad_length' | 'bad_format' | 'bad_filler' | 'bad_random'
  constructor(code: PinBlockError['code']) {
    super(code)
    this.code = code
  }
}

export type PinAndPan = { readonly pin: string; readonly pan: string }

export const encodeFormat0 = ({ pin, pan }: PinAndPan): Uint8Array<ArrayBuffer> =>
  xor(pinField(0, pin, 'F'.repeat(14)), panField(pan))

export const decodeFormat0 = (block: Uint8Array, pan: string): string =>
  readPin(xor(blockOf(block, 8), panField(pan)), 0, /^F*$/)

/** `random`: 10 bytes, from which the filler digits A to F are made. */
export function encodeFormat3(
  { pin, pan }: PinAndPan,
  random: Uint8Array,
): Uint8Array<ArrayBuffer> {
  if (random.length !== 10) throw new PinBlockError('bad_random')
  const filler = Array.from(random, (byte) => 'ABCDEF'.charAt(byte % 6)).join('')
  return xor(pinField(3, pin, filler), panField(pan))
}

export const decodeFormat3 = (block: Uint8Array, pan: string): string =>
  readPin(xor(blockOf(block, 8), panField(pan)), 3, /^[A-F]*$/)

/** For VERIFY (EMV Book 3 §6.5.12): from the entry device straight into the chip, never further. */
export const encodeFormat2 = (pin: string): Uint8Array<ArrayBuffer> =>
  pinField(2, pin, 'F'.repeat(10))

export const decodeFormat2 = (block: Uint8Array): string => readPin(blockOf(block, 8), 2, /^F*$/)

export type Format4 = PinAndPan & {
  /** An AES key for PIN encryption. */
  readonly key: Uint8Array
  /** 8 bytes, new for each block. */
  readonly random: Uint8Array
}

export function encodeFormat4({ key, pin, pan, random }: Format4): Uint8Array {
  if (random.length !== 8) throw new PinBlockError('bad_random')
  const field = new Uint8Array(16)
  field.set(pinField(4, pin, 'A'.repeat(10)))
  field.set(random, 8)
  return encryptBlocks(key, xor(encryptBlocks(key, field), panField4(pan)))
}

export function decodeFormat4({
  key,
  block,
  pan,
}: {
  readonly key: Uint8Array
  readonly block: Uint8Array
  readonly pan: string
}): string {
  const inner = xor(decryptBlocks(key, blockOf(block, 16)), panField4(pan))
  const field = decryptBlocks(key, inner)
  const pin = readPin(field.subarray(0, 8), 4, /^A*$/)
  field.fill(0)
  return pin
}

// ─── Fields ──────────────────────────────────────────────────────────────────────────────────

/** Control digit, length, PIN, filler: 8 bytes (§9.3, §9.4.2.2). */
function pinField(format: number, pin: string, filler: string): Uint8Array<ArrayBuffer> {
  if (!/^[0-9]{4,12}$/.test(pin)) throw new PinBlockError('bad_pin')
  const digits = `${format}${pin.length.toString(16)}${pin}${filler}`.slice(0, 16)
  return bytesOf(digits)
}

function readPin(field: Uint8Array, format: number, filler: RegExp): string {
  const digits = Buffer.from(field).toString('hex').toUpperCase()
  if (digits.charAt(0) !== String(format)) throw new PinBlockError('bad_format')
  const length = Number.parseInt(digits.charAt(1), 16)
  if (length < 4 || length > 12) throw new PinBlockError('bad_pin')
  const pin = digits.slice(2, 2 + length)
  if (!/^[0-9]+$/.test(pin)) throw new PinBlockError('bad_pin')
  if (!filler.test(digits.slice(2 + length))) throw new PinBlockError('bad_filler')
  return pin
}

/** Four zeros, then the 12 digits before the check digit (§9.3.2.3). */
function panField(pan: string): Uint8Array<ArrayBuffer> {
  if (!/^[0-9]{13,19}$/.test(pan)) throw new PinBlockError('bad_pan')
  return bytesOf(pan.slice(-13, -1).padStart(16, '0'))
}

/** How many digits beyond 12, the whole PAN, zeros: 16 bytes (§9.4.2.3). */
export function panField4(pan: string): Uint8Array<ArrayBuffer> {
  if (!/^[0-9]{1,19}$/.test(pan)) throw new PinBlockError('bad_pan')
  const beyond = Math.max(0, pan.length - 12)
  return bytesOf(`${beyond}${pan.padStart(12, '0')}`.padEnd(32, '0'))
}

function blockOf(block: Uint8Array, size: number): Uint8Array {
  if (block.length !== size) throw new PinBlockError('bad_length')
  return block
}

const bytesOf = (digits: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(Buffer.from(digits, 'hex'))
