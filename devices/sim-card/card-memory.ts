/**
 * What a SIM keeps without power, as a record of devices/flash: fixed size, sequence, checksum. The
 * content is JSON with bytes in hex.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Kept, RecordFormat } from '@warifu/devices/flash'
import type { SimMemory } from './state.ts'

const MAGIC = 0x5753494d // WSIM
const VERSION = 1
const HEAD_BYTES = 18
const CHECK_BYTES = 32
/** Of each of the two records; room for twice the largest data area. */
const RECORD_BYTES = 80 * 1024

export const memoryFormat: RecordFormat<SimMemory> = {
  bytes: RECORD_BYTES,
  write: writeRecord,
  read: readRecord,
}

function writeRecord({ memory, sequence }: Kept<SimMemory>): Uint8Array {
  const body = Buffer.from(
    JSON.stringify(memory, (_, value) => hexOf(value)),
    'utf8',
  )
  const record = Buffer.alloc(RECORD_BYTES)
  if (HEAD_BYTES + body.length + CHECK_BYTES > RECORD_BYTES)
    throw new RangeError('too much to keep')
  record.writeUInt32BE(MAGIC, 0)
  record.writeUInt16BE(VERSION, 4)
  record.writeBigUInt64BE(sequence, 6)
  record.writeUInt32BE(body.length, 14)
  record.set(body, HEAD_BYTES)
  record.set(checkOf(record), RECORD_BYTES - CHECK_BYTES)
  return record
}

/** undefined: never written, or not to its end. */
function readRecord(bytes: Uint8Array): Kept<SimMemory> | undefined {
  if (bytes.length !== RECORD_BYTES) return undefined
  const record = Buffer.from(bytes)
  const isOurs = record.readUInt32BE(0) === MAGIC && record.readUInt16BE(4) === VERSION
  if (!isOurs || !timingSafeEqual(checkOf(record), record.subarray(-CHECK_BYTES))) return undefined
  const body = record.toString('utf8', HEAD_BYTES, HEAD_BYTES + record.readUInt32BE(14))
  // Ours by its checksum, so it is what writeRecord was given.
  const memory = JSON.parse(body, (_, value) => bytesOf(value)) as SimMemory
  return { memory, sequence: record.readBigUInt64BE(6) }
}

const checkOf = (record: Uint8Array): Uint8Array =>
  createHash('sha256').update(record.subarray(0, -CHECK_BYTES)).digest()

const HEX = 'hex:'
const hexOf = (value: unknown): unknown =>
  value instanceof Uint8Array ? HEX + Buffer.from(value).toString('hex') : value
const bytesOf = (value: unknown): unknown =>
  typeof value === 'string' && value.startsWith(HEX)
    ? Uint8Array.from(Buffer.from(value.slice(HEX.length), 'hex'))
    : value
