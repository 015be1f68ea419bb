// Goal: a partition is written whole, however the end of a chunk and a slower writer meet.
// Method: a table of wide rows in a real PostgreSQL, one chunk and several, each gzipped
// more slowly than it is read; a driver that stands still is seen as a deadline that passes.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import { digestOfRows, digestOfTable, writeRows } from './archive-file.ts'

const PATIENCE_MS = 120_000
let sql: postgres.Sql<{ bigint: bigint }>
let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warifu-archive-'))
  const url = process.env['WARIFU_TEST_SERVER_ADMIN_URL'] ?? assert.fail('run it by `npm test`')
  // One connection: what one chunk leaves unread, the next statement waits for.
  sql = postgres(url, { max: 1, types: { bigint: postgres.BigInt }, onnotice: () => {} })
  await sql`drop schema if exists archive_test cascade`
  await sql`create schema archive_test`
  await sql`create table archive_test.wide (id int primary key, words text not null)`
  await sql`insert into archive_test.wide
    select n, (select string_agg(md5(n::text || k::text), '') from generate_series(1, 8) k)
      from generate_series(1, 12000) n`
})
after(async () => {
  // Where it stands still, nothing more is heard of this connection.
  await sql.end({ timeout: 1 })
  await rm(folder, { recursive: true })
})

test('chunks come to their end, and the file is the table', async () => {
  for (const chunk of [12_000, 2500]) {
    const path = join(folder, `wide-${chunk}`)
    const writing = { sql, table: 'archive_test.wide', path, chunk }
    const written = writeRows({ ...writing, say: () => {}, stopped: () => false })
    const rows = await Promise.race([written, sleep(PATIENCE_MS, 'stands still', { ref: false })])
    assert.equal(rows, 12_000, `chunks of ${chunk}`)
    assert.equal(await digestOfRows(path), await digestOfTable(sql, 'archive_test.wide'))
  }
})
