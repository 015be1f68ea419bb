/**
 * Looks for known numbers in bytes: a card number must be found wherever it lies, in whatever form
 * a program may have left it: text, UTF-16, hex, base64, packed decimal (BCD, as ISO 8583 and
 * chip cards write it), integers.
 *
 * All forms of all numbers are looked for in one pass that skips ahead (Wu and Manber, "A fast
 * algorithm for multi-pattern searching", 1994), so that a database's files are read at disk speed.
 */
import { lstat, open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Needle, needlesOf } from './needles.ts'
import { codeOf } from './sorry.ts'

export type Finding = {
  readonly number: string
  readonly encoding: string
  /** Where the first byte that belongs to the number lies. */
  readonly offset: number
}
export type PlacedFinding = Finding & { readonly path: string }

type Index = {
  /** Bytes that every needle's core has at least: the window that slides. */
  readonly window: number
  /** By the window's last two bytes: how far it may move on; 0 where a core may end. */
  readonly skips: Uint8Array
  readonly ends: ReadonlyMap<number, readonly Needle[]>
  /** Bytes of the longest needle, with the half bytes at its edges. */
  readonly reach: number
}

function indexOf(numbers: readonly string[]): Index {
  const needles = numbers.flatMap(needlesOf)
  const window = Math.min(255, ...needles.map(({ core }) => core.length))
  const skips = new Uint8Array(65_536).fill(window - 1)
  const ends = new Map<number, Needle[]>()
  for (const needle of needles)
    for (let end = 1; end < window; end += 1) {
      const pair = ((needle.core[end - 1] ?? 0) << 8) | (needle.core[end] ?? 0)
      skips[pair] = Math.min(skips[pair] ?? 0, window - 1 - end)
      if (end === window - 1) ends.set(pair, [...(ends.get(pair) ?? []), needle])
    }
  return { window, skips, ends, reach: Math.max(0, ...needles.map(({ core }) => core.length + 2)) }
}

function fits(bytes: Uint8Array, at: number, { core, before, after }: Needle): boolean {
  if (at < 0 || at + core.length > bytes.length) return false
  for (let i = 0; i < core.length; i += 1) if (bytes[at + i] !== core[i]) return false
  const [left, right] = [bytes[at - 1], bytes[at + core.length]]
  if (before && (left === undefined || (left & before.mask) !== before.value)) return false
  return !after || (right !== undefined && (right & after.mask) === after.value)
}

function search(bytes: Uint8Array, { window, skips, ends }: Index): Finding[] {
  const found: Finding[] = []
  if (ends.size === 0) return found
  for (let end = window - 1; end < bytes.length; ) {
    const pair = ((bytes[end - 1] ?? 0) << 8) | (bytes[end] ?? 0)
    const skip = skips[pair] ?? 1
    if (skip > 0) {
      end += skip
      continue
    }
    const start = end - window + 1
    for (const needle of ends.get(pair) ?? [])
      if (fits(bytes, start, needle)) {
        const { number, encoding, before } = needle
        found.push({ number, encoding, offset: start - (before ? 1 : 0) })
      }
    end += 1
  }
  return found
}

/** Every place in these bytes where one of the numbers lies, in any form. */
export const findNumbers = (haystack: Uint8Array, numbers: readonly string[]): Finding[] =>
  search(haystack, indexOf(numbers))

export type Scanner = {
  /** The findings that end in this chunk; `at` is its place in the whole. */
  readonly feed: (chunk: Uint8Array, at: number) => Finding[]
}

/** Reads chunk after chunk; a number that lies across two neighbours is found, once. */
export const createScanner = (numbers: readonly string[]): Scanner => scannerOf(indexOf(numbers))

function scannerOf(index: Index): Scanner {
  const told = new Map<string, number>()
  let tail: Uint8Array = new Uint8Array(0)
  let next = -1

  const feed = (chunk: Uint8Array, at: number): Finding[] => {
    if (at !== next) tail = new Uint8Array(0)
    const seam = Buffer.concat([tail, chunk.subarray(0, index.reach)])
    const start = at - tail.length
    const found = [
      ...search(seam, index).map((one) => ({ ...one, offset: one.offset + start })),
      ...search(chunk, index).map((one) => ({ ...one, offset: one.offset + at })),
    ].filter(({ number, encoding, offset }) => {
      const key = `${number} ${encoding} ${offset}`
      const known = told.has(key)
      told.set(key, offset)
      return !known
    })
    for (const [key, offset] of told)
      if (offset < at + chunk.length - 3 * index.reach) told.delete(key)
    next = at + chunk.length
    const whole = chunk.length >= index.reach ? chunk : Buffer.concat([tail, chunk])
    tail = Uint8Array.from(whole.subarray(Math.max(0, whole.length - index.reach)))
    return found
  }
  return { feed }
}

const CHUNK_BYTES = 4 * 1024 * 1024

/** What a walk through many files shares: a database has thousands, and most are small. */
type Walk = { readonly index: Index; readonly chunk: Buffer }

const walkOf = (numbers: readonly string[]): Walk => ({
  index: indexOf(numbers),
  chunk: Buffer.allocUnsafe(CHUNK_BYTES),
})

async function inFile(path: string, { index, chunk }: Walk): Promise<Finding[]> {
  const { feed } = scannerOf(index)
  const found: Finding[] = []
  await using file = await open(path)
  for (let at = 0; ; ) {
    const { bytesRead } = await file.read(chunk, 0, chunk.length, at)
    if (bytesRead === 0) return found
    found.push(...feed(chunk.subarray(0, bytesRead), at))
    at += bytesRead
  }
}

async function inFolder(path: string, walk: Walk): Promise<PlacedFinding[]> {
  const kind = await lstat(path)
  if (kind.isFile()) return (await inFile(path, walk)).map((one) => ({ ...one, path }))
  if (!kind.isDirectory()) return []
  const found: PlacedFinding[] = []
  for (const name of (await readdir(path)).sort())
    try {
      found.push(...(await inFolder(join(path, name), walk)))
    } catch (fault) {
      if (codeOf(fault) !== 'ENOENT') throw fault // it went away meanwhile
    }
  return found
}

/** Every finding in a file of any size. */
export const scanFile = (path: string, numbers: readonly string[]): Promise<Finding[]> =>
  inFile(path, walkOf(numbers))

/**
 * Every finding in all files below a folder (or in one file). Symbolic links are not followed;
 * what cannot be read is a fault, never a silent no.
 */
export const scanFolder = (path: string, numbers: readonly string[]): Promise<PlacedFinding[]> =>
  inFolder(path, walkOf(numbers))
