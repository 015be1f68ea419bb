/**
 * `node vault/migrate.ts`: brings the vault's database to the newest version.
 * Runs as the owner of the database (VAULT_DATABASE_OWNER_URL), never as the vault itself.
 */
import process from 'node:process'
import { migrate } from './migrations.ts'
import { openStore } from './store.ts'

const url = process.env['VAULT_DATABASE_OWNER_URL']
if (url === undefined || url === '') {
  process.stderr.write('VAULT_DATABASE_OWNER_URL is not set.\n')
  process.exit(1)
}
const store = openStore({ url, connections: 1 })
try {
  const applied = await migrate(store, Date.now())
  process.stdout.write(`${JSON.stringify({ event: 'migrated', applied })}\n`)
} catch (error) {
  const reason = error instanceof Error ? error.message : 'unknown'
  process.stderr.write(`The vault’s database could not be migrated: ${reason}\n`)
  process.exitCode = 1
} finally {
  await store.end({ timeout: 5 })
}
