/**
 * The few things that a memory asks of a disk, in the order in which they happen; and a disk
 * that ends its own process at the n-th of them, so that a test can kill a real one at each.
 */
import { closeSync, fsyncSync, openSync, readSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

export type Disk = {
  readonly read: (length: number) => Uint8Array
  readonly write: (bytes: Uint8Array, at: number) => void
  /** What was written is on the disk when this returns. */
  readonly sync: () => void
  readonly close: () => void
}

export function openDisk(path: string, mode: 'r+' | 'w+'): Disk {
  const file = openSync(path, mode, 0o600)
  return {
    read: (length) => {
      const bytes = new Uint8Array(new ArrayBuffer(length))
      for (let at = 0; at < length; ) {
        const count = readSync(file, bytes, at, length - at, at)
        if (count === 0) break
        at += count
      }
      return bytes
    },
    write: (bytes, at) => {
      for (let done = 0; done < bytes.length; )
        done += writeSync(file, bytes, done, bytes.length - done, at + done)
    },
    sync: () => fsyncSync(file),
    close: () => closeSync(file),
  }
}

/** Gives a file that was written aside its name; both are on the disk afterwards. */
export function nameFile(aside: string, path: string): void {
  renameSync(aside, path)
  const folder = openSync(dirname(path), 'r')
  fsyncSync(folder)
  closeSync(folder)
}

/** Before the operation, in the middle of a write, or after it. */
export const killMoments = ['before', 'within', 'after'] as const
export type KillMoment = (typeof killMoments)[number]
export type KillPoint = {
  /** The how-manieth write or sync, from 1. */
  readonly nth: number
  readonly moment: KillMoment
  /** Ends the process at once: SIGKILL, nothing is run any more. */
  readonly kill: () => void
}

/** For tests: the same disk, on which the process dies at the named operation. */
export function killingDisk(disk: Disk, { nth, moment, kill }: KillPoint): Disk {
  let count = 0
  const around = (work: () => void, half: () => void) => {
    count += 1
    if (count === nth && moment === 'before') kill()
    if (count === nth && moment === 'within') half()
    if (count === nth && moment === 'within') kill()
    work()
    if (count === nth && moment === 'after') kill()
  }
  return {
    ...disk,
    write: (bytes, at) =>
      around(
        () => disk.write(bytes, at),
        () => disk.write(bytes.subarray(0, bytes.length / 2), at),
      ),
    sync: () => around(disk.sync, () => {}),
  }
}
