/**
 * Fills a sandbox's server database, with PostgreSQL set to be quick instead of safe: whole tables
 * by COPY out of one query into another backend, keys built afterwards. Every step is kept, so a
 * filling that was stopped goes on where it was.
 */
import { execFile } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startCluster } from '@warifu/cli/cluster'
import { createKeeper } from '@warifu/cli/keeper'
import postgres from 'postgres'
import { casts, type Hot, hot, names, peopleTables, type Scale, spread } from './growth-tables.ts'

type Sql = postgres.Sql
export type Say = (line: string) => void
export type Place = { readonly home: string; readonly adminUrl: string }
type Filling = Scale & {
  readonly sql: Sql
  readonly open: () => Sql
  readonly folder: string
  readonly say: Say
}

const quick = {
  ...{ wal_level: 'minimal', max_wal_senders: '0', fsync: 'off', synchronous_commit: 'off' },
  ...{ full_page_writes: 'off', autovacuum: 'off', max_wal_size: '16GB', checkpoint_timeout: '1h' },
  ...{ shared_buffers: '1GB', work_mem: '512MB', maintenance_work_mem: '1GB' },
  ...{ max_parallel_workers_per_gather: '0', max_parallel_maintenance_workers: '1', jit: 'off' },
  // The order of time is kept by probing people with payments.
  ...{ enable_mergejoin: 'off', enable_nestloop: 'off' },
}

/** Of a stopped sandbox. */
export async function fill({ home, adminUrl }: Place, payments: number, say: Say): Promise<void> {
  const url = new URL(adminUrl)
  url.pathname = '/warifu'
  await using stack = new AsyncDisposableStack()
  const keeper = createKeeper()
  stack.defer(() => keeper.close())
  const cluster = await startCluster({
    ...{ name: 'server', home, port: Number(url.port), keeper, settings: quick },
    ...{ password: decodeURIComponent(url.password), log: join(home, 'logs', 'filling.log') },
  })
  stack.defer(cluster.stop)
  const open = () => {
    const sql = postgres(url.href, { max: 1, onnotice: () => {} })
    stack.defer(() => sql.end({ timeout: 0 }))
    return sql
  }
  const sql = open()
  await sql.unsafe(names)
  const nowMs = await beginning(sql)
  const filling = { payments, nowMs, sql, open, folder: cluster.dataFolder, say }
  await dropKeys(filling)
  await takeNumbers(filling)
  for (const { name, sql: text } of casts(filling))
    await once(filling, name, (tx) => tx.unsafe(text))
  await shared(filling, await copiesOf(filling), copy)
  await shared(filling, await keysOf(sql), build)
  for (const { table } of [...hot, ...peopleTables.map((name) => ({ table: name }))])
    await once(filling, `statistics of ${table}`, undefined, () =>
      sql.unsafe(`vacuum (analyze) ${table}`),
    )
  await sql`checkpoint`
  await promisify(execFile)('sync')
}

/** When the filling began: what it makes is of before. */
async function beginning(sql: Sql): Promise<number> {
  await sql.unsafe('create table if not exists bench.began (ms bigint)')
  await sql`
    insert into bench.began select ${Date.now()}::bigint
     where not exists (select from bench.began)`
  const [row] = await sql<{ ms: string }[]>`select ms::text from bench.began`
  return Number(row?.ms)
}

/** Work in a transaction with its mark, or, where it cannot be in one, before it. */
async function once(
  { sql, say }: Pick<Filling, 'sql' | 'say'>,
  name: string,
  work?: (tx: postgres.TransactionSql) => Promise<unknown>,
  before?: () => Promise<unknown>,
): Promise<void> {
  const [done] = await sql`select 1 from bench.step where name = ${name}`
  if (done !== undefined) return
  const began = performance.now()
  await before?.()
  await sql.begin(async (tx) => {
    await work?.(tx)
    await tx`insert into bench.step (name) values (${name})`
  })
  say(`  ${name}: ${((performance.now() - began) / 1000).toFixed(1)} s`)
}

