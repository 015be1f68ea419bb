/**
 * The tour of a sandbox as a process: its page, and the people and devices that its buttons set in
 * motion. They are SIMULATORS, of this process alone; server, vault, databases, keys and
 * cryptography are the sandbox's own. Never started in live mode (`warifu start` is a sandbox).
 */
import { readFile } from 'node:fs/promises'
import { createTourServer } from '@warifu/web/tour'
import { createRuns } from './demo/tour-runs.ts'
import { readSeed } from './programs.ts'

function setting(name: string): string {
  const value = process.env[name]
  if (value === undefined || value === '') throw new Error(`${name} is missing`)
  return value
}

async function main(): Promise<void> {
  const port = Number(setting('PORT'))
  const url = setting('DATABASE_URL')
  const vaultUrl = setting('VAULT_DATABASE_URL')
  const place = {
    home: setting('STATE_FOLDER'),
    logs: setting('LOGS'),
    url: setting('API_URL'),
    walletOrigin: setting('WALLET_ORIGIN'),
    seed: readSeed(await readFile(setting('SEED_FILE'), 'utf8')),
    operator: {
      databaseUrl: vaultUrl,
      masterKeyFile: setting('MASTER_KEY_FILE'),
      passphraseFile: setting('PASSPHRASE_FILE'),
    },
    serverDatabase: { url, ownerUrl: url },
    vaultDatabase: { url: vaultUrl, ownerUrl: vaultUrl },
  }
  const origin = `http://tour.localhost:${port}`
  // The API's server shows people its pages by this name.
  const startOrigin = `http://api.localhost:${new URL(place.url).port}`
  const server = await createTourServer(createRuns(place), { origin, startOrigin })
  await server.listen({ host: process.env['HOST'] ?? '127.0.0.1', port })
  console.log(JSON.stringify({ event: 'ready', port, origin }))
  const stop = () => void server.close()
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}

try {
  await main()
} catch (fault) {
  console.error(`The tour cannot start: ${fault instanceof Error ? fault.message : fault}`)
  process.exit(1)
}
