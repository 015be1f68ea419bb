/**
 * A whole house for a journey: databases copied from the templates, a real vault process and one
 * or two real server processes, with relays between them where a journey wants to look or to hurt.
 *
 *   client ─[client]─ server ─[database]─ PostgreSQL      server ─[vault]─ vault
 *
 * A balanced house has two servers behind one address, and every request a connection of its own:
 * whatever a journey does next, it may meet the other process.
 */
import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Child, type Program, saidReady, startChild, untilReady } from '@warifu/cli/child'
import { createKeeper } from '@warifu/cli/keeper'
import { choosePort } from '@warifu/cli/ports'
import {
  buildPage,
  type OperatorSettings,
  type Seed,
  seedServer,
  serverProgram,
  tillProgram,
  vaultProgram,
  walletProgram,
} from '@warifu/cli/programs'
import type { Fetch } from '@warifu/sdk/api-call'
import { startBalancer } from './balancer.ts'
import { type Clone, cloneDatabase } from './databases.ts'
import { loopback, type Place, type Relay, startRelay } from './relay.ts'

export type ProcessName = 'vault' | 'server' | 'server-2' | 'wallet' | 'pos'
/** `client-2` stands before the second server, `pos` between till and server. */
export type RelayName = 'client' | 'client-2' | 'database' | 'vault' | 'pos'

export type HouseOptions = {
  readonly servers?: 1 | 2
  /** Two servers, and `url` is a balancer in front of them. */
  readonly balanced?: true
  readonly relays?: readonly RelayName[]
  /** Serves the wallet's page at `walletOrigin`; it may call these devices of its cardholder. */
  readonly wallet?: boolean | { readonly deviceOrigins: Readonly<Record<string, string>> }
  /** Runs the till's back end, with its page at `tillOrigin`; it may have an ear. */
  readonly pos?: boolean | { readonly beaconAir: string }
  /** More environment for the processes, or other values than the house would give. */
  readonly env?: {
    readonly vault?: Readonly<Record<string, string>>
    readonly server?: Readonly<Record<string, string>>
  }
}

