/**
 * Law: tables that grow with payments can be distributed by their lane (docs/scaling.md). The lane
 * leads every key, stands in everything unique and in every join of two such tables, and times are
 * numbers. A table without it is named in docs/scaling.md as one that is copied to every machine.
 */
import { type File, isTest, lineOf, type Violation } from './code.ts'
import { passagesOf, readSql } from './sql.ts'

type Table = {
  readonly name: string
  readonly path: string
  readonly line: number
  /** Columns and constraints, one each. */
  readonly parts: readonly string[]
}

const SCALING = 'docs/scaling.md'
const isMigration = ({ path }: File) => /^server\/\w[\w-]*\/migrations\/.*\.sql$/.test(path)

/** What stands within the parenthesis that opens at `from`. */
function within(text: string, from: number): string {
  let depth = 0
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1
    if (text[at] === ')') depth -= 1
    if (depth === 0) return text.slice(from + 1, at)
  }
  return text.slice(from + 1)
}

/** Divided at commas that stand in no parenthesis. */
function divided(text: string): string[] {
  const parts: string[] = []
  let [depth, from] = [0, 0]
  for (let at = 0; at <= text.length; at += 1) {
    if (text[at] === '(') depth += 1
    if (text[at] === ')') depth -= 1
    if (at === text.length || (text[at] === ',' && depth === 0)) {
      parts.push(text.slice(from, at).trim().replace(/\s+/g, ' '))
      from = at + 1
    }
  }
  return parts
}

const making = /\bcreate\s+(?:unlogged\s+)?table\s+(?:if\s+not\s+exists\s+)?(\w+\.\w+)\s*(?=\()/g

export function tablesOf(files: readonly File[]): Table[] {
  return files.filter(isMigration).flatMap(({ path, text }) => {
    const sql = readSql(text)
    return [...sql.matchAll(making)].map(({ 0: head, 1: name = '', index }) => {
      const parts = divided(within(sql, index + head.length))
      return { name, path, line: lineOf(text, index), parts }
    })
  })
}

const hasLane = ({ parts }: Table) => parts.some((part) => part.startsWith('lane '))
const columnsIn = (text: string) =>
  (/\(([^)]*)\)/.exec(text)?.[1] ?? '').split(',').map((column) => column.trim())

/** Names in backticks of the table of docs/scaling.md that says what is copied everywhere. */
function copied(files: readonly File[]): ReadonlySet<string> {
  const text = files.find(({ path }) => path === SCALING)?.text ?? ''
  const [, section = ''] = text.split('\n## Copied to every machine\n')
  const [own = ''] = section.split('\n## ')
  return new Set([...own.matchAll(/`(\w+\.\w+)`/g)].map(([, name = '']) => name))
}

function keyFaults({ name, parts }: Table, files: readonly File[]): string[] {
  const key = parts.find((part) => /^primary key/.test(part))
  const inPartitions = new RegExp(`cut_by_time\\('${name}', null, 'lane, `)
  const faults: string[] = []
  if (parts.some((part) => /^\w+ .*\bprimary key\b/.test(part)) || (key && !/\(lane\b/.test(key)))
    faults.push(`${name}: the lane leads the primary key`)
  if (!key && !files.some(({ text }) => inPartitions.test(text)))
    faults.push(`${name}: a primary key that begins with the lane is missing`)
  for (const part of parts) {
    if (/^unique\b/.test(part) && !columnsIn(part).includes('lane'))
      faults.push(`${name}: ${part}: nothing is unique without its lane`)
    if (/^\w+ .*\bunique\b/.test(part)) faults.push(`${name}: ${part}: unique with its lane only`)
    if (/\breferences\b/.test(part) && !/^foreign key ?\(lane\b/.test(part))
      faults.push(`${name}: a foreign key without the lane`)
  }
  return faults
}

const clockType = /\b(?:timestamptz|timestamp with(?:out)? time zone|timestamp)\b/

function tableFaults(table: Table, files: readonly File[], free: ReadonlySet<string>): string[] {
  const times = table.parts.filter((part) => /^\w+ /.test(part) && clockType.test(part))
  const faults = times.map((part) => `${table.name}: ${part}: times are bigint milliseconds`)
  if (free.has(table.name)) return faults
  if (!hasLane(table))
    return [...faults, `${table.name}: no lane, and docs/scaling.md does not name it as copied`]
  return [...faults, ...keyFaults(table, files)]
}

const ends = '(?:as\\s+)?(\\w+)?'

const uniqueIndex = new RegExp(
  [
    String.raw`\bcreate\s+unique\s+index\s+(?:concurrently\s+)?(?:if\s+not\s+exists\s+)?`,
    String.raw`\w+\s+on\s+(\w+\.\w+)\s*\(([^)]*)`,
  ].join(''),
  'g',
)

/** What one statement does to tables with a lane that cannot be done on several machines. */
function statementFaults(sql: string, lanes: ReadonlySet<string>): { at: number; says: string }[] {
  const found: { at: number; says: string }[] = []
  for (const { 0: whole, 1: name = '', 2: alias, index } of sql.matchAll(
    new RegExp(`\\bjoin\\s+(\\w+\\.\\w+)\\s+${ends}`, 'g'),
  )) {
    if (!lanes.has(name)) continue
    const begin = sql.lastIndexOf(';', index) + 1
    const end = sql.indexOf(';', index)
    const statement = sql.slice(begin, end < 0 ? undefined : end)
    const others = [...statement.matchAll(/\b(?:from|join|using|update)\s+(\w+\.\w+)/g)]
    if (new Set(others.map(([, other = '']) => other).filter((one) => lanes.has(one))).size < 2)
      continue
    const called = alias === undefined || alias === 'on' ? name : alias
    if (!new RegExp(`\\b${called}\\.lane\\b`).test(statement))
      found.push({ at: index + whole.indexOf(name), says: `${name} is joined without its lane` })
  }
  for (const { 1: name = '', 2: columns = '', index } of sql.matchAll(uniqueIndex))
    if (lanes.has(name) && !/\blane\b/.test(columns))
      found.push({ at: index, says: `${name}: nothing is unique without its lane` })
  for (const { index } of sql.matchAll(/\bset\b[^;]*?\+\s*interval\b/g))
    found.push({ at: index, says: 'a time and an interval in an update: count milliseconds' })
  return found
}

export function lanes(files: readonly File[]): Violation[] {
  const free = copied(files)
  const tables = tablesOf(files)
  const migrations = files.filter(isMigration)
  const found: Violation[] = tables.flatMap((table) =>
    tableFaults(table, migrations, free).map((sentence) => ({
      ...{ law: 'lanes', path: table.path, line: table.line, sentence },
    })),
  )
  const names = new Set(tables.map(({ name }) => name))
  for (const name of free)
    if (!names.has(name))
      found.push({ law: 'lanes', path: SCALING, line: 1, sentence: `${name} is no table` })
  const spread = new Set(tables.filter((one) => hasLane(one)).map(({ name }) => name))
  for (const name of free) spread.delete(name)
  for (const file of files.filter(({ path }) => path.startsWith('server/') && !isTest(path)))
    for (const { path, sql, line } of passagesOf(file))
      for (const { at, says } of statementFaults(sql, spread))
        found.push({ law: 'lanes', path, line: line(at), sentence: says })
  return found
}
