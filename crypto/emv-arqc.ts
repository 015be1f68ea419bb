/**
 * EMV application cryptograms with TDES (EMV Book 2, §8 and Annex A1): master key of a chip,
 * session key of a transaction, ARQC of the card and ARPC of its issuer.
 *
 * What data goes into an ARQC, with which padding and diversification, is the scheme's profile
 * (its cryptogram version), so all of it is an argument. Derived keys have odd parity, as the
 * standard writes them; DES ignores it, a comparison of bytes does not.
 */
import { createHash } from 'node:crypto'
import { decimalised } from './cvv.ts'
import { macAlgorithm3, type Padding, retailKeysOf } from './iso9797-mac.ts'
import { tdeaEncrypt, withOddParity } from './tdea.ts'
import { xor } from './xor.ts'

export class EmvError extends Error {
  override readonly name = 'EmvError'
  readonly code: 'bad_key_length' | 'bad_pan' | 'bad_sequence_number' | 'bad_length'
  constructor(code: EmvError['code']) {
    super(code)
    this.code = code
  }
}

export type Chip = {
  readonly pan: string
  /** PAN sequence number, two digits. */
  readonly psn: string
}

/** Master key of a chip (A1.4): option A takes the right 16 digits, B hashes longer PANs first. */
export function deriveIccMasterKey(
  issuerMasterKey: Uint8Array,
  { pan, psn }: Chip,
  option: 'A' | 'B',
): Uint8Array {
  requireKey(issuerMasterKey)
  if (!/^[0-9]{12,19}$/.test(pan)) throw new EmvError('bad_pan')
  if (!/^[0-9]{2}$/.test(psn)) throw new EmvError('bad_sequence_number')
  const digits = pan + psn
  const isHashed = option === 'B' && pan.length > 16
  const y = isHashed ? hashedDigits(digits) : digits.padStart(16, '0').slice(-16)
  const left = Buffer.from(y, 'hex')
  const blocks = Buffer.concat([left, left.map((byte) => byte ^ 0xff)])
  return withOddParity(tdeaEncrypt(issuerMasterKey, blocks))
}

/** A1.4.2: SHA-1 of the digits in BCD; its decimal digits first, then the others less ten. */
function hashedDigits(digits: string): string {
  const even = digits.length % 2 === 0 ? digits : `0${digits}`
  const hash = createHash('sha1').update(Buffer.from(even, 'hex')).digest()
  return decimalised(hash).slice(0, 16)
}

/** Common session key (A1.3.1): `r` is the ATC and what the profile puts behind it. */
export function deriveSessionKey(iccMasterKey: Uint8Array, r: Uint8Array): Uint8Array {
  requireKey(iccMasterKey)
  requireLength(r, 8)
  const with2 = (mark: number) => Uint8Array.from(r, (byte, i) => (i === 2 ? mark : byte))
  const blocks = Buffer.concat([with2(0xf0), with2(0x0f)])
  return withOddParity(tdeaEncrypt(iccMasterKey, blocks))
}

/** The application transaction counter, then zeros (the common choice of `r`). */
export function sessionInput(atc: number): Uint8Array<ArrayBuffer> {
  const r = new Uint8Array(8)
  new DataView(r.buffer).setUint16(0, atc)
  return r
}

/** An application cryptogram (§8.1.2): retail MAC over the profile's data. */
export function applicationCryptogram(
  sessionKey: Uint8Array,
  data: Uint8Array,
  padding: Padding,
): Uint8Array {
  requireKey(sessionKey)
  return macAlgorithm3(retailKeysOf(sessionKey), data, padding)
}

/** ARPC method 1 (§8.2.1): 8 bytes, from the cryptogram and a response code of 2 bytes. */
export function arpcMethod1(key: Uint8Array, arqc: Uint8Array, arc: Uint8Array): Uint8Array {
  requireKey(key)
  requireLength(arqc, 8)
  requireLength(arc, 2)
  return tdeaEncrypt(key, xor(arqc, arc))
}

export type CardStatus = {
  /** Card status update, 4 bytes. */
  readonly csu: Uint8Array
  /** Proprietary authentication data, up to 8 bytes. */
  readonly proprietary: Uint8Array
}

/** ARPC method 2 (§8.2.2): 4 bytes, over the cryptogram and what the card shall do. */
export function arpcMethod2(
  key: Uint8Array,
  arqc: Uint8Array,
  { csu, proprietary }: CardStatus,
): Uint8Array {
  requireLength(arqc, 8)
  requireLength(csu, 4)
  if (proprietary.length > 8) throw new EmvError('bad_length')
  const data = Buffer.concat([arqc, csu, proprietary])
  return applicationCryptogram(key, data, 2).subarray(0, 4)
}

function requireKey(key: Uint8Array): void {
  if (key.length !== 16) throw new EmvError('bad_key_length')
}

function requireLength(bytes: Uint8Array, length: number): void {
  if (bytes.length !== length) throw new EmvError('bad_length')
}
