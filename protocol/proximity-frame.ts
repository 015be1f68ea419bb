/**
 * What a proximity device broadcasts: a non-connectable BLE advertisement (Bluetooth Core 5.4,
 * Vol 6 Part B §2.3.1.3) from a random private address, and nothing that stays the same from one
 * epoch to the next. Over UDP multicast travel the same bytes.
 *
 *   PDU        header (2) ‖ AdvA (6, little-endian) ‖ AdvData (29)
 *   AdvData    1C 21 ‖ service UUID (16, little-endian) ‖ version (1) ‖ code (10)
 */

/** One epoch for all devices of the world, so that none is known by when it changes. */
export const EPOCH_MS = 900_000
export const epochAt = (nowMs: number): number => Math.floor(nowMs / EPOCH_MS)

export const CODE_BYTES = 10
export const ADDRESS_BYTES = 6
const FRAME_VERSION = 1
/** 7a3cf0d2-52a6-4b0e-9d0e-6d1a5f1c0b57: every device of every platform, so it tells nothing. */
const SERVICE_UUID = Uint8Array.from([
  0x57, 0x0b, 0x1c, 0x5f, 0x1a, 0x6d, 0x0e, 0x9d, 0x0e, 0x4b, 0xa6, 0x52, 0xd2, 0xf0, 0x3c, 0x7a,
])
/** Service data under a 128-bit UUID (Core Specification Supplement, Part A §1.11). */
const SERVICE_DATA = 0x21
/** PDU type 2, ADV_NONCONN_IND; TxAdd: the address is a random one. */
const PDU_TYPE = 0x42
const PREFIX = Uint8Array.from([28, SERVICE_DATA, ...SERVICE_UUID, FRAME_VERSION])
export const ADVERTISING_BYTES = PREFIX.length + CODE_BYTES
export const PDU_BYTES = 2 + ADDRESS_BYTES + ADVERTISING_BYTES

export type Advertisement = {
  /** Most significant byte first, as people write addresses. */
  readonly address: Uint8Array
  readonly data: Uint8Array
}

export function advertisingData(code: Uint8Array): Uint8Array {
  if (code.length !== CODE_BYTES) throw new RangeError(`code: ${CODE_BYTES} bytes`)
  const data = new Uint8Array(ADVERTISING_BYTES)
  data.set(PREFIX)
  data.set(code, PREFIX.length)
  return data
}

/** The code in an advertisement of ours; undefined in anybody else's. */
export function codeIn(data: Uint8Array): Uint8Array | undefined {
  const isOurs = data.length === ADVERTISING_BYTES && PREFIX.every((byte, i) => data[i] === byte)
  return isOurs ? data.slice(PREFIX.length) : undefined
}

/** A non-resolvable private address: random, its two highest bits 0 (Vol 6 Part B §1.3.2.2). */
export function privateAddress(random: Uint8Array): Uint8Array {
  if (random.length !== ADDRESS_BYTES) throw new RangeError(`random: ${ADDRESS_BYTES} bytes`)
  const address = random.slice()
  address[0] = (address[0] ?? 0) & 0x3f
  return address
}

export function writePdu({ address, data }: Advertisement): Uint8Array {
  const pdu = new Uint8Array(2 + ADDRESS_BYTES + data.length)
  pdu.set([PDU_TYPE, ADDRESS_BYTES + data.length])
  pdu.set(address.slice().reverse(), 2)
  pdu.set(data, 2 + ADDRESS_BYTES)
  return pdu
}

/** undefined: not a non-connectable advertisement from a random address, or not whole. */
export function readPdu(pdu: Uint8Array): Advertisement | undefined {
  if (pdu.length < 2 + ADDRESS_BYTES || pdu[0] !== PDU_TYPE || pdu[1] !== pdu.length - 2)
    return undefined
  return { address: pdu.slice(2, 8).reverse(), data: pdu.slice(8) }
}
