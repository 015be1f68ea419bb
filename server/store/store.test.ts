// Goal: no transaction of the server's holds the log of events back for long.
// Method: what a real PostgreSQL says of a connection of the store.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openStore } from './store.ts'

test('PostgreSQL ends a transaction that stands idle', async () => {
  const url = process.env['WARIFU_TEST_SERVER_ADMIN_URL'] ?? assert.fail('run it by `npm test`')
  const store = openStore(url, 1)
  try {
    const [row] = await store.transaction((sql) => sql`show idle_in_transaction_session_timeout`)
    assert.deepEqual(row, { idle_in_transaction_session_timeout: '30s' })
  } finally {
    await store.end()
  }
})