export type House = {
  /** Addresses of the servers as clients use them (through the relay, where there is one). */
  readonly urls: readonly string[]
  /** The one address for clients: the balancer, or the first server. */
  readonly url: string
  /** As `fetch`; in a balanced house each request goes to the next server in turn. */
  readonly fetch: Fetch
  /** How many connections each server was given by the balancer. */
  readonly given: () => readonly number[]
  readonly walletOrigin: string
  readonly tillOrigin: string
  readonly shopOrigin: string
  readonly seed: Seed
  readonly serverDatabase: Clone
  readonly vaultDatabase: Clone
  /** Sockets, keys and logs lie here. */
  readonly folder: string
  readonly vaultSocket: string
  /** What an operator's act in the secure room needs (cli/programs.ts). */
  readonly operator: OperatorSettings
  readonly pid: (name: ProcessName) => number
  readonly relay: (name: RelayName) => Relay
  /** What a process has logged since the house stands. */
  readonly logs: (name: ProcessName) => Promise<string>
  /** SIGKILL, and waits until it is gone. */
  readonly kill: (name: ProcessName) => Promise<void>
  /** Starts it again with the same settings; ends it first where it still runs. */
  readonly restart: (name: ProcessName) => Promise<void>
  readonly stop: () => Promise<void>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

/** What the parts of a house are built on; `stack` takes everything down again. */
type Site = {
  readonly folder: string
  readonly stack: AsyncDisposableStack
  readonly relays: Map<RelayName, Relay>
  readonly wanted: ReadonlySet<RelayName>
}

export async function startHouse(options: HouseOptions = {}): Promise<House> {
  await using stack = new AsyncDisposableStack()
  const short = tmpdir().length > 60 ? '/tmp' : tmpdir()
  const folder = await mkdtemp(join(short, 'warifu-house-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const serverDatabase = stack.use(await cloneDatabase('server'))
  const vaultDatabase = stack.use(await cloneDatabase('vault'))
  const site: Site = { folder, stack, relays: new Map(), wanted: new Set(options.relays) }
  const processes = createProcesses(site)
  const walletOrigin = `http://wallet.localhost:${await choosePort()}`
  const seed = await seedServer(serverDatabase.url)

  const vaultSocket = join(folder, 'vault.sock')
  const operator = {
    databaseUrl: vaultDatabase.url,
    masterKeyFile: join(folder, 'vault.master-key'),
    passphraseFile: await secretFile(folder, 'vault.passphrase', 'text'),
  }
  const vaultFiles = { ...operator, socket: vaultSocket }
  const vault = await vaultProgram({ ...vaultFiles, walletOrigin, logLevel: 'info' })
  await processes.start('vault', withEnv(vault, options.env?.vault))

  const shared = {
    databaseUrl: await databaseThroughRelay(site, serverDatabase.url),
    vaultSocket: await vaultThroughRelay(site, vaultSocket),
    keyFile: await secretFile(folder, 'server.key', 'raw'),
    walletOrigin,
    logLevel: 'info',
  }
  const tillPort = await choosePort()
  const tillOrigin = `http://pos.localhost:${tillPort}`
  const leads = options.pos ? { tillOrigin } : {}
  const ports: number[] = []
  const front = options.balanced ? await choosePort() : undefined
  const count = options.balanced ? 2 : (options.servers ?? 1)
  for (const [server, client] of serverNames.slice(0, count)) {
    const port = await choosePort()
    const program = await serverProgram({ ...shared, ...leads, port })
    await processes.start(server, withEnv(program, { ...namesAt(front), ...options.env?.server }))
    ports.push(await clientThroughRelay(site, client, port))
  }
  const balancer = front && stack.use(await startBalancer(front, ports))
  const urls = ports.map(addressOf)
  const url = front === undefined ? (urls[0] ?? '') : addressOf(front)
  if (options.wallet) await startWallet(processes, { ...walletOf(options), walletOrigin, url })
  const ear = typeof options.pos === 'object' ? options.pos : {}
  if (options.pos) await startTill(site, processes, { port: tillPort, url, seed, ...ear })

  const owned = stack.move()
  const stop = async () => await owned.disposeAsync()
  return {
    urls,
    url,
    fetch: front === undefined ? fetch : fetchAlone,
    given: () => (balancer ? balancer.given() : []),
    walletOrigin,
    tillOrigin,
    shopOrigin: `http://shop.localhost:${tillPort}`,
    seed,
    serverDatabase,
    vaultDatabase,
    folder,
    operator,
    vaultSocket,
    relay: (name) => known(site.relays, name),
    ...processes.doors,
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

const addressOf = (port: number): string => `http://127.0.0.1:${port}`

/** Behind a balancer a server goes by the balancer's names, not by its own. */
const namesAt = (port: number | undefined): Readonly<Record<string, string>> =>
  port === undefined
    ? {}
    : { API_ORIGIN: `http://api.localhost:${port}`, DOCS_ORIGIN: `http://docs.localhost:${port}` }

/** On a connection of its own, so that a balancer of connections balances requests. */
const fetchAlone: Fetch = (url, init) =>
  fetch(url, { ...init, headers: { ...headersOf(init), connection: 'close' } })

const headersOf = ({ headers }: RequestInit): Record<string, string> =>
  Object.fromEntries(new Headers(headers ?? {}))

const serverNames = [
  ['server', 'client'],
  ['server-2', 'client-2'],
] as const

function known<K extends string, V>(found: ReadonlyMap<K, V>, name: K): V {
  const value = found.get(name)
  if (value === undefined) throw new Error(`this house was started without: ${name}`)
  return value
}

const withEnv = (program: Program, env: Readonly<Record<string, string>> = {}): Program => ({
  ...program,
  env: { ...program.env, ...env },
})

type WalletPlan = {
  readonly walletOrigin: string
  readonly url: string
  readonly deviceOrigins?: Readonly<Record<string, string>>
}
const walletOf = ({ wallet }: HouseOptions): Pick<WalletPlan, 'deviceOrigins'> =>
  typeof wallet === 'object' ? wallet : {}

async function startWallet({ start }: Processes, plan: WalletPlan): Promise<void> {
  await buildPage('wallet')
  const { walletOrigin, url, ...devices } = plan
  const apiOrigin = `http://api.localhost:${new URL(url).port}`
  const port = Number(new URL(walletOrigin).port)
  await start('wallet', await walletProgram({ port, apiOrigin, ...devices }))
}

type TillPlan = {
  readonly port: number
  readonly url: string
  readonly seed: Seed
  readonly beaconAir?: string
}

async function startTill(site: Site, { start }: Processes, plan: TillPlan) {
  const { port, url, seed, ...ear } = plan
  await buildPage('pos')
  const apiKeyFile = join(site.folder, 'pos.api-key')
  await writeFile(apiKeyFile, seed.api_key, { mode: 0o600 })
  const apiPort = await clientThroughRelay(site, 'pos', Number(new URL(url).port))
  const apiUrl = `http://127.0.0.1:${apiPort}`
  const dataFolder = join(site.folder, 'pos')
  await start('pos', await tillProgram({ port, apiUrl, apiKeyFile, dataFolder, ...ear }))
}

type Running = { readonly program: Program; readonly child: Child }
type Processes = {
  readonly start: (name: ProcessName, program: Program) => Promise<void>
  readonly doors: Pick<House, 'pid' | 'logs' | 'kill' | 'restart'>
}

/** The processes by name. They are stopped in the opposite order of their first start. */
function createProcesses({ folder, stack }: Site): Processes {
  const keeper = createKeeper()
  keeper.folder(folder)
  stack.defer(() => keeper.close())
  const running = new Map<ProcessName, Running>()
  const logOf = (name: ProcessName) => join(folder, `${name}.log`)
  const launch = async (name: ProcessName, program: Program) => {
    const child = await startChild(program, logOf(name), keeper)
    running.set(name, { program, child })
    await untilReady(child, saidReady(child))
  }
  return {
    start: async (name, program) => {
      stack.defer(async () => await running.get(name)?.child.stop())
      await launch(name, program)
    },
    doors: {
      pid: (name) => known(running, name).child.pid,
      logs: async (name) => await readFile(logOf(name), 'utf8'),
      kill: async (name) => {
        const { child } = known(running, name)
        child.kill('SIGKILL')
        await child.exited
      },
      restart: async (name) => {
        const { program, child } = known(running, name)
        await child.stop()
        await launch(name, program)
      },
    },
  }
}

async function relayed(
  { relays, stack, wanted }: Site,
  name: RelayName,
  ends: {
    readonly listen: Place
    readonly to: Place
    readonly framing: 'chunks' | 'postgres' | 'length'
  },
): Promise<Place> {
  if (!wanted.has(name)) return ends.to
  const relay = stack.use(await startRelay(ends))
  relays.set(name, relay)
  return ends.listen
}

const portOf = (place: Place): number => ('port' in place ? place.port : 0)
const pathOf = (place: Place): string => ('path' in place ? place.path : '')

async function databaseThroughRelay(site: Site, url: string): Promise<string> {
  const through = new URL(url)
  const to = loopback(Number(through.port))
  const listen = loopback(await choosePort())
  through.port = String(
    portOf(await relayed(site, 'database', { listen, to, framing: 'postgres' })),
  )
  return through.href
}

async function vaultThroughRelay(site: Site, socket: string): Promise<string> {
  const listen = { path: join(site.folder, 'vault-relay.sock') }
  return pathOf(await relayed(site, 'vault', { listen, to: { path: socket }, framing: 'length' }))
}

async function clientThroughRelay(site: Site, name: RelayName, port: number): Promise<number> {
  const listen = loopback(await choosePort())
  return portOf(await relayed(site, name, { listen, to: loopback(port), framing: 'chunks' }))
}

async function secretFile(folder: string, name: string, form: 'raw' | 'text'): Promise<string> {
  const path = join(folder, name)
  const bytes = randomBytes(32)
  await writeFile(path, form === 'raw' ? bytes : bytes.toString('base64url'), { mode: 0o600 })
  return path
}
