/**
 * The laws of the house. Each is a pure function over the files of the tree; `test/laws.test.ts`
 * runs them over the real one, and over planted violations. What to read first: laws/map.ts.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import type { File, Violation } from './laws/code.ts'
import { doors } from './laws/doors.ts'
import { edges } from './laws/edges.ts'
import { guests, uninvited } from './laws/guests.ts'
import { lanes } from './laws/lanes.ts'
import { migrations } from './laws/migrations.ts'
import { cycles, map, sight } from './laws/sight.ts'
import { size } from './laws/size.ts'
import { sqlSight, sqlWords } from './laws/sql.ts'
import { machineFolders, traces, words } from './laws/words.ts'

export type Law = (files: readonly File[]) => Violation[]

/** Every law by its name, for the tree that lies in this folder. */
export const lawsFor = (root: string): Readonly<Record<string, Law>> => ({
  map,
  sight,
  cycles,
  doors,
  'sql-sight': sqlSight,
  'sql-words': sqlWords,
  lanes,
  migrations,
  edges,
  size,
  words,
  guests,
  uninvited,
  traces: (files) => traces(files, machineFolders(root, neighboursOf(root), homedir())),
})

function neighboursOf(root: string): string[] {
  try {
    return readdirSync(dirname(root))
  } catch {
    return [] // a closed or an absent folder: nobody can name what lies in it
  }
}

/** The text files of the checkout, tracked or not, without what .gitignore names. */
export function readTree(root: string): File[] {
  const ignored = readFileSync(join(root, '.gitignore'), 'utf8').split('\n').filter(Boolean)
  const isIgnored = (name: string, folder: boolean) =>
    name === '.git' ||
    ignored.includes(folder ? `${name}/` : name) ||
    ignored.some((pattern) => pattern.startsWith('*') && name.endsWith(pattern.slice(1)))
  const files: File[] = []
  const walk = (folder: string) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (isIgnored(entry.name, entry.isDirectory())) continue
      if (entry.isDirectory()) walk(path)
      if (!entry.isFile()) continue
      const bytes = readFileSync(join(root, path))
      if (!bytes.includes(0)) files.push({ path, text: bytes.toString('utf8') })
    }
  }
  walk('')
  return files.sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** One violation in one line, as an editor understands it. */
export const sentenceOf = ({ law, path, line, sentence }: Violation): string =>
  `${path}:${line}  ${law}: ${sentence}`