/** Two at a time, each on connections of its own. */
async function shared<T>(
  filling: Filling,
  items: readonly T[],
  work: (filling: Filling, item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values()
  const worker = async () => {
    const own = { ...filling, sql: filling.open() }
    for (const item of rest) await work(own, item)
  }
  await Promise.all([worker(), worker()])
}

/** Events are read in the order of their transactions: as many are used up as wrote them. */
const takeNumbers = (filling: Filling) =>
  once(
    filling,
    'transactions',
    (tx) =>
      tx.unsafe(`create table bench.first as
        select pg_current_xact_id()::text::bigint - 2
               - ${Math.ceil(filling.payments / 32)} as xid`),
    async () => {
      await filling.sql.unsafe(`
        create or replace procedure bench.use_up(n int) language plpgsql as $$
        begin for i in 1..n loop perform pg_current_xact_id(); commit; end loop; end $$`)
      await filling.sql.unsafe(`call bench.use_up(${Math.ceil(filling.payments / 32)})`)
    },
  )

type Copy = Hot & { readonly into: string; readonly from: string; readonly until: string }

/** Each table, or each of its partitions that time has reached. */
async function copiesOf({ sql, nowMs }: Filling): Promise<Copy[]> {
  const parts = await sql<{ of: string; name: string; from: string; until: string }[]>`
    select of, name, from_ms::text as from, until_ms::text as until from store.partition
     where from_ms <= ${nowMs} order by from_ms desc`
  return hot.flatMap((one) => {
    const own = parts.filter(({ of }) => of === one.table)
    if (own.length === 0) return [{ ...one, into: one.table, from: '0', until: String(nowMs) }]
    return own.map(({ name, from, until }) => ({ ...one, into: name, from, until }))
  })
}

/** Frozen, as a vacuum leaves it; a table emptied in the same transaction needs no log. */
async function copy(filling: Filling, { into, columns, select, from, until }: Copy): Promise<void> {
  const pipe = join(filling.folder, `${into}.pipe`)
  const source = filling.open()
  const query = `select ${select.replace('SPAN', `ms >= ${from} and ms < ${until}`)}`
  using _reporting = report(filling, into)
  await once(filling, into, async (tx) => {
    await rm(pipe, { force: true })
    await promisify(execFile)('mkfifo', ['-m', '666', pipe])
    await tx.unsafe(`truncate ${into}`)
    const letGo = async (fault: unknown) => {
      await writeFile(pipe, '')
      throw fault
    }
    const sent = source.unsafe(`copy (${query}) to '${pipe}' (format binary)`).catch(letGo)
    const taken = tx.unsafe(`copy ${into} (${columns}) from '${pipe}' (format binary, freeze)`)
    await Promise.all([sent, taken])
    await rm(pipe)
  })
}

/** Says how far a copy is, every few seconds. */
function report({ open, say }: Filling, into: string): Disposable {
  const sql = open()
  const timer = setInterval(async () => {
    const rows = await sql<{ rows: string }[]>`
      select tuples_processed::text as rows from pg_stat_progress_copy
       where relid = ${into}::regclass and command = 'COPY FROM'`.catch(() => [])
    for (const row of rows) say(`    ${into}: ${row.rows} rows …`)
  }, 5000)
  return {
    [Symbol.dispose]: () => {
      clearInterval(timer)
      void sql.end()
    },
  }
}

type Key = { readonly name: string; readonly table: string; readonly definition: string }
const keysOf = (sql: Sql) => sql<Key[]>`select name, "table", definition from bench.key`

/** Remembers how the keys of the tables and their partitions are made, and drops them. */
const dropKeys = (filling: Filling) =>
  once(filling, 'keys dropped', async (tx) => {
    const tables = [...hot.map(({ table }) => table), ...peopleTables]
    await tx`
      create table bench.key as
      with tables as (
        select t::regclass as id from unnest(${tables}::text[]) t
        union select inhrelid from pg_inherits
         where inhparent = any (${tables}::text[]::regclass[]))
      select conname::text as name, conrelid::regclass::text as "table",
             format('alter table %s add constraint %I %s', conrelid::regclass, conname,
                    pg_get_constraintdef(oid)) as definition
        from pg_constraint
       where contype in ('p', 'u') and conparentid = 0 and conrelid in (select id from tables)
      union all
      select indexrelid::regclass::text, indrelid::regclass::text,
             replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ')
        from pg_index
       where indrelid in (select id from tables)
         and not exists (select from pg_constraint c where c.conindid = indexrelid)
         and not exists (select from pg_inherits i where i.inhrelid = indexrelid)`
    for (const { name, table, definition } of await tx<Key[]>`select * from bench.key`)
      await tx.unsafe(
        definition.startsWith('alter')
          ? `alter table ${table} drop constraint ${name}`
          : `drop index ${name}`,
      )
  })

async function build(filling: Filling, { name, table, definition }: Key): Promise<void> {
  await once(filling, `key ${name}`, async (tx) => {
    if (!spread.includes(name)) return void (await tx.unsafe(definition))
    await tx.unsafe(`${definition} with (fillfactor = 70)`)
    await tx.unsafe(`alter index ${table.split('.')[0]}.${name} reset (fillfactor)`)
  })
}
