/**
 * Law: the rooms' doors in SQL. One schema for each room. A room's SQL, in migrations and in
 * TypeScript, names its own tables, and functions and types of rooms it may see by the same map;
 * never another room's table, not even as a foreign key. SQL knows no clock, no chance, and
 * nothing that another engine refuses (spec: money).
 *
 * Comments and string literals are blanked; bodies in $$…$$ stay, they are code. What stands in
 * the migrations (`create table ledger.hold …`) is the catalogue that tells a table from a column.
 */
import { type File, isCode, isTest, lineOf, readCode, type Violation } from './code.ts'
import { type MaySee, maySee, schemaOf, zoneOf } from './map.ts'

export type Kind = 'table' | 'function' | 'type'
export type Catalogue = ReadonlyMap<string, Kind>
type Passage = {
  readonly path: string
  readonly sql: string
  readonly line: (at: number) => number
}
type Name = {
  readonly schema: string
  readonly name: string
  readonly kind: Kind
  readonly at: number
}

/** SQL with comments and the insides of string literals blanked, letter for letter. */
export const readSql = (sql: string): string =>
  sql
    .replace(/--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'/g, (text) =>
      text.startsWith("'")
        ? `'${text.slice(1, -1).replace(/[^\n]/g, ' ')}'`
        : text.replace(/[^\n]/g, ' '),
    )
    .replaceAll('"', ' ')
    .toLowerCase()

const made = new RegExp(
  [
    String.raw`\bcreate\s+(?:or\s+replace\s+)?(?:unlogged\s+|materialized\s+)?`,
    '(table|view|function|procedure|aggregate|type|domain|sequence)',
    String.raw`\s+(?:if\s+not\s+exists\s+)?([a-z_]\w*)(?:\s*\.\s*([a-z_]\w*))?`,
  ].join(''),
  'g',
)

function kindOfMade(word: string): Kind {
  if (/^(?:function|procedure|aggregate)$/.test(word)) return 'function'
  return /^(?:type|domain)$/.test(word) ? 'type' : 'table'
}

/** Everything that the migrations make, by its full name. */
export function catalogueOf(files: readonly File[]): Catalogue {
  const catalogue = new Map<string, Kind>()
  for (const { path, text } of files)
    if (path.endsWith('.sql'))
      for (const [, word = '', schema, name] of readSql(text).matchAll(made))
        if (name !== undefined) catalogue.set(`${schema}.${name}`, kindOfMade(word))
  return catalogue
}

const rowsBefore = /\b(?:update|into|references)\s+$/
/** What stands before a table's name (`is distinct from`, `join … on` go before a column). */
const tableBefore = new RegExp(
  [
    String.raw`\b(?:(?<!distinct\s+)from|join|using|only|table|truncate)\s+$`,
    rowsBefore.source,
    String.raw`\b(?:index|grant|revoke)\b[^;()]*\bon\s+$`,
  ].join('|'),
)

