/**
 * The supervisor: a whole sandbox on one state folder. Two PostgreSQL clusters (or the databases
 * named by DATABASE_URL and VAULT_DATABASE_URL), migrations, the seed, then the vault, the
 * server, the wallet's page and the till; stopped in the opposite order. Every step needs those
 * before it, so it reads downwards.
 */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { letBureauIn } from './bureau.ts'
import type { Child, Program } from './child.ts'
import { assertPortFree } from './cluster.ts'
import { type OwnDatabase, openDatabase, type Site, serverSide, vaultSide } from './database.ts'
import { createKeeper } from './keeper.ts'
import { lastSentence, launch, placesOf, startAll } from './many.ts'
import { keptPasswords } from './passwords.ts'
import { keptPorts, type Ports } from './ports.ts'
import {
  buildConsole,
  buildPage,
  bureauProgram,
  migrateServer,
  migrateVault,
  type OperatorSettings,
  readSeed,
  type Seed,
  seedServer,
  serverProgram,
  tillProgram,
  tourProgram,
  type VaultSettings,
  vaultProgram,
  walletProgram,
} from './programs.ts'
import { airOf } from './proximity-air.ts'
import { openStateFolder, root, type StateFolder, sandboxFileOf } from './state-folder.ts'

export type SandboxOptions = {
  /** The state folder; by default WARIFU_HOME, else `.warifu` in the clone. */
  readonly home?: string
  readonly say?: (step: string) => void
  /** Gives up between two steps when it is aborted. */
  readonly signal?: AbortSignal
  readonly logLevel?: string
  /** Settings of PostgreSQL beside our own, for both clusters: the bench counts with them. */
  readonly databaseSettings?: Readonly<Record<string, string>>
  /** With the tour: a page whose buttons run every system here. */
  readonly tour?: true
  /** The pace of a key that names none; the bench asks faster than any shop. */
  readonly requestsPerSecond?: number
  /** How many server processes share the API's port, and how many vaults there are: 1 each. */
  readonly workers?: number
  readonly vaults?: number
  /** How many payments one statement decides at most. */
  readonly batchSize?: number
}

