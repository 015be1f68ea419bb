/** The key memory's file (devices/flash); what was stopped while erasing is erased to the end. */
import * as flash from '@warifu/devices/flash'
import { type KeyMemory, RECORD_BYTES, readRecord, writeRecord } from './key-memory.ts'

const format: flash.RecordFormat<KeyMemory> = {
  bytes: RECORD_BYTES,
  write: writeRecord,
  read: readRecord,
}

export type MemoryFile = flash.MemoryFile<KeyMemory>

export const writeFirst = (disk: flash.Disk, memory: KeyMemory): void =>
  flash.writeFirst(disk, format, memory)

export function openMemoryFile(disk: flash.Disk): MemoryFile {
  const file = flash.openRecords(disk, format)
  if (file.memory.isTampered) file.erase(file.memory)
  return file
}
