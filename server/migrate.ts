/**
 * Brings the server's database up to date: every room's numbered .sql files, rooms in their order,
 * each file once, in a transaction of its own. Run with the owner's role: DATABASE_OWNER_URL.
 */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import postgres from 'postgres'
import { LONG_STARTUP, overLines } from '#store'

/** In the order of the house: a room's SQL may call only the doors of rooms above it. */
const rooms = [
  'store',
  'events',
  'sandbox',
  'ledger',
  'people',
  'merchants',
  'terminals',
  'approvals',
  'issuing',
  'provisioning',
  'devices',
  'tokens',
  'payments',
  'settlement',
] as const

/** Applies what is missing; answers with the names of what it applied. */
export async function migrate(ownerUrl: string, nowMs: number): Promise<string[]> {
  const sql = postgres(ownerUrl, {
    ...overLines(ownerUrl),
    max: 1,
    onnotice: () => {},
    connection: LONG_STARTUP,
  })
  try {
    await sql`create schema if not exists migrations`
    await sql`
      create table if not exists migrations.applied (
        name text primary key, sha256 text not null)`
    const applied: string[] = []
    for (const room of rooms) {
      const folder = join(import.meta.dirname, room, 'migrations')
      for (const file of (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()) {
        const name = `${room}/${file}`
        if (await applyOnce(sql, name, await readFile(join(folder, file), 'utf8')))
          applied.push(name)
      }
    }
    await sql`select store.make_partitions(${nowMs})`
    return applied
  } finally {
    await sql.end()
  }
}

/** So long may a migration wait for a lock, and whoever writes may wait behind it; then again. */
const LOCK_MS = 300
const PAUSE_MS = 700
const ATTEMPTS = 300

/** A file with this line alone stands outside a transaction: one statement, such as an index. */
const alone = /^-- outside a transaction$/m

/** Applies a file that is new; true where it was. */
export async function applyOnce(sql: postgres.Sql, name: string, text: string): Promise<boolean> {
  const sha256 = createHash('sha256').update(text).digest('hex')
  const [before] = await sql<{ sha256: string }[]>`
    select sha256 from migrations.applied where name = ${name}`
  if (before?.sha256 === sha256) return false
  if (before)
    throw new Error(`Migration ${name} was changed after it was applied. Add a new file instead.`)
  const note = (db: postgres.Sql | postgres.TransactionSql) => db`
    insert into migrations.applied (name, sha256) values (${name}, ${sha256})`
  await patiently(async () => {
    if (alone.test(text)) {
      await sql.unsafe(text)
      await note(sql)
    } else
      await sql.begin(async (tx) => {
        await tx.unsafe(`set local lock_timeout = ${LOCK_MS}`)
        await tx.unsafe(text)
        await note(tx)
      })
  })
  return true
}

/** Again where a lock was not to be had: in a queue before writers nobody waits for long. */
async function patiently(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await work()
      return
    } catch (fault) {
      const isBusy = fault instanceof postgres.PostgresError && /^(55P03|40P01)$/.test(fault.code)
      if (!isBusy || attempt === ATTEMPTS) throw fault
      await new Promise((again) => setTimeout(again, PAUSE_MS))
    }
  }
}

if (import.meta.main) {
  const url = process.env['DATABASE_OWNER_URL']
  if (!url) {
    console.error('DATABASE_OWNER_URL is not set: the owner’s connection to the server’s database.')
    process.exit(1)
  }
  try {
    const applied = await migrate(url, Date.now())
    console.log(JSON.stringify({ event: 'migrated', applied }))
  } catch (fault) {
    console.error(`Migration failed: ${fault instanceof Error ? fault.message : 'unknown fault'}`)
    process.exit(1)
  }
}
