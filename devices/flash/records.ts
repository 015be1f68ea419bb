/**
 * A device's memory as a file: two records side by side, written in turn and in place, as devices
 * do with flash. The valid one with the higher sequence is the truth, so a write that was cut short
 * leaves the record before it; and an old record's keys are covered by the next but one.
 *
 * `keep` has reached the disk when it returns. Only then may anything leave under the new counter.
 */
import type { Disk } from './disk.ts'

export class MemoryFileError extends Error {
  override readonly name = 'MemoryFileError'
  readonly code = 'damaged'
  constructor() {
    super('Neither record of the key memory is whole.')
  }
}

export type Kept<M> = { readonly memory: M; readonly sequence: bigint }

/** How one kind of device writes its memory down. */
export type RecordFormat<M> = {
  /** Of every record, so that a new one covers every byte of an old one. */
  readonly bytes: number
  readonly write: (kept: Kept<M>) => Uint8Array
  /** undefined: never written, or not to its end. */
  readonly read: (bytes: Uint8Array) => Kept<M> | undefined
}

export type MemoryFile<M> = {
  readonly memory: M
  readonly keep: (memory: M) => void
  /** Keeps it in both records, so that nothing of before is left. */
  readonly erase: (memory: M) => void
  readonly close: () => void
}

/** Both records of a new device's memory; whoever calls gives the file its name afterwards. */
export function writeFirst<M>(disk: Disk, format: RecordFormat<M>, memory: M): void {
  for (const [at, sequence] of [1n, 2n].entries()) {
    const record = format.write({ memory, sequence })
    disk.write(record, at * format.bytes)
    record.fill(0)
  }
  disk.sync()
}

export function openRecords<M>(disk: Disk, format: RecordFormat<M>): MemoryFile<M> {
  let { memory, sequence } = newest(disk, format)
  const write = (next: M) => {
    sequence += 1n
    memory = next
    const record = format.write({ memory, sequence })
    disk.write(record, Number((sequence + 1n) % 2n) * format.bytes)
    record.fill(0)
    disk.sync()
  }
  const erase = (next: M) => {
    write(next)
    write(next)
  }
  return { memory, keep: write, erase, close: disk.close }
}

function newest<M>(disk: Disk, { bytes: size, read }: RecordFormat<M>): Kept<M> {
  const bytes = disk.read(2 * size)
  const found = [0, 1].flatMap((at) => read(bytes.subarray(at * size, (at + 1) * size)) ?? [])
  bytes.fill(0)
  const [first, second = first] = found
  if (first === undefined || second === undefined) throw new MemoryFileError()
  return first.sequence > second.sequence ? first : second
}
