/**
 * The vault's process: `node vault/main.ts`. Environment, sockets, clock and chance come in here
 * and nowhere else. Files are made closed to others, a core dump of this process is empty, and
 * no debugger can be switched on from outside.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import process from 'node:process'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { pointOfJwk } from '@warifu/crypto/jwk-thumbprint'
import { type App, createApp } from './app.ts'
import { type Config, type EndpointConfig, readConfig } from './config.ts'
import { ConfigError } from './config-error.ts'
import { hasDomainKeys } from './domain-keys.ts'
import { endLostSales, endSale, sweepSales } from './ending-sales.ts'
import type { Chance } from './given.ts'
import { KeyStoreError } from './key-store.ts'
import { type Endpoint, listen } from './listener.ts'
import { createLog, describeFault, type Log } from './log.ts'
import { sweepNetwork } from './network.ts'
import { openKeyStore } from './opening.ts'
import { jwkOf } from './public-key.ts'
import { createSandboxAcquirer, withinReach } from './sandbox-acquirer.ts'
import { createSandboxFile, type SandboxFile } from './sandbox-file.ts'
import { openStore } from './store.ts'

const TICK_MS = 1000
const SWEEP_MS = 60_000

const chance: Chance = {
  bytes: (size) => new Uint8Array(randomBytes(size)),
  keyPair: () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    return { privateKey, publicBytes: pointOfJwk(jwkOf(publicKey)) }
  },
}

async function start(config: Config): Promise<void> {
  const file = await openSandboxFile(config)
  const { nowMs } = file
  const log = createLog({
    level: config.logLevel,
    write: (line) => process.stdout.write(line),
    nowMs,
  })
  const store = openStore({ url: config.databaseUrl })
  const mayCreate = !(await hasDomainKeys(store))
  const keyStore = await openKeyStore(config, { mayCreate, chance })
  const app = await createApp({
    store,
    keyStore,
    wallet: config.wallet,
    connector:
      config.connector === 'sandbox' ? withinReach(createSandboxAcquirer(), file) : undefined,
    chain: config.chain,
    chance,
    nowMs,
    recoveryWaitMs: config.recoveryWaitMs,
    probe: { decrypted: () => {} },
    log,
  })
  await endLostSales(app.world, config.chain)
  const endpoint = await readEndpointFiles(config.endpoint)
  const listener = await listen({ dispatch: app.dispatch, endpoint, log })
  const stopTicking = tick(app, log)
  endOnSignal(async () => {
    stopTicking()
    await listener.close()
    for (const sale of app.world.sales.all())
      await store.begin((sql) => endSale(app.world, sql, { sale, because: 'restarted' }))
    await app.world.audit.sign(store)
    await store.end({ timeout: 5 })
  })
  const where = endpoint.kind === 'unix' ? endpoint.path : `${endpoint.host}:${listener.port}`
  const ready = { event: 'ready', process: 'vault', listen: where, root_key: keyStore.root }
  process.stdout.write(`${JSON.stringify({ ...ready, core_dumps: await emptyCoreDumps() })}\n`)
}

const SANDBOX_FILE_MS = 100

/** Reads the file again and again; where there is none, the clock is the one on the wall. */
async function openSandboxFile({ sandboxFile: path }: Config): Promise<SandboxFile> {
  const readText = async () => (path === undefined ? '' : await readFile(path, 'utf8'))
  const file = createSandboxFile({ wall: Date.now, readText })
  await file.read()
  if (path !== undefined) setInterval(() => void file.read(), SANDBOX_FILE_MS).unref()
  return file
}

async function readEndpointFiles(endpoint: EndpointConfig): Promise<Endpoint> {
  if (endpoint.kind === 'unix') return endpoint
  const { kind, host, port } = endpoint
  const [cert, key, ca] = await Promise.all([
    readFile(endpoint.certFile),
    readFile(endpoint.keyFile),
    readFile(endpoint.caFile),
  ])
  return { kind, host, port, cert, key, ca }
}

/** Each minute reverses what no acquirer answered, and signs the audit's head, or sooner when
 * many records wait. */
function tick({ world }: App, log: Log): () => void {
  let sweptMs = world.nowMs()
  const timer = setInterval(() => {
    const isTime = world.nowMs() >= sweptMs + SWEEP_MS
    if (isTime) sweptMs = world.nowMs()
    sweepSales(world)
      .catch((error: unknown) => log('error', { event: 'fault', ...describeFault(error) }))
      .finally(() => world.sales.swept() && collectGarbage())
    if (isTime)
      sweepNetwork(world).catch((error: unknown) =>
        log('error', { event: 'fault', ...describeFault(error) }),
      )
    if (!isTime && !world.audit.isDue()) return
    world.audit
      .sign(world.store)
      .catch((error: unknown) => log('error', { event: 'fault', ...describeFault(error) }))
  }, TICK_MS)
  return () => clearInterval(timer)
}

/** OpenSSL wipes a key that is not used any more when its object is collected: now. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}

function endOnSignal(close: () => Promise<void>): void {
  const end = (): void => {
    close().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  process.once('SIGTERM', end)
  process.once('SIGINT', end)
}

/** Linux writes no memory into a core dump of this process (core(5), coredump_filter). */
async function emptyCoreDumps(): Promise<'empty' | 'not_set_here'> {
  try {
    await writeFile('/proc/self/coredump_filter', '0')
    return 'empty'
  } catch {
    return 'not_set_here'
  }
}

/** One clear sentence; of an unexpected fault only its kind. */
function sentenceOf(error: unknown): string {
  if (error instanceof ConfigError || error instanceof KeyStoreError) return error.message
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'EADDRINUSE') return 'The vault’s port is taken.'
  if (code === 'EACCES' || code === 'ENOENT')
    return `A file of the vault cannot be read or written (${code}): ${pathOf(error)}`
  if (code === '3F000' || code === '42P01')
    return 'The vault’s database has no tables yet; run `node vault/migrate.ts`.'
  return `The vault could not start (${describeFault(error).fault}).`
}

const pathOf = (error: unknown): string =>
  error instanceof Error && 'path' in error ? String(error.path) : 'unknown'

process.umask(0o077)
// A listener of our own takes the place of Node’s, which would open the inspector.
process.on('SIGUSR1', () => {})
try {
  await start(readConfig(process.env))
} catch (error) {
  process.stderr.write(`${sentenceOf(error)}\n`)
  process.exit(1)
}
