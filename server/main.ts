/**
 * The server's front door: time, chance, the environment and sockets come in here and nowhere else.
 */
import { createHmac, createSecretKey, randomBytes } from 'node:crypto'
import { pino } from 'pino'
import { createPost, readAllowed } from '#events'
import { openStore } from '#store'
import { createVaultClient, dialTls, dialUnix } from '#vault-client'
import { createApp } from './app.ts'
import { type Config, ConfigError, readConfig } from './config.ts'

const TICK_MS = 250
const TAIL_MS = 100
const VAULT_TIMEOUT_MS = 10_000

async function main(): Promise<void> {
  const config = readConfig(process.env)
  const logger = pino({ level: config.logLevel, redact: ['req.headers', 'headers', 'body'] })
  const store = openStore(config.databaseUrl, config.databaseConnections)
  const dial = config.vault.kind === 'unix' ? dialUnix(config.vault.socket) : dialTls(config.vault)
  const vault = createVaultClient({ dial: () => dial().setTimeout(VAULT_TIMEOUT_MS) })
  const now = () => Date.now()
  const app = createApp({
    config,
    store,
    vault,
    now,
    random: randomBytes,
    derive: deriver(config),
    fetch,
    logger,
    post: createPost(readAllowed(config.webhookAllow)),
  })

  await store.sql`select 1`
  await app.api.listen({ host: config.host, port: config.port })
  const stopTicking = every(TICK_MS, async () => {
    await app.tick(now()).catch((fault: unknown) => logger.error({ err: fault }, 'tick'))
  })
  const stopReaching = every(TICK_MS, async () => {
    await app.reachOut(now()).catch((fault: unknown) => logger.error({ err: fault }, 'reach out'))
  })
  const stopTailing = every(TAIL_MS, async () => {
    await app.tail(now()).catch((fault: unknown) => logger.error({ err: fault }, 'tail'))
  })
  const stopDelivering = every(TICK_MS, async () => {
    await app.deliver(now()).catch((fault: unknown) => logger.error({ err: fault }, 'deliver'))
  })
  // Said at every log level: whoever started this process waits for the line.
  console.log(JSON.stringify({ event: 'ready', port: config.port }))

  const stop = async () => {
    stopTicking()
    stopReaching()
    stopTailing()
    stopDelivering()
    await app.api.close()
    vault.close()
    await store.end()
  }
  process.once('SIGTERM', () => void stop())
  process.once('SIGINT', () => void stop())
}

/** HMAC-SHA-256 under the server's key over the words, each with its length before it. */
function deriver({ serverKey }: Config) {
  // Made once: an HMAC of raw key bytes costs several times as much, on every payment.
  const key = createSecretKey(serverKey)
  return (...words: readonly string[]): Uint8Array => {
    const mac = createHmac('sha256', key)
    for (const word of words) mac.update(`${Buffer.byteLength(word)}:${word}`)
    return mac.digest()
  }
}

/** Runs `work` again and again, one at a time, with a pause between. */
function every(pauseMs: number, work: () => Promise<void>): () => void {
  let stopped = false
  const turn = () => {
    if (stopped) return
    void work().then(() => setTimeout(turn, pauseMs).unref())
  }
  turn()
  return () => {
    stopped = true
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
