/**
 * A partition that is old enough leaves: written to a file, compared with it, detached without a
 * lock that anybody waits for, dropped. Each step stands in `store.partition`, so that whoever
 * comes next goes on where the last one stopped. Run with the owner's role.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { digestOfFile, digestOfRows, digestOfTable, writeRows } from './archive-file.ts'
import type { Db, Sql } from './sql.ts'

export type Partition = {
  readonly of: string
  readonly name: string
  readonly fromMs: number
  readonly untilMs: number
  readonly state: 'attached' | 'archived' | 'detached' | 'dropped'
  readonly file: string | null
  readonly sha256: string | null
  /** As PostgreSQL estimates them while they are here, counted once they are archived. */
  readonly rows: number
  readonly bytes: number
}

/** All that ever were, oldest first. */
export const listPartitions = (sql: Sql) => sql<Partition[]>`
  select p.of, p.name, p.from_ms::float8 as "fromMs", p.until_ms::float8 as "untilMs", p.state,
         p.file, p.sha256, coalesce(p.row_count, greatest(c.reltuples, 0))::float8 as rows,
         coalesce(pg_total_relation_size(c.oid), 0)::float8 as bytes
    from store.partition p left join pg_class c on c.oid = to_regclass(p.name)
   order by p.until_ms, p.of`

export type Archived = { readonly file: string; readonly untilMs: number }

/** The archives in which rows of this table lie that were written from an instant on. */
export const archivesSince = (sql: Db, of: string, ms: number) => sql<Archived[]>`
  select p.file, p.until_ms::float8 as "untilMs" from store.partition p
   where p.of = ${of} and p.until_ms > ${ms} and p.state in ('detached', 'dropped')
   order by p.until_ms`

export type Archiving = {
  readonly sql: Sql
  readonly folder: string
  readonly nowMs: number
  readonly chunk?: number
  readonly say: (partition: string, step: string, rows: number) => void
  readonly stopped: () => boolean
  /** What must be done before the rows go (sums that are carried); false where it was stopped. */
  readonly before: (partition: Partition) => Promise<boolean>
}

/** Takes one partition out, from the step at which it stands; false where it was stopped. */
export async function archive(work: Archiving, partition: Partition): Promise<boolean> {
  const { sql, say, stopped } = work
  const { name, state } = partition
  if (state === 'attached') {
    const isWritten = await write(work, partition)
    if (!isWritten) return false
  }
  if (stopped()) return false
  if (state !== 'detached') {
    const isReady = await work.before(partition)
    if (!isReady) return false
    // Said before it is so: a reader is never told that all is here while something is gone.
    await sql`update store.partition set state = 'detached' where name = ${name}`
  }
  await detach(sql, partition)
  say(name, 'detached', partition.rows)
  await drop(work, name)
  return true
}

/** Into the file, and the file read again beside the table. */
async function write(work: Archiving, { name }: Partition): Promise<boolean> {
  const { sql, folder, say, stopped, chunk } = work
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const file = `${name}.copy.gz`
  const path = join(folder, file)
  const rows = await writeRows({
    ...{ sql, table: name, path, stopped, ...(chunk === undefined ? {} : { chunk }) },
    say: (written) => say(name, 'written', written),
  })
  if (rows === undefined) return false
  if ((await digestOfRows(path)) !== (await digestOfTable(sql, name)))
    throw new Error(`${file} is not what ${name} holds: it stays in place`)
  await sql`
    update store.partition
       set state = 'archived', file = ${file}, sha256 = ${await digestOfFile(path)},
           row_count = ${rows}
     where name = ${name}`
  say(name, 'verified', rows)
  return true
}

/** Writers go on meanwhile; one that was broken off in the middle is finished. */
async function detach(sql: Sql, { of, name }: Partition): Promise<void> {
  const [row] = await sql<{ pending: boolean }[]>`
    select inhdetachpending as pending from pg_inherits where inhrelid = to_regclass(${name})`
  if (row === undefined) return
  await sql.unsafe(
    `alter table ${of} detach partition ${name} ${row.pending ? 'finalize' : 'concurrently'}`,
  )
}

/** Nothing writes to it any more; gone only if it is as it was archived, and the file too. */
async function drop({ sql, folder, nowMs, say }: Archiving, name: string): Promise<void> {
  const [row] = await sql<{ file: string; sha256: string; rows: bigint; there: boolean }[]>`
    select file, sha256, row_count as rows, to_regclass(name) is not null as there
      from store.partition where name = ${name}`
  if (row === undefined) throw new Error(`no partition is called ${name}`)
  if ((await digestOfFile(join(folder, row.file))) !== row.sha256)
    throw new Error(`${row.file} was changed: ${name} stays, detached`)
  await sql.begin(async (tx) => {
    if (row.there) {
      await tx.unsafe(`set local lock_timeout = '5s'; lock table ${name} in access exclusive mode`)
      const [count] = await tx.unsafe<{ n: bigint }[]>(`select count(*) as n from ${name}`)
      if (count?.n !== row.rows)
        throw new Error(`${name} has ${count?.n} rows, its archive ${row.rows}: it stays, detached`)
      await tx.unsafe(`drop table ${name}`)
    }
    await tx`
      update store.partition set state = 'dropped', dropped_ms = ${nowMs} where name = ${name}`
  })
  say(name, 'dropped', Number(row.rows))
}
