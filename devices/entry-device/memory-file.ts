/**
 * The key memory's file: two records side by side, written in turn and in place, as devices do with
 * flash. The valid one with the higher sequence is the truth, so a write that was cut short leaves
 * the record before it; and an old record's keys are covered by the next but one.
 *
 * `keep` has reached the disk when it returns. Only then may anything leave under the new counter.
 */
import type { Disk } from './disk.ts'
import { type Kept, type KeyMemory, RECORD_BYTES, readRecord, writeRecord } from './key-memory.ts'

export class MemoryFileError extends Error {
  override readonly name = 'MemoryFileError'
  readonly code = 'damaged'
  constructor() {
    super('Neither record of the key memory is whole.')
  }
}

export type MemoryFile = {
  readonly memory: KeyMemory
  readonly keep: (memory: KeyMemory) => void
  /** Keeps it in both records, so that nothing of before is left. */
  readonly erase: (memory: KeyMemory) => void
  readonly close: () => void
}

/** Both records of a new device's memory; whoever calls gives the file its name afterwards. */
export function writeFirst(disk: Disk, memory: KeyMemory): void {
  for (const [at, sequence] of [1n, 2n].entries()) {
    const record = writeRecord({ memory, sequence })
    disk.write(record, at * RECORD_BYTES)
    record.fill(0)
  }
  disk.sync()
}

export function openMemoryFile(disk: Disk): MemoryFile {
  let { memory, sequence } = newest(disk)
  const write = (next: KeyMemory) => {
    sequence += 1n
    memory = next
    const record = writeRecord({ memory, sequence })
    disk.write(record, Number((sequence + 1n) % 2n) * RECORD_BYTES)
    record.fill(0)
    disk.sync()
  }
  const erase = (next: KeyMemory) => {
    write(next)
    write(next)
  }
  // Whoever was stopped while erasing goes on here.
  if (memory.isTampered) erase(memory)
  return { memory, keep: write, erase, close: disk.close }
}

function newest(disk: Disk): Kept {
  const bytes = disk.read(2 * RECORD_BYTES)
  const found = [0, 1].flatMap(
    (at) => readRecord(bytes.subarray(at * RECORD_BYTES, (at + 1) * RECORD_BYTES)) ?? [],
  )
  bytes.fill(0)
  const [first, second = first] = found
  if (first === undefined || second === undefined) throw new MemoryFileError()
  return first.sequence > second.sequence ? first : second
}
