/**
 * Applies the numbered files of `migrations/`, in order, each in one transaction, once.
 * A file that was applied may not change afterwards: its digest is kept and compared.
 */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Store } from './store.ts'

const folder = join(import.meta.dirname, 'migrations')

async function readMigrations(): Promise<{ name: string; text: string; digest: string }[]> {
  const names = (await readdir(folder)).filter((name) => /^[0-9]{4}-[a-z-]+\.sql$/.test(name))
  return await Promise.all(
    names.sort().map(async (name) => {
      const text = await readFile(join(folder, name), 'utf8')
      return { name, text, digest: createHash('sha256').update(text).digest('hex') }
    }),
  )
}

/** Brings the database to the newest version; answers with the names that were applied now. */
export async function migrate(store: Store, nowMs: number): Promise<string[]> {
  const files = await readMigrations()
  return await store.begin(async (sql) => {
    await sql`create schema if not exists store`
    await sql`
      create table if not exists store.migration (
        name text primary key, digest text not null, applied_at_ms bigint not null)`
    await sql`lock table store.migration in exclusive mode`
    const applied = new Map(
      (await sql<{ name: string; digest: string }[]>`select name, digest from store.migration`).map(
        (row) => [row.name, row.digest],
      ),
    )
    const fresh: string[] = []
    for (const { name, text, digest } of files) {
      const known = applied.get(name)
      if (known !== undefined && known !== digest)
        throw new Error(`The migration ${name} was changed after it had been applied.`)
      if (known !== undefined) continue
      await sql.unsafe(text)
      await sql`
        insert into store.migration (name, digest, applied_at_ms)
        values (${name}, ${digest}, ${nowMs})`
      fresh.push(name)
    }
    return fresh
  })
}
