/**
 * Reads files, folders and the memory of live processes for card numbers. What is packed (gzip) is
 * unpacked first. Symbolic links are not followed; what cannot be read is a fault, never a
 * silent no.
 */
import { createReadStream } from 'node:fs'
import { lstat, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createGunzip } from 'node:zlib'
import { type CardFinding, createCardScanner, type Wanted } from './card-numbers/card-numbers.ts'

export { createCardScanner } from './card-numbers/card-numbers.ts'

import { readMemory } from './process-memory.ts'
import { codeOf } from './sorry.ts'

/** The BINs of the sandbox's programs (ISO/IEC 7812-1: 99 is for national use). */
export const sandboxBins = ['990012', '990013', '990014', '990015', '990016', '990017'] as const

export type PlacedCard = CardFinding & { readonly path: string }
/** Called with every number of bytes that was read. */
export type OnBytes = (bytes: number) => void

const CHUNK_BYTES = 4 * 1024 * 1024
const GZIP = Buffer.from([0x1f, 0x8b])

async function isPacked(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    const head = Buffer.alloc(2)
    await file.read(head, 0, 2, 0)
    return head.equals(GZIP)
  } finally {
    await file.close()
  }
}

async function* findInFile(path: string, wanted: Wanted, onBytes: OnBytes) {
  // A small file gets a small buffer: a folder may have thousands of them.
  const { size } = await lstat(path)
  const highWaterMark = Math.min(CHUNK_BYTES, size + 1)
  const raw = createReadStream(path, { highWaterMark })
  const source = (await isPacked(path)) ? raw.pipe(createGunzip({ chunkSize: CHUNK_BYTES })) : raw
  raw.once('error', (fault) => source.destroy(fault))
  const scanner = createCardScanner(wanted)
  let at = 0
  for await (const chunk of source) {
    const bytes: Buffer = chunk
    onBytes(bytes.length)
    for (const found of scanner.feed(bytes, at)) yield { ...found, path }
    at += bytes.length
  }
  for (const found of scanner.end()) yield { ...found, path }
}

/** Every finding in a file, or in all files below a folder. */
export async function* findCards(
  path: string,
  wanted: Wanted,
  onBytes: OnBytes = () => {},
): AsyncGenerator<PlacedCard> {
  const kind = await lstat(path)
  if (kind.isFile()) yield* findInFile(path, wanted, onBytes)
  if (!kind.isDirectory()) return
  for (const name of (await readdir(path)).sort())
    try {
      yield* findCards(join(path, name), wanted, onBytes)
    } catch (fault) {
      if (codeOf(fault) !== 'ENOENT') throw fault // it went away meanwhile
    }
}

/** Every finding in the memory of a live process; `offset` is the address. */
export function findCardsInMemory(pid: number, wanted: Wanted): PlacedCard[] {
  if (pid === process.pid) throw new RangeError('the scanner itself knows numbers')
  const found: CardFinding[] = []
  const { feed, end } = createCardScanner(wanted)
  readMemory(pid, (chunk, address) => {
    found.push(...feed(Buffer.from(chunk), address))
  })
  found.push(...end())
  return found.map((one) => ({ ...one, path: `process ${pid}` }))
}
