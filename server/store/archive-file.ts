/**
 * The file that a partition's rows go into: PostgreSQL's own text form (COPY), gzip, a member for
 * each chunk, rows in the order of their key. How far it came stands in a note beside it: a run
 * that was stopped goes on after the last whole chunk. To read it: `gzip -dc FILE`, COPY … FROM.
 */
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip, gzipSync } from 'node:zlib'
import type { Sql } from './sql.ts'

const CHUNK = 100_000

type Note = { readonly after: string | null; readonly rows: number; readonly bytes: number }
const nothing: Note = { after: null, rows: 0, bytes: 0 }

export type Writing = {
  readonly sql: Sql
  /** `ledger.leg_2026_11`: out of `store.partition`, never typed by anybody. */
  readonly table: string
  readonly path: string
  readonly chunk?: number
  readonly say: (rows: number) => void
  readonly stopped: () => boolean
}

/** Writes what is missing; answers with how many rows there are, undefined where stopped. */
export async function writeRows(writing: Writing): Promise<number | undefined> {
  const { sql, table, path, say, stopped, chunk = CHUNK } = writing
  const [partial, beside] = [`${path}.partial`, `${path}.partial.json`]
  const key = await keyOf(sql, table)
  let note = await readNote(beside)
  if (note.bytes > 0) await truncate(partial, note.bytes)
  else await writeFile(partial, gzipSync(''), { mode: 0o600 })
  for (;;) {
    if (stopped()) return undefined
    const where = note.after === null ? '' : `where (${key}) > (${note.after})`
    const rows = `from ${table} ${where} order by ${key} limit ${chunk}`
    const [last] = await sql.unsafe<{ after: string; n: number }[]>(`
      select concat_ws(', ', ${quoted(key)}) as after, n::int
        from (select ${key}, row_number() over (order by ${key}) as n ${rows}) t
       order by n desc limit 1`)
    if (last === undefined) break
    await copyOut(sql, `select * ${rows}`, (stream) =>
      pipeline(stream, createGzip(), createWriteStream(partial, { flags: 'a', flush: true })),
    )
    const { size } = await stat(partial)
    note = { after: last.after, rows: note.rows + last.n, bytes: size }
    await writeFile(`${beside}.new`, JSON.stringify(note), { mode: 0o600 })
    await rename(`${beside}.new`, beside)
    say(note.rows)
  }
  await rename(partial, path)
  await rm(beside, { force: true })
  return note.rows
}

async function readNote(path: string): Promise<Note> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  return text === undefined ? nothing : JSON.parse(text)
}

/** The columns of its primary key, as SQL lists them. */
async function keyOf(sql: Sql, table: string): Promise<string> {
  const [row] = await sql<{ key: string | null }[]>`
    select string_agg(quote_ident(a.attname), ', ' order by k.at) as key
      from pg_index i
     cross join lateral unnest(i.indkey) with ordinality k(number, at)
      join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number
     where i.indrelid = ${table}::regclass and i.indisprimary`
  if (!row?.key) throw new Error(`${table} has no primary key`)
  return row.key
}

const quoted = (key: string) =>
  key
    .split(', ')
    .map((column) => `quote_literal(${column})`)
    .join(', ')

/** SHA-256 over the file as it lies there. */
export const digestOfFile = (path: string) => digestOf(createReadStream(path))

/** Over the rows in it. */
export const digestOfRows = (path: string) => digestOf(createReadStream(path).pipe(createGunzip()))

/** The same over the table's rows, read anew. */
export async function digestOfTable(sql: Sql, table: string): Promise<string> {
  const key = await keyOf(sql, table)
  return copyOut(sql, `select * from ${table} order by ${key}`, digestOf)
}

/**
 * Rows in PostgreSQL's text form, to whoever takes them. The driver stops reading its socket where
 * the taker is slower, and goes on when asked for more: an end that came in the same piece asks for
 * nothing, and the connection's next answer would never be read. So it is asked once more.
 */
async function copyOut<T>(sql: Sql, query: string, take: (rows: Readable) => Promise<T>) {
  const stream = await sql.unsafe(`copy (${query}) to stdout`).readable()
  const taken = await take(stream)
  stream._read(0)
  return taken
}

async function digestOf(stream: Readable): Promise<string> {
  const hash = createHash('sha256')
  for await (const bytes of stream) hash.update(bytes)
  return hash.digest('hex')
}
