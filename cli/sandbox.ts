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
import { type Child, type Program, saidReady, startChild, untilReady } from './child.ts'
import { assertPortFree } from './cluster.ts'
import { type OwnDatabase, openDatabase, type Site, serverSide, vaultSide } from './database.ts'
import { createKeeper } from './keeper.ts'
import { keptPasswords } from './passwords.ts'
import { keptPorts, type Ports } from './ports.ts'
import {
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
  vaultProgram,
  walletProgram,
} from './programs.ts'
import { airOf } from './proximity-air.ts'
import { openStateFolder, root, type StateFolder } from './state-folder.ts'

export type SandboxOptions = {
  /** The state folder; by default WARIFU_HOME, else `.warifu` in the clone. */
  readonly home?: string
  readonly say?: (step: string) => void
  /** Gives up between two steps when it is aborted. */
  readonly signal?: AbortSignal
  readonly logLevel?: string
  /** Settings of PostgreSQL beside our own, for both clusters: the bench counts with them. */
  readonly databaseSettings?: Readonly<Record<string, string>>
  /** The pace of a key that names none; the bench asks faster than any shop. */
  readonly requestsPerSecond?: number
}

export type Sandbox = {
  readonly home: string
  /** `http://127.0.0.1:PORT`, for programs. */
  readonly url: string
  readonly ports: Ports
  readonly walletOrigin: string
  readonly tillOrigin: string
  readonly seed: Seed
  readonly serverDatabase: OwnDatabase
  readonly vaultDatabase: OwnDatabase
  readonly vaultSocket: string
  /** What an operator's act in the secure room needs. */
  readonly operator: OperatorSettings
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

  const walletOrigin = `http://wallet.localhost:${ports.wallet}`
  const vaultSocket = join(await privateFolder(site), 'vault.sock')
  const logLevel = options.logLevel ?? process.env['LOG_LEVEL'] ?? 'info'
  const shared = { walletOrigin, logLevel }
  const pace = paceOf(options)
  const passphraseFile = await keepSecret(state, 'vault.passphrase', 'text')
  const operator = {
    ...{ databaseUrl: vaultDatabase.url, passphraseFile },
    masterKeyFile: state.path('secrets', 'vault.master-key'),
  }
  const connector = 'sandbox'
  const vaultSettings = { ...shared, ...operator, connector, socket: vaultSocket } as const
  const vault = await startPart(site, 'vault', await vaultProgram(vaultSettings))
  const keyFile = await keepSecret(state, 'server.key')
  const tillOrigin = `http://pos.localhost:${ports.pos}`
  const databaseUrl = serverDatabase.url
  const serverFiles = { vaultSocket, keyFile, port: ports.api, tillOrigin, databaseUrl, ...pace }
  const server = await startPart(site, 'server', await serverProgram({ ...shared, ...serverFiles }))
  const wallet = await startWallet(site)
  const till = await startTill(site, seed)
  const bureau = await startBureau(site, { operator, databaseUrl })

  const owned = stack.move()
  const stop = async () => await owned.disposeAsync()
  const children = [vault, server, wallet, till, bureau, serverDatabase.child, vaultDatabase.child]
  return {
    home: state.home,
    url: `http://127.0.0.1:${ports.api}`,
    ports,
    walletOrigin,
    tillOrigin,
    seed,
    serverDatabase,
    vaultDatabase,
    vaultSocket,
    operator,
    vault,
    server,
    wallet,
    till,
    bureau,
    logs: state.path('logs'),
    crashed: Promise.race(children.filter((child) => child !== undefined).map(lastSentence)),
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

const paceOf = ({ requestsPerSecond }: SandboxOptions) =>
  requestsPerSecond === undefined ? {} : { requestsPerSecond }

/** Those of `proximity` and `sim_bridge` are their own devices’ to take, when they run. */
async function assertPortsFree(ports: Ports, home: string): Promise<void> {
  await assertPortFree(ports.api, 'the API', home)
  await assertPortFree(ports.wallet, 'the wallet', home)
  await assertPortFree(ports.pos, 'the till', home)
  await assertPortFree(ports.reader, 'the reader', home)
  await assertPortFree(ports.letterbox, 'the letterbox', home)
}

const lastSentence = async (child: Child): Promise<string> =>
  `${child.name} ${await child.exited}; everything is stopped (log: ${child.log})`

async function startPart(site: Site, name: string, program: Program): Promise<Child> {
  site.step(name)
  const child = await startChild(program, site.state.path('logs', `${name}.log`), site.keeper)
  site.stack.defer(child.stop)
  await untilReady(child, saidReady(child))
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
