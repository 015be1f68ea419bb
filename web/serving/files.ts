/**
 * The files of a built page, read once, each compared with the digest that the build wrote down in
 * files.json (SHA-384, as in Subresource Integrity). What is served afterwards is what was checked:
 * it comes from memory, so a file that is altered later changes nothing until the next start, and
 * then stops it.
 */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'

export type BuiltFile = {
  readonly bytes: Buffer
  readonly gzip: Buffer | null
  readonly type: string
  readonly integrity: string
  /** Its name carries its hash: it never changes, and may be kept for ever. */
  readonly isHashed: boolean
}

export class FilesError extends Error {
  override readonly name = 'FilesError'
  readonly code: 'not_built' | 'file_altered' | 'file_unlisted'
  constructor(code: FilesError['code'], what: string, options?: ErrorOptions) {
    super(what, options)
    this.code = code
  }
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
}
const isText = (type: string) => /charset|svg/.test(type)

export const LIST = '/files.json'

export const integrityOf = (bytes: Buffer): string =>
  `sha384-${createHash('sha384').update(bytes).digest('base64')}`

/** The paths of all files below a folder, as a page's server names them: `/assets/x.js`. */
export async function pathsBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length).replaceAll('\\', '/'))
    .sort()
}

/** The list that the build wrote: path → integrity. */
export async function readList(folder: string): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(join(folder, LIST), 'utf8').catch((cause: unknown) => {
    throw new FilesError('not_built', `There is no built page in ${folder}.`, { cause })
  })
  const value: unknown = JSON.parse(text)
  const pairs = Object.entries(value ?? {}).map(([path, integrity]): [string, string] => {
    if (typeof integrity === 'string') return [path, integrity]
    throw new FilesError('not_built', `${LIST} gives no digest for ${path}.`)
  })
  return new Map(pairs)
}

/** Reads and checks every file; refuses one that is missing, altered or not on the list. */
export async function loadFiles(folder: string): Promise<ReadonlyMap<string, BuiltFile>> {
  const list = await readList(folder)
  const found = await pathsBelow(folder)
  for (const path of found)
    if (path !== LIST && !list.has(path))
      throw new FilesError('file_unlisted', `${path} is not a file of this build.`)
  const files = new Map<string, BuiltFile>()
  for (const path of [...list.keys(), LIST]) {
    const bytes = await readFile(join(folder, path)).catch((cause: unknown) => {
      throw new FilesError('file_altered', `${path} of this build is missing.`, { cause })
    })
    const integrity = integrityOf(bytes)
    if (path !== LIST && integrity !== list.get(path))
      throw new FilesError('file_altered', `${path} is not what was built.`)
    const type = types[extname(path)] ?? 'application/octet-stream'
    const gzip = isText(type) && bytes.length > 1000 ? gzipSync(bytes, { level: 9 }) : null
    files.set(path, { bytes, gzip, type, integrity, isHashed: path.startsWith('/assets/') })
  }
  return files
}
