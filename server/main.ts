/**
 * The server's front door: time, chance, the environment and sockets come in here and nowhere else.
 */
import { createHmac, createSecretKey, randomBytes } from 'node:crypto'
import { rename, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { loadConsole } from '@warifu/web/console'
import { pino } from 'pino'
import { createPost, readAllowed } from '#events'
import { createSandbox, cuttingFetch, cuttingVault } from '#sandbox'
import { makePartitions, openStore, type Store } from '#store'
import { createVaultClient, dialTls, dialUnix } from '#vault-client'
import { createApp } from './app.ts'
import { createChance } from './chance.ts'
import { type Config, ConfigError, readConfig, type VaultPlace } from './config.ts'
import { type Round, type RoundNeeds, repeat } from './rounds.ts'

/** Work that is due; it may have to wait for the vault, or for who answers outside. */
const work = { pauseMs: 250, patienceMs: 60_000 }
/** A look takes milliseconds; one without an answer by then has lost its line. */
const look = { pauseMs: 100, patienceMs: 10_000 }
const HEARING_MS = 20
const VAULT_TIMEOUT_MS = 10_000

async function main(): Promise<void> {
  const config = readConfig(process.env)
  const logger = pino({ level: config.logLevel, redact: ['req.headers', 'headers', 'body'] })
  const store = openStore(config.databaseUrl, config.databaseConnections)
  const wall = () => Date.now()
  const line = createVaultClient({ dials: config.vaults.map(dialOf), now: wall })
  const sandbox = openSandbox(config, store, wall)
  const { now } = sandbox.clock
  const isSandbox = config.mode === 'sandbox'
  const vault = isSandbox ? cuttingVault(sandbox.cuts, line) : line
  const app = createApp({
    config,
    store,
    vault,
    now,
    random: createChance(randomBytes),
    derive: deriver(config),
    fetch: isSandbox ? cuttingFetch(sandbox.cuts, placesOf(config), fetch) : fetch,
    sandbox,
    wall,
    logger,
    post: createPost(readAllowed(config.webhookAllow)),
    console: config.consoleFolder === undefined ? null : await loadConsole(config.consoleFolder),
  })

  await store.sql`select 1`
  if (isSandbox) await sandbox.follow()
  await makePartitions(store.sql, now())
  const { host, port, sharesPort } = config
  // With `reusePort` the system spreads connections over all processes that listen there.
  const place = { host, port, reusePort: sharesPort }
  await app.api.listen(place)
  const stopRounds = startRounds(
    [
      { name: 'tick', ...work, work: () => app.tick(now()) },
      { name: 'reach out', ...work, work: () => app.reachOut(now()) },
      { name: 'work', ...work, work: () => app.work(now()) },
      { name: 'deliver', ...work, work: () => app.deliver(now()) },
      { name: 'tail', ...look, work: () => app.tail(now()) },
      ...(isSandbox ? [{ name: 'sandbox', ...look, work: sandbox.follow }] : []),
    ],
    (fault, name) => logger.error({ err: fault }, name),
  )
  // Said at every log level: whoever started this process waits for the line.
  console.log(JSON.stringify({ event: 'ready', port }))

  const stop = async () => {
    stopRounds()
    await app.api.close()
    if (isSandbox) await sandbox.leave().catch(() => undefined)
    vault.close()
    await store.end()
  }
  process.once('SIGTERM', () => void stop())
  process.once('SIGINT', () => void stop())
}

const openSandbox = ({ sandboxFile }: Config, { sql }: Store, wall: () => number) =>
  createSandbox({
    sql,
    wall,
    tellVault: (told) => writeWhole(sandboxFile, JSON.stringify(told)),
    process: randomBytes(8).toString('hex'),
    pause: () => sleep(HEARING_MS),
  })

/** Whoever reads it meanwhile finds the one or the other, never half of it. */
async function writeWhole(path: string | undefined, text: string): Promise<void> {
  if (path === undefined) return
  const aside = `${path}.${process.pid}`
  await writeFile(aside, text, { mode: 0o600 })
  await rename(aside, path)
}

const dialOf = (place: VaultPlace) => {
  const dial = place.kind === 'unix' ? dialUnix(place.socket) : dialTls(place)
  return () => dial().setTimeout(VAULT_TIMEOUT_MS)
}

/** Where the lines to providers lead. */
const placesOf = ({ outward: { messages, bureau } }: Config) => ({
  messages: [messages.sms.url, messages.voice.url],
  bureau: [bureau.url],
})

/** HMAC-SHA-256 under the server's key over the words, each with its length before it. */
function deriver({ serverKey }: Config) {
  // Made once: an HMAC of raw key bytes costs several times as much, on every payment.
  const key = createSecretKey(serverKey)
  return (...words: readonly string[]): Uint8Array => {
    const text = words.map((word) => `${Buffer.byteLength(word)}:${word}`).join('')
    return createHmac('sha256', key).update(text).digest()
  }
}

function startRounds(rounds: readonly Round[], report: RoundNeeds['report']): () => void {
  const pause: RoundNeeds['sleep'] = (ms, signal) =>
    sleep(ms, undefined, { ref: false, ...(signal && { signal }) })
  const stops = rounds.map((round) => repeat({ sleep: pause, report }, round))
  return () => {
    for (const stop of stops) stop()
  }
}

try {
  await main()
} catch (fault) {
  if (fault instanceof ConfigError) console.error(fault.message)
  else console.error(`The server cannot start: ${sentence(fault)}`)
  process.exit(1)
}

function sentence(fault: unknown): string {
  if (!(fault instanceof Error)) return 'unknown fault'
  if ('code' in fault && fault.code === 'EADDRINUSE') return 'its port is taken.'
  if ('code' in fault && fault.code === 'ECONNREFUSED')
    return 'PostgreSQL does not answer at DATABASE_URL.'
  return fault.message
}