/** Names of the form room.thing. A column (`payment.id`, unknown to the catalogue) is none. */
function namesIn(sql: string, catalogue: Catalogue, schemas: ReadonlySet<string>): Name[] {
  const names: Name[] = []
  for (const { 1: schema = '', 2: name = '', 0: whole, index: at } of sql.matchAll(
    /(?<![\w.])([a-z_]\w*)\s*\.\s*([a-z_]\w*)/g,
  )) {
    if (!schemas.has(schema)) continue
    const before = sql.slice(Math.max(0, at - 200), at)
    const call = /^\s*\(/.test(sql.slice(at + whole.length))
    const known = catalogue.get(`${schema}.${name}`)
    const said = call && !rowsBefore.test(before) ? 'function' : undefined
    const rows = tableBefore.test(before) ? 'table' : undefined
    const kind = known ?? (/::\s*$/.test(before) ? 'type' : undefined) ?? said ?? rows
    if (kind !== undefined) names.push({ schema, name, kind, at })
  }
  return names
}

const clock = 'SQL asks no clock: pass the time in'
const chance = 'SQL makes no chance: pass it in'
const serial = 'no serial keys: the application makes ids'
const words: readonly (readonly [RegExp, string])[] = [
  [/\b(?:now|(?:clock|statement|transaction)_timestamp|timeofday)\s*\(/g, clock],
  [/\b(?:current_timestamp|current_date|current_time|localtimestamp|localtime)\b/g, clock],
  [/\b(?:random|random_normal|uuidv4|uuidv7)\s*\(|\bgen_random_(?:uuid|bytes)\b/g, chance],
  [/\bcreate\s+(?:or\s+replace\s+)?(?:constraint\s+|event\s+)?trigger\b/g, 'no triggers'],
  [/\breturns\s+(?:event_)?trigger\b/g, 'no triggers'],
  [/\b(?:deferrable|initially\s+deferred)\b/g, 'no deferrable constraints'],
  [/\b(?:big|small)?serial[248]?\b|\bas\s+identity\b|\bnextval\s*\(/g, serial],
  [/\bpg_(?:try_)?advisory_\w+/g, 'no advisory locks'],
  [/(?:^|;|\bbegin\b|\bthen\b)\s*(?:un)?(?:listen|notify)\s+\w/g, 'no LISTEN/NOTIFY'],
  [/\bpg_notify\s*\(/g, 'no LISTEN/NOTIFY'],
  [/\b(?:create\s+(?:(?:local|global)\s+)?|into\s+)temp(?:orary)?\b/g, 'no temporary tables'],
]

function wordFaults({ path, sql, line }: Passage): Violation[] {
  return words.flatMap(([pattern, sentence]) =>
    [...sql.matchAll(pattern)].map(({ index }) => ({
      law: 'sql-words',
      path,
      line: line(index),
      sentence,
    })),
  )
}

const isOurs = (path: string) => /^(?:server|vault)\//.test(path)
const verbs =
  'select|insert|update|delete|merge|with|call|do|create|alter|drop|grant|lock|listen|notify'
const looksLikeSql = new RegExp(
  String.raw`^\s*(?:${verbs})\b|\b(?:from|into|update|call|select)\s+[a-z_]+\.[a-z_]+`,
  'i',
)

/** The SQL of a file: the file, or the templates and strings of a TypeScript file that hold SQL. */
export function passagesOf({ path, text }: File): Passage[] {
  if (path.endsWith('.sql')) return [{ path, sql: readSql(text), line: (at) => lineOf(text, at) }]
  if (!/\.tsx?$/.test(path)) return []
  const { masked, literals } = readCode(text)
  return literals
    .filter(({ text: said, start, template }) => {
      const before = masked.slice(Math.max(0, start - 50), start - 1)
      return (template && /[\w>]\s*$/.test(before)) || looksLikeSql.test(said)
    })
    .map(({ text: sql, start }) => ({
      path,
      sql: readSql(sql),
      line: (at) => lineOf(text, start + at),
    }))
}

/** SQL in server and vault keeps to what every engine takes and asks nobody for time or chance. */
export function sqlWords(files: readonly File[]): Violation[] {
  const found: Violation[] = []
  for (const file of files.filter(({ path }) => isOurs(path) && !isTest(path))) {
    found.push(...passagesOf(file).flatMap(wordFaults))
    if (!isCode(file)) continue
    for (const { index } of readCode(file.text).masked.matchAll(
      /\bsql\s*\.\s*(?:listen|notify)\s*\(/g,
    ))
      found.push({
        law: 'sql-words',
        path: file.path,
        line: lineOf(file.text, index),
        sentence: 'no LISTEN/NOTIFY',
      })
  }
  return found
}

/** Makes partitions of tables that rooms have named to it: the one place of dynamic SQL. */
const makesPartitions = 'server/store/migrations/0002-partitions.sql'

/** What a migration makes stands in its own room's schema, and it finds names by their schema. */
function homeFaults({ path, sql, line }: Passage): Violation[] {
  const own = schemaOf(zoneOf(path))
  const found: Violation[] = []
  const add = (at: number, sentence: string) =>
    found.push({ law: 'sql-sight', path, line: line(at), sentence })
  for (const { 1: word = '', 2: first = '', 3: name, index } of sql.matchAll(made)) {
    if (name === undefined) add(index, `${word} ${first}: write its schema, ${own}.${first}`)
    else if (first !== own) add(index, `${own} makes nothing in the schema ${first}`)
  }
  for (const { 1: path = '', index } of sql.matchAll(/\bsearch_path\s*(?:=|to)\s*([\w ,]+)/g))
    for (const name of path.split(',').map((part) => part.trim().split(/\s/)[0] ?? ''))
      if (name !== '' && name !== own && name !== 'pg_catalog' && name !== 'pg_temp')
        add(index, `search_path names ${name}: write ${name}.thing where it is used`)
  for (const { index } of sql.matchAll(/\bexecute\b(?!\s+(?:on|function|procedure)\b|\s*,)/g))
    if (path !== makesPartitions) add(index, 'no dynamic SQL: nobody can read whom it names')
  return found
}

function nameFault(name: Name, file: string, table: MaySee): string | undefined {
  const zone = zoneOf(file)
  const { schema, kind } = name
  if (schemaOf(zone) === schema && zone !== 'server') return undefined
  const seen = (table[zone] ?? []).map(schemaOf)
  const what = `${schema}.${name.name}`
  if (!seen.includes(schema)) return `${zone} may not see ${schema} (${what})`
  if (kind !== 'table') return undefined
  return `${what}: another room's table; ask at its door, a function`
}

/** Rooms see each other in SQL as they do in TypeScript. */
export function sqlSight(files: readonly File[], table: MaySee = maySee): Violation[] {
  const catalogue = catalogueOf(files)
  const schemas = new Set(
    Object.keys(table)
      .filter((zone) => zone.startsWith('server/'))
      .map(schemaOf),
  )
  const found: Violation[] = []
  for (const file of files.filter(({ path }) => path.startsWith('server/') && !isTest(path)))
    for (const passage of passagesOf(file)) {
      const { path, sql, line } = passage
      if (path.endsWith('.sql') && zoneOf(path) !== 'server') found.push(...homeFaults(passage))
      for (const name of namesIn(sql, catalogue, schemas)) {
        const sentence = nameFault(name, path, table)
        if (sentence !== undefined)
          found.push({ law: 'sql-sight', path, line: line(name.at), sentence })
      }
    }
  return found
}
