/**
 * What a device keeps when its power is off: who it is, the key under which its keys are loaded,
 * the registers and counter of AES DUKPT (X9.24-3), which initial keys it has had, and whether it
 * was opened. In hardware this is memory that erases itself; here it is bytes for a file.
 *
 * Binary, not JSON: keys that were made into strings could not be wiped.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import { type DeviceState, isExhausted } from '@warifu/crypto/dukpt-device'
import type * as flash from '@warifu/devices/flash'
import { type Id, isId } from '@warifu/protocol/ids'

/** A merchant's entry device, or a cardholder's reader. */
export type KeyedPrefix = 'edv' | 'rdr'

export type KeyMemory<P extends KeyedPrefix = 'edv'> = {
  readonly device: Id<P>
  /** The key block protection key (X9.143), set when the device was made; 32 bytes. */
  readonly kbpk: Uint8Array
  readonly keys: DeviceState | null
  /** Ids of initial keys that were loaded, in hex: none twice, or its counter would begin anew. */
  readonly loaded: readonly string[]
  readonly isTampered: boolean
}

export const MAX_LOADED = 64
const KBPK_BYTES = 32
const ID_BYTES = 8

export const hasKeys = ({ keys }: Pick<KeyMemory, 'keys'>): boolean =>
  keys !== null && !isExhausted(keys)

/** Wipes every key in place, and answers with what is left: an opened device. */
export function erased<P extends KeyedPrefix>(memory: KeyMemory<P>): KeyMemory<P> {
  memory.kbpk.fill(0)
  memory.keys?.registers.fill(0)
  return { ...memory, keys: null, isTampered: true }
}

// ─── One record: a fixed size, so that writing a new one covers every byte of an old one ─────

const MAGIC = 0x57454456 // WEDV
const VERSION = 1
export const RECORD_BYTES = 4096
const CHECK_BYTES = 32

export type Kept<P extends KeyedPrefix = 'edv'> = flash.Kept<KeyMemory<P>>

export function writeRecord({ memory, sequence }: Kept<KeyedPrefix>): Uint8Array {
  const bytes = new Uint8Array(new ArrayBuffer(RECORD_BYTES))
  const view = new DataView(bytes.buffer)
  const { device, kbpk, keys, loaded, isTampered } = memory
  view.setUint32(0, MAGIC)
  view.setUint16(4, VERSION)
  view.setBigUint64(6, sequence)
  bytes[14] = isTampered ? 1 : 0
  bytes[15] = loaded.length
  bytes.set(Buffer.from(device, 'ascii'), 16)
  bytes.set(kbpk, 64)
  bytes.set(Buffer.from(loaded.join(''), 'hex'), 96)
  const at = 96 + MAX_LOADED * ID_BYTES
  if (keys !== null) {
    bytes.set(keys.initialKeyId, at)
    view.setUint32(at + 8, keys.counter)
    view.setUint16(at + 12, keys.registers.length)
    bytes.set(keys.registers, at + 14)
  }
  bytes.set(checkOf(bytes), RECORD_BYTES - CHECK_BYTES)
  return bytes
}

/** undefined: never written, not to its end, or another kind's. Its keys are copies. */
export function readRecord<P extends KeyedPrefix>(
  bytes: Uint8Array,
  prefix: P,
): Kept<P> | undefined {
  if (bytes.length !== RECORD_BYTES) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const isWhole = timingSafeEqual(checkOf(bytes), bytes.subarray(RECORD_BYTES - CHECK_BYTES))
  if (view.getUint32(0) !== MAGIC || view.getUint16(4) !== VERSION || !isWhole) return undefined
  const device = Buffer.from(bytes.subarray(16, 64)).toString('ascii').replace(/\0+$/, '')
  if (!isId(prefix, device)) return undefined
  const ids = Buffer.from(bytes.subarray(96, 96 + (bytes[15] ?? 0) * ID_BYTES)).toString('hex')
  const memory: KeyMemory<P> = {
    device,
    kbpk: copyOf(bytes.subarray(64, 64 + KBPK_BYTES)),
    keys: readKeys(bytes, 96 + MAX_LOADED * ID_BYTES),
    loaded: ids.match(/.{16}/g) ?? [],
    isTampered: bytes[14] === 1,
  }
  return { memory, sequence: view.getBigUint64(6) }
}

function readKeys(bytes: Uint8Array, at: number): DeviceState | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const size = view.getUint16(at + 12)
  if (size === 0) return null
  return {
    initialKeyId: bytes.slice(at, at + 8),
    counter: view.getUint32(at + 8),
    registers: copyOf(bytes.subarray(at + 14, at + 14 + size)),
  }
}

/** Off V8's heap, so that wiping it wipes the only copy. */
function copyOf(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new ArrayBuffer(bytes.length))
  copy.set(bytes)
  return copy
}

const checkOf = (bytes: Uint8Array): Uint8Array =>
  createHash('sha256')
    .update(bytes.subarray(0, RECORD_BYTES - CHECK_BYTES))
    .digest()
