// Goal: each migration is applied once, by whoever comes first, and may not change afterwards.
// Method: a real PostgreSQL; two migrators at the same time; a digest altered in the table.
import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { migrate } from './migrations.ts'
import { createDatabase, type Database, NOW_MS } from './rehearsal.ts'
import { openStore, type Store } from './store.ts'

let database: Database
let owner: Store
before(async () => {
  const adminUrl = process.env['WARIFU_TEST_VAULT_ADMIN_URL']
  database = await createDatabase({ adminUrl, name: 'migrations' })
  owner = openStore({ url: database.url('vault_owner'), connections: 2 })
})
after(async () => {
  await owner.end()
  await database.drop()
})

test('what was applied is not applied again, by two at the same time either', async () => {
  assert.deepEqual(await Promise.all([migrate(owner, NOW_MS), migrate(owner, NOW_MS)]), [[], []])
  const rows = await owner<{ name: string }[]>`select name from store.migration`
  const files = await readdir(join(import.meta.dirname, 'migrations'))
  assert.deepEqual(rows.map(({ name }) => name).sort(), files.sort())
})

test('a file that changed after it was applied stops everything', async () => {
  await owner`update store.migration set digest = 'another'`
  await assert.rejects(migrate(owner, NOW_MS), /0001-vault\.sql was changed/)
})
