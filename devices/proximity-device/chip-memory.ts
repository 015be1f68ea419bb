/**
 * What a chip keeps when its power is off: who it is, the key under which its keys are loaded, its
 * three secrets, how far it has counted, and which phone it answers. Bytes, not JSON: keys that
 * were made into strings could not be wiped.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Kept, RecordFormat } from '@warifu/devices/flash'
import { type Carrier, carriers } from '@warifu/protocol/device-objects'
import { type Id, isId } from '@warifu/protocol/ids'

/** The phone that it answers: its terminal and the point of its signing key. */
export type Phone = { readonly terminal: Id<'trm'>; readonly point: Uint8Array }
export type ChipSecrets = {
  /** Codes of payments and pairings are made under keys of this one. */
  readonly txn: Uint8Array
  /** The broadcast. */
  readonly eid: Uint8Array
  /** What the label says. */
  readonly label: Uint8Array
}

export type ChipMemory = {
  readonly device: Id<'pxd'>
  readonly carrier: Carrier
  /** The key block protection key (X9.143), set when the chip was made; 32 bytes. */
  readonly kbpk: Uint8Array
  readonly secrets: ChipSecrets | null
  /** Of the last code that it made. */
  readonly counter: number
  readonly phone: Phone | null
  /** SHA-256 of what the last code was made over: the same again gets the same code. */
  readonly last: Uint8Array | null
}

export const SECRET_BYTES = 32
const POINT_BYTES = 65
const MAGIC = 0x57505844 // WPXD
const VERSION = 1
const RECORD_BYTES = 512
const CHECK_BYTES = 32
// biome-ignore format: a table reads by its columns
const at = {
  sequence: 6, carrier: 14, flags: 15, device: 16, counter: 48, kbpk: 52, txn: 84, eid: 116,
  label: 148, terminal: 180, point: 212, last: 277,
} as const
const flags = { secrets: 1, phone: 2, last: 4 } as const

function write({ memory, sequence }: Kept<ChipMemory>): Uint8Array {
  const bytes = new Uint8Array(new ArrayBuffer(RECORD_BYTES))
  const view = new DataView(bytes.buffer)
  const { device, carrier, kbpk, secrets, counter, phone, last } = memory
  view.setUint32(0, MAGIC)
  view.setUint16(4, VERSION)
  view.setBigUint64(at.sequence, sequence)
  bytes[at.carrier] = carriers.indexOf(carrier)
  bytes[at.flags] =
    (secrets ? flags.secrets : 0) | (phone ? flags.phone : 0) | (last ? flags.last : 0)
  bytes.set(Buffer.from(device, 'ascii'), at.device)
  view.setUint32(at.counter, counter)
  bytes.set(kbpk, at.kbpk)
  if (secrets !== null)
    for (const name of ['txn', 'eid', 'label'] as const) bytes.set(secrets[name], at[name])
  if (phone !== null) bytes.set(Buffer.from(phone.terminal, 'ascii'), at.terminal)
  if (phone !== null) bytes.set(phone.point, at.point)
  if (last !== null) bytes.set(last, at.last)
  bytes.set(checkOf(bytes), RECORD_BYTES - CHECK_BYTES)
  return bytes
}

function read(bytes: Uint8Array): Kept<ChipMemory> | undefined {
  if (bytes.length !== RECORD_BYTES) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const isWhole = timingSafeEqual(checkOf(bytes), bytes.subarray(RECORD_BYTES - CHECK_BYTES))
  if (!isWhole || view.getUint32(0) !== MAGIC || view.getUint16(4) !== VERSION) return undefined
  const part = (from: number, length: number) => copyOf(bytes.subarray(from, from + length))
  const text = (from: number) => Buffer.from(part(from, 30)).toString('ascii')
  const [device, terminal] = [text(at.device), text(at.terminal)]
  const carrier = carriers[bytes[at.carrier] ?? -1]
  if (!isId('pxd', device) || carrier === undefined) return undefined
  const has = (flag: keyof typeof flags) => ((bytes[at.flags] ?? 0) & flags[flag]) !== 0
  const secret = (from: number) => part(from, SECRET_BYTES)
  const memory: ChipMemory = {
    device,
    carrier,
    kbpk: secret(at.kbpk),
    secrets: has('secrets')
      ? { txn: secret(at.txn), eid: secret(at.eid), label: secret(at.label) }
      : null,
    counter: view.getUint32(at.counter),
    phone:
      has('phone') && isId('trm', terminal)
        ? { terminal, point: part(at.point, POINT_BYTES) }
        : null,
    last: has('last') ? part(at.last, 32) : null,
  }
  return { memory, sequence: view.getBigUint64(at.sequence) }
}

export const chipFormat: RecordFormat<ChipMemory> = { bytes: RECORD_BYTES, write, read }

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