export type Sandbox = {
  readonly home: string
  /** `http://127.0.0.1:PORT`, for programs. */
  readonly url: string
  readonly ports: Ports
  readonly walletOrigin: string
  readonly tillOrigin: string
  /** Where the tour is, if it was asked for. */
  readonly tourOrigin: string
  readonly seed: Seed
  readonly serverDatabase: OwnDatabase
  readonly vaultDatabase: OwnDatabase
  readonly vaultSocket: string
  /** What an operator's act in the secure room needs. */
  readonly operator: OperatorSettings
  /** The first of each. */
  readonly vault: Child
  readonly server: Child
  readonly wallet: Child
  readonly till: Child
  /** A bureau whose letters can be seen at `letterbox.localhost`. */
  readonly bureau: Child
  readonly logs: string
  /** Settles with a sentence when a child ends that nobody asked to. */
  readonly crashed: Promise<string>
  readonly stop: () => Promise<void>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

export const defaultHome = (): string =>
  resolve(process.env['WARIFU_HOME'] ?? join(root, '.warifu'))

export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  await using stack = new AsyncDisposableStack()
  const state = await openStateFolder(resolve(options.home ?? defaultHome()))
  stack.defer(state.release)
  const keeper = createKeeper()
  stack.defer(() => keeper.close())
  const ports = await state.keep('ports.json', keptPorts(state.home === join(root, '.warifu')))
  await assertPortsFree(ports, state.home)
  const step = (words: string) => {
    options.signal?.throwIfAborted()
    options.say?.(words)
  }
  const { databaseSettings = {} } = options
  const site: Site = { state, ports, keeper, stack, step, databaseSettings }

  const passwords = await state.keep('secrets/databases.json', keptPasswords)
  const serverDatabase = await openDatabase(site, serverSide, passwords)
  const vaultDatabase = await openDatabase(site, vaultSide, passwords)
  step('migrations')
  await migrateServer(serverDatabase.ownerUrl)
  await migrateVault(vaultDatabase.ownerUrl)
  const seed = await state.keep('sandbox.json', keptSeed(serverDatabase.url))

  const { walletOrigin, tillOrigin, tourOrigin } = originsOf(ports)
  const logLevel = options.logLevel ?? process.env['LOG_LEVEL'] ?? 'info'
  const shared = { walletOrigin, logLevel, sandboxFile: sandboxFileOf(state.home) }
  const passphraseFile = await keepSecret(state, 'vault.passphrase', 'text')
  const masterKeyFile = state.path('secrets', 'vault.master-key')
  const operator = { databaseUrl: vaultDatabase.url, passphraseFile, masterKeyFile }
  const { vaults, vaultSocket } = await startVaults(site, { ...shared, ...operator }, options)
  const keyFile = await keepSecret(state, 'server.key')
  const databaseUrl = serverDatabase.url
  const serverFiles = { vaultSocket, keyFile, port: ports.api, tillOrigin, databaseUrl }
  const cardholders = await peoplesDoor(site)
  const tour = options.tour ? { tourOrigin } : {}
  const own = { consoleFolder: await buildConsole(), cardholders, ...tour, ...paceOf(options) }
  const settings = { ...shared, ...serverFiles, ...own }
  const servers = await startAll(site, wantedOf(options, 'server'), () => serverProgram(settings))
  const wallet = await startWallet(site)
  const till = await startTill(site, seed)
  const bureau = await startBureau(site, { operator, databaseUrl })
  if (options.tour) await startTour(site, { operator, databaseUrl })

  const owned = stack.move()
  const stop = async () => await owned.disposeAsync()
  const singles = [wallet, till, bureau, serverDatabase.child, vaultDatabase.child]
  const ends = singles.filter((child) => child !== undefined).map(lastSentence)
  return {
    home: state.home,
    url: `http://127.0.0.1:${ports.api}`,
    ports,
    ...originsOf(ports),
    seed,
    serverDatabase,
    vaultDatabase,
    vaultSocket,
    operator,
    vault: vaults.first,
    server: servers.first,
    wallet,
    till,
    bureau,
    logs: state.path('logs'),
    crashed: Promise.race([...ends, vaults.lost, servers.lost]),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

const originsOf = ({ wallet, pos, tour }: Ports) => ({
  walletOrigin: `http://wallet.localhost:${wallet}`,
  tillOrigin: `http://pos.localhost:${pos}`,
  tourOrigin: `http://tour.localhost:${tour}`,
})

const paceOf = ({ requestsPerSecond, batchSize, workers = 1 }: SandboxOptions) => ({
  sharesPort: workers > 1,
  ...(requestsPerSecond === undefined ? {} : { requestsPerSecond }),
  ...(batchSize === undefined ? {} : { batchSize }),
})

const wantedOf = ({ workers, vaults, say }: SandboxOptions, name: 'server' | 'vault') => ({
  name,
  count: (name === 'server' ? workers : vaults) ?? 1,
  say: say ?? (() => {}),
})

type VaultPlaces = Omit<VaultSettings, 'socket'>

/** The first one makes the keys that all use; each writes an audit chain of its own. */
async function startVaults(site: Site, settings: VaultPlaces, options: SandboxOptions) {
  const wanted = wantedOf(options, 'vault')
  const folder = await privateFolder(site)
  const sockets = placesOf(wanted.count).map((at) => join(folder, `vault${at}.sock`))
  const vaults = await startAll(site, wanted, (i) => {
    const place = { socket: sockets[i] ?? '', vaultName: `vault-${i + 1}` }
    return vaultProgram({ ...settings, ...place, connector: 'sandbox' })
  })
  return { vaults, vaultSocket: sockets.join(',') }
}

/** Where the test cardholders are asked, if `warifu start` runs them (test-people.ts). */
const peoplesDoor = async ({ state, ports }: Site) => ({
  port: ports.cardholders,
  tokenFile: await keepSecret(state, 'cardholders.token', 'text'),
})

/** Those of `proximity`, `sim_bridge` and `entry_device` are their own devices’ to take. */
async function assertPortsFree(ports: Ports, home: string): Promise<void> {
  await assertPortFree(ports.api, 'the API', home)
  await assertPortFree(ports.wallet, 'the wallet', home)
  await assertPortFree(ports.pos, 'the till', home)
  await assertPortFree(ports.reader, 'the reader', home)
  await assertPortFree(ports.letterbox, 'the letterbox', home)
  await assertPortFree(ports.entry_device, 'the entry device', home)
  await assertPortFree(ports.cardholders, 'the test cardholders', home)
  await assertPortFree(ports.tour, 'the tour', home)
}

async function startPart(site: Site, name: string, program: Program): Promise<Child> {
  site.step(name)
  const child = await launch(site, name, program)
  site.stack.defer(child.stop)
  return child
}

async function startWallet(site: Site): Promise<Child> {
  site.step('pages')
  await buildPage('wallet')
  const { api, wallet, proximity, reader, sim_bridge } = site.ports
  const apiOrigin = `http://api.localhost:${api}`
  const deviceOrigins = {
    proximity: `ws://127.0.0.1:${proximity}`,
    reader: `ws://127.0.0.1:${reader}`,
    sim: `http://127.0.0.1:${sim_bridge}`,
  }
  return startPart(site, 'wallet', await walletProgram({ port: wallet, apiOrigin, deviceOrigins }))
}

type LettingIn = { readonly operator: OperatorSettings; readonly databaseUrl: string }

/** A simulator with keys of its own; operators of the vault and of the server let it in, once. */
async function startBureau(site: Site, { operator, databaseUrl }: LettingIn): Promise<Child> {
  const { state, ports } = site
  const url = `http://127.0.0.1:${ports.api}`
  const folder = state.path('bureau')
  const settings = { apiUrl: url, folder, port: ports.letterbox }
  const bureau = await startPart(site, 'bureau', await bureauProgram(settings))
  await state.keep(join('bureau', 'let-in'), {
    read: () => undefined,
    make: () => letBureauIn({ operator, databaseUrl, url, folder }),
    write: () => 'by the operators of vault and server\n',
  })
  return bureau
}

/** People and devices for whoever looks: simulators, with the operator's acts that they need. */
async function startTour(site: Site, { operator, databaseUrl }: LettingIn): Promise<Child> {
  const { state, ports } = site
  await buildPage('tour')
  const settings = {
    ...operator,
    port: ports.tour,
    apiUrl: `http://127.0.0.1:${ports.api}`,
    walletOrigin: `http://wallet.localhost:${ports.wallet}`,
    serverDatabaseUrl: databaseUrl,
    stateFolder: state.home,
    logs: state.path('logs'),
    seedFile: state.path('sandbox.json'),
  }
  return startPart(site, 'tour', await tourProgram(settings))
}

/** The merchant's own software: it gets the merchant's API key and a folder for its book. */
async function startTill(site: Site, seed: Seed): Promise<Child> {
  await buildPage('pos')
  const { state, ports } = site
  // Written at every start: the key of the merchant that this sandbox has now.
  const apiKeyFile = state.path('secrets', 'pos.api-key')
  await writeFile(apiKeyFile, seed.api_key, { mode: 0o600 })
  const program = await tillProgram({
    port: ports.pos,
    apiUrl: `http://127.0.0.1:${ports.api}`,
    apiKeyFile,
    dataFolder: state.path('pos'),
    beaconAir: airOf(ports.proximity),
    devices: { merchant: seed.merchant, ports: [ports.entry_device] },
  })
  return startPart(site, 'pos', program)
}

/** Unix sockets may have paths of 107 bytes at most, so theirs is a short folder of its own. */
async function privateFolder({ keeper, stack }: Site): Promise<string> {
  const short = tmpdir().length > 60 ? '/tmp' : tmpdir()
  const folder = await mkdtemp(join(short, 'warifu-'))
  keeper.folder(folder)
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** 32 random bytes in a file of their own (raw, or as text); answers with the file's path. */
async function keepSecret(
  state: StateFolder,
  name: string,
  form: 'raw' | 'text' = 'raw',
): Promise<string> {
  const write = (bytes?: Buffer) => (form === 'raw' ? bytes : bytes?.toString('base64url')) ?? ''
  const make = async () => randomBytes(32)
  await state.keep(join('secrets', name), { read: () => undefined, make, write })
  return state.path('secrets', name)
}

const keptSeed = (url: string) => ({
  read: readSeed,
  make: async () => await seedServer(url),
  write: (seed: Seed) => `${JSON.stringify(seed, null, 2)}\n`,
})
