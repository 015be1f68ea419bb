/** The key memory's file (devices/flash); what was stopped while erasing is erased to the end. */
import * as flash from '@warifu/devices/flash'
import {
  type KeyedPrefix,
  type KeyMemory,
  RECORD_BYTES,
  readRecord,
  writeRecord,
} from './key-memory.ts'

const formatOf = <P extends KeyedPrefix>(prefix: P): flash.RecordFormat<KeyMemory<P>> => ({
  bytes: RECORD_BYTES,
  write: writeRecord,
  read: (bytes) => readRecord(bytes, prefix),
})

export type MemoryFile<P extends KeyedPrefix = 'edv'> = flash.MemoryFile<KeyMemory<P>>

export const writeFirst = <P extends KeyedPrefix>(
  disk: flash.Disk,
  memory: KeyMemory<P>,
  prefix: P,
): void => flash.writeFirst(disk, formatOf(prefix), memory)

export function openMemoryFile<P extends KeyedPrefix>(disk: flash.Disk, prefix: P): MemoryFile<P> {
  const file = flash.openRecords(disk, formatOf(prefix))
  if (file.memory.isTampered) file.erase(file.memory)
  return file
}
