/**
 * Reads the memory of a live process on Linux (proc(5): /proc/PID/maps and /proc/PID/mem), to show
 * where known numbers are and where they are not. Needs the right to trace: root, the same user,
 * or the creator of the user namespace in which the process lives.
 *
 * A process that runs moves things while it is read, so look at one that is idle; and a journey
 * that finds nothing proves something only beside a planted number that is found.
 */
import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'
import { createScanner, type Finding } from './scan.ts'

export type Region = {
  readonly start: number
  readonly end: number
  /** What is mapped there: a file, `[heap]`, `[stack]`, or nothing. */
  readonly name: string
}
export type MemoryFinding = Finding & { readonly region: string }

const PAGE_BYTES = 4096
const CHUNK_BYTES = 4 * 1024 * 1024
/** The kernel's own pages, mapped into every process; they hold no data and refuse some reads. */
const kernels = /^\[(?:vvar|vvar_vclock|vsyscall|vdso)\]$/

/**
 * The readable regions of a process, in order of address; without those of files that it cannot
 * write to (programs and libraries), which hold what is on the disk.
 */
export function regionsOf(pid: number): Region[] {
  const regions: Region[] = []
  for (const line of readFileSync(`/proc/${pid}/maps`, 'utf8').split('\n')) {
    const [, start, end, write, name = ''] =
      /^([0-9a-f]+)-([0-9a-f]+) r(\S)\S+ \S+ \S+ \S+ *(.*)$/.exec(line) ?? []
    if (start === undefined || end === undefined || kernels.test(name)) continue
    if (write === '-' && name.startsWith('/')) continue
    regions.push({ start: Number.parseInt(start, 16), end: Number.parseInt(end, 16), name })
  }
  return regions
}

/** Bytes read at this address; 0 where the page is gone or behind the end of its file (EIO). */
function readAt(memory: number, buffer: Buffer, address: number): number {
  try {
    return readSync(memory, buffer, 0, buffer.length, address)
  } catch (fault) {
    const code = fault instanceof Error && 'code' in fault ? fault.code : undefined
    if (code === 'EIO' || code === 'EFAULT' || code === 'ENOMEM') return 0
    throw fault
  }
}

const BLOCK_BYTES = 65_536
const empty = Buffer.alloc(BLOCK_BYTES)

/** The spans of a chunk that hold anything: most of what a process maps was never written to. */
function* written(chunk: Buffer): Generator<readonly [from: number, to: number]> {
  let from = -1
  for (let at = 0; at < chunk.length; at += BLOCK_BYTES) {
    const end = Math.min(at + BLOCK_BYTES, chunk.length)
    const isEmpty = chunk.compare(empty, 0, end - at, at, end) === 0
    if (!isEmpty && from < 0) from = at
    if (isEmpty && from >= 0) yield [from, at]
    if (isEmpty) from = -1
  }
  if (from >= 0) yield [from, chunk.length]
}

/**
 * Hands over all readable memory that holds anything, chunk by chunk; a chunk is only good during
 * the call.
 */
export function readMemory(
  pid: number,
  onChunk: (chunk: Uint8Array, address: number, region: Region) => void,
): void {
  const regions = regionsOf(pid)
  if (regions.length === 0) throw new Error(`process ${pid} has no memory: it has ended`)
  const memory = openSync(`/proc/${pid}/mem`, 'r')
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES)
  try {
    for (const region of regions)
      for (let at = region.start; at < region.end; ) {
        const wanted = buffer.subarray(0, Math.min(CHUNK_BYTES, region.end - at))
        const count = readAt(memory, wanted, at)
        for (const [from, to] of written(wanted.subarray(0, count)))
          onChunk(wanted.subarray(from, to), at + from, region)
        at = count > 0 ? at + count : (Math.floor(at / PAGE_BYTES) + 1) * PAGE_BYTES
      }
  } finally {
    closeSync(memory)
    buffer.fill(0)
  }
}

/** Where in a process's memory the numbers lie, in every form that cli/needles.ts knows. */
export function scanMemory(pid: number, numbers: readonly string[]): MemoryFinding[] {
  if (pid === process.pid) throw new RangeError('the scanner itself knows the numbers')
  const { feed } = createScanner(numbers)
  const found: MemoryFinding[] = []
  readMemory(pid, (chunk, address, { name: region }) => {
    found.push(...feed(chunk, address).map((one) => ({ ...one, region })))
  })
  return found
}

/** A process and all its descendants: PostgreSQL, for one, is a family. */
export function familyOf(pid: number): number[] {
  const childrenOf = new Map<number, number[]>()
  for (const name of readdirSync('/proc').filter((entry) => /^[0-9]+$/.test(entry))) {
    const parent = parentOf(Number(name))
    childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), Number(name)])
  }
  const family = [pid]
  for (const member of family) family.push(...(childrenOf.get(member) ?? []))
  return family
}

/** The parent (proc(5): the second field after the name in brackets); 0 where it has ended. */
function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return 0
  }
}
