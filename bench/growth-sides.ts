/**
 * The two sandboxes of the growth bench, a small one and a big one, each filled and then run as any
 * other; and what is sent to them: charges by the tokens of people all over the filled tables, and
 * double-sealed cards of phones that joined a moment ago.
 */
import { execFile } from 'node:child_process'
import { randomInt, randomUUID } from 'node:crypto'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Sandbox, startSandbox } from '@warifu/cli/sandbox'
import postgres from 'postgres'
import { type Counter, countingSettings, createCounter } from './counting.ts'
import { fill, type Say } from './growth-fill.ts'
import { holdersFor } from './growth-tables.ts'
import { type Holder, makeHolders, prepareQueues } from './payments.ts'
import type { Queue } from './sending.ts'

type Sql = postgres.Sql
const CONNECTIONS = 64

/** As PostgreSQL's manual advises for a database that counts; the same on both sides. */
export const settings = {
  shared_buffers: `${Math.min(4096, Math.floor(totalmem() / 2 ** 20 / 8))}MB`,
  ...{ max_wal_size: '8GB', checkpoint_timeout: '15min' },
} as const

/** A sandbox with so many payments stored, running. */
export type Side = {
  readonly sandbox: Sandbox
  /** As superuser, in the server's database. */
  readonly sql: Sql
  readonly counter: Counter
  readonly people: number
  readonly holders: readonly Holder[]
}

export type Store = { readonly home: string; readonly payments: number; readonly say: Say }

const start = async (home: string) => {
  const sandbox = await startSandbox({
    ...{ home, logLevel: 'warn', databaseSettings: { ...countingSettings, ...settings } },
    requestsPerSecond: 1_000_000,
  })
  await sandbox.till.stop()
  return sandbox
}

/** The folder with everything in it, made or gone on with; nothing runs afterwards. */
export async function prepare({ home, payments, say }: Store): Promise<void> {
  const kept = join(home, 'filled')
  const before = await readFile(kept, 'utf8').catch(() => '')
  if (before.trim() === String(payments)) return
  if (before !== '') throw new Error(`${home} holds ${before.trim()} payments: name another folder`)
  say(`A sandbox with ${payments} payments …`)
  const sandbox = await start(home)
  const adminUrl = adminOf(sandbox)
  await sandbox.stop()
  await fill({ home: sandbox.home, adminUrl }, payments, say)
  await writeFile(kept, `${payments}\n`)
}

const adminOf = ({ serverDatabase }: Sandbox): string => {
  if (serverDatabase.adminUrl !== undefined) return serverDatabase.adminUrl
  throw new Error('growth is measured on clusters of the bench: unset DATABASE_URL')
}

/** Runs it; with the phones of a run before, or with new ones. */
export async function open(
  { home, payments }: Store,
  stack: AsyncDisposableStack,
  known?: readonly Holder[],
): Promise<Side> {
  const sandbox = stack.use(await start(home))
  const url = new URL(adminOf(sandbox))
  const counter = stack.use(
    await createCounter(url.href, sandbox.vaultDatabase.adminUrl ?? url.href),
  )
  url.pathname = '/warifu'
  const sql = postgres(url.href, { max: 1, onnotice: () => {} })
  stack.defer(() => sql.end())
  const holders =
    known ?? (await makeHolders(sandbox, CONNECTIONS, randomInt(30_000_000, 90_000_000)))
  return { sandbox, sql, counter, people: holdersFor(payments), holders }
}

/** Reads what payments touch into PostgreSQL's memory, as weeks of payments would have. */
export async function warmUp({ sql }: Side): Promise<void> {
  await sql`create extension if not exists pg_prewarm`
  const touched = [
    ...['ledger.account', 'ledger.card', 'tokens.token', 'terminals.terminal'],
    ...['ledger.account_pkey', 'ledger.card_pkey', 'tokens.token_pkey', 'store.claim_pkey'],
    ...['terminals.terminal_pkey', 'terminals.request_pkey'],
  ]
  await sql`select pg_prewarm(t::regclass) from unnest(${touched}::text[]) t`
}

/** Empties the memory of the system; false where that is not permitted. */
export async function forgetFiles(): Promise<boolean> {
  await promisify(execFile)('sync')
  return writeFile('/proc/sys/vm/drop_caches', '3').then(
    () => true,
    () => false,
  )
}

export type Prepare = (side: Side, each: number) => Promise<Queue[]>

/** Each connection has people of its own, so that of the few of the small side no two meet. */
export const byToken: Prepare = async ({ sql, people }, each) => {
  const pick = (queue: number) => randomInt(Math.floor(people / CONNECTIONS)) * CONNECTIONS + queue
  const picks = Array.from({ length: CONNECTIONS }, (_, queue) =>
    Array.from({ length: each }, () => pick(queue)),
  )
  const rows = await sql<{ h: number; digits: string; key: string }[]>`
    select h, digits, key from bench.person join bench.merchant using (mer)
     where h = any(${[...new Set(picks.flat())]}::int[])`
  const known = new Map(rows.map((row) => [row.h, row]))
  return picks.map((queue) =>
    queue.map((h) => {
      const { digits: token = '', key = '' } = known.get(h) ?? {}
      const headers = { authorization: `Bearer ${key}`, 'idempotency-key': randomUUID() }
      const asked = { amount: 1, currency: 'jpy', capture_method: 'manual' }
      const body = JSON.stringify({ ...asked, presentment: { kind: 'token', token } })
      return { path: '/v1/payments', query: '', body, headers }
    }),
  )
}

export const byPhone: Prepare = ({ sandbox, holders }, each) =>
  prepareQueues(sandbox, holders, { each, asserted: false })

/** Stops nothing; deletes what a temporary folder holds, wherever its data lies. */
export async function remove(home: string): Promise<void> {
  const elsewhere = await readFile(join(home, 'where'), 'utf8').catch(() => undefined)
  for (const folder of [home, ...(elsewhere === undefined ? [] : [elsewhere.trim()])])
    await rm(folder, { recursive: true, force: true })
}
