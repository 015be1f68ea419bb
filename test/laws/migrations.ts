/**
 * Law: a migration keeps nobody waiting. Files numbered below 0100 make an empty database; from
 * 0100 on they meet full ones that are written to, so what reads or rewrites a table under a lock
 * is refused, and so is what a server of the version before could not live with.
 */
import { type File, lineOf, type Violation } from './code.ts'
import { readSql } from './sql.ts'

const number = ({ path }: File) => Number(/\/migrations\/(\d{4})-[^/]*\.sql$/.exec(path)?.[1] ?? 0)

const index = 'an index of a full table: concurrently'
const rewrites = 'rewrites the table under a lock: a new column, filled in pieces'
const reads = 'reads the table under a lock: not valid, and validate it in a file of its own'
const defaultless = 'not null needs a default where rows are'
const everything = 'all rows at once: in pieces, by work'
const builds = 'builds an index under a lock: concurrently, then add … using index'
const other = ['constraint', 'primary', 'unique', 'foreign', 'check'].join('|')
const column = String.raw`\badd\s+(?:column\s+)?(?!(?:${other})\b)`
const constraint = String.raw`\badd\s+(?:constraint\s+\w+\s+)?`

// biome-ignore format: a table
const rules: readonly (readonly [pattern: string, sentence: string])[] = [
  [String.raw`\bcreate\s+(?:unique\s+)?index\s+(?!concurrently\b)`, index],
  [String.raw`\bdrop\s+index\s+(?!concurrently\b)`, 'drop an index concurrently'],
  [String.raw`\breindex\b(?!\s+\w+\s+concurrently)`, 'reindex concurrently'],
  [String.raw`${column}[^,;]*\bdefault\s+[\w.]+\s*\(`, rewrites],
  [String.raw`${column}[^,;]*\bgenerated\s+always\b[^,;]*\bstored\b`, rewrites],
  [String.raw`${column}(?![^,;]*\bdefault\b)[^,;]*\bnot\s+null\b`, defaultless],
  [String.raw`\balter\s+column\s+\w+\s+(?:set\s+data\s+)?type\b`, rewrites],
  [String.raw`\bset\s+not\s+null\b`, reads],
  [String.raw`${constraint}(?:check|foreign\s+key)\b(?![^;]*\bnot\s+valid\b)`, reads],
  [String.raw`${constraint}(?:primary\s+key|unique)\s*\(`, builds],
  [String.raw`\brename\b`, 'servers of the version before know the old name'],
  [String.raw`\b(?:vacuum\s+full|cluster\s+\w|lock\s+table|truncate\s+\w)`, 'locks the table'],
  [String.raw`\bdetach\s+partition\s+[\w.]+\s*$`, 'detach concurrently'],
  [String.raw`\b(?:update|delete\s+from)\s+\w+\.\w+(?![^;]*\bwhere\b)`, everything],
]

/** Outside bodies of functions, which run later; on tables that stood before this file. */
function faultsOf({ path, text }: File): Violation[] {
  const bare = readSql(text).replace(/\$(\w*)\$[\s\S]*?\$\1\$/g, (body) =>
    body.replace(/[^\n]/g, ' '),
  )
  const made = [...bare.matchAll(/\bcreate\s+table\s+(?:if\s+not\s+exists\s+)?(\w+\.\w+)/g)]
  const own = new Set(made.map(([, name = '']) => name))
  const found: Violation[] = []
  const add = (at: number, sentence: string) =>
    found.push({ law: 'migrations', path, line: lineOf(text, at), sentence })
  let from = 0
  for (const statement of bare.split(';')) {
    const named = /\b(?:table|on|update|from)\s+(?:only\s+)?(\w+\.\w+)/.exec(statement)?.[1]
    if (!own.has(named ?? '') && !/^\s*create\s+table\b/.test(statement))
      for (const [pattern, sentence] of rules)
        for (const { index: at } of statement.matchAll(new RegExp(pattern, 'g')))
          add(from + at, sentence)
    from += statement.length + 1
  }
  const isAlone = /^-- outside a transaction$/m.test(text)
  const statements = bare.split(';').filter((one) => one.trim() !== '').length
  const needsIt = /\bconcurrently\b/.test(bare)
  if (needsIt && !isAlone) add(0, 'concurrently: begin with the line “-- outside a transaction”')
  if (isAlone && statements > 1) add(0, 'outside a transaction stands one statement')
  if (/\bvalidate\s+constraint\b/.test(bare) && /\bnot\s+valid\b/.test(bare))
    add(0, 'validate in a later file: here the lock of adding it is held')
  return found
}

export const migrations = (files: readonly File[]): Violation[] =>
  files.filter((file) => number(file) >= 100).flatMap(faultsOf)
