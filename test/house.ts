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
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Program } from '@warifu/cli/child'
import { choosePort } from '@warifu/cli/ports'
import {
  cardholdersProgram,
  type OperatorSettings,
  type Seed,
  type ServerSettings,
  serverProgram,
  tillProgram,
  type VaultSettings,
  vaultProgram,
  walletProgram,
} from '@warifu/cli/programs'
import { sandboxFileOf } from '@warifu/cli/state-folder'
import type { Fetch } from '@warifu/sdk/api-call'
import { builtFolder } from '@warifu/web/serving'
import { startAlternator } from './alternator.ts'
import { startBalancer } from './balancer.ts'
import { type Clone, cloneDatabase, seeded } from './databases.ts'
import {
  clientThroughRelay,
  createProcesses,
  databaseThroughRelay,
  known,
  type ProcessDoors,
  type Processes,
  type ProcessName,
  type RelayName,
  type Site,
  vaultThroughRelay,
} from './house-parts.ts'
import type { Relay } from './relay.ts'

export type { ProcessName, RelayName } from './house-parts.ts'

export type HouseOptions = {
  readonly servers?: 1 | 2
  /** Two servers, and `url` is a balancer in front of them. */
  readonly balanced?: true
  /** Two vaults on one database; a relay named `vault` stands before the first. */
  readonly vaults?: 1 | 2
  readonly relays?: readonly RelayName[]
  /** Serves the wallet's page at `walletOrigin`; it may call these devices of its cardholder. */
  readonly wallet?: boolean | { readonly deviceOrigins: Readonly<Record<string, string>> }
  /** Runs the till's back end, with its page at `tillOrigin`; it may have an ear, and devices. */
  readonly pos?: boolean | { readonly beaconAir?: string; readonly devicePorts?: readonly number[] }
  /** The servers serve the console's page at `consoleOrigin`. */
  readonly console?: true
  /** Runs the sandbox's test cardholders. */
  readonly cardholders?: true
  /** More environment for the processes, or other values than the house would give. */
  readonly env?: {
    readonly vault?: Readonly<Record<string, string>>
    readonly server?: Readonly<Record<string, string>>
  }
}

export type House = ProcessDoors & {
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
  /** The first server's, or the balancer's, by the console's own name. */
  readonly consoleOrigin: string
  readonly seed: Seed
  readonly serverDatabase: Clone
  readonly vaultDatabase: Clone
  /** Sockets, keys and logs lie here. */
  readonly folder: string
  readonly vaultSocket: string
  /** Of all vaults: who ends what only one of them may hold ends them all. */
  readonly vaults: readonly ProcessName[]
  /** What an operator's act in the secure room needs (cli/programs.ts). */
  readonly operator: OperatorSettings
  readonly relay: (name: RelayName) => Relay
  readonly stop: () => Promise<void>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

export async function startHouse(options: HouseOptions = {}): Promise<House> {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir().length > 60 ? '/tmp' : tmpdir(), 'warifu-house-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const serverDatabase = stack.use(await cloneDatabase('server'))
  const vaultDatabase = stack.use(await cloneDatabase('vault'))
  const site: Site = { folder, stack, relays: new Map(), wanted: new Set(options.relays) }
  const processes = createProcesses(site)
  const walletOrigin = `http://wallet.localhost:${await choosePort()}`
  const seed = seeded()

  const vaultSocket = join(folder, 'vault.sock')
  const operator = {
    databaseUrl: vaultDatabase.url,
    masterKeyFile: join(folder, 'vault.master-key'),
    passphraseFile: await secretFile(folder, 'vault.passphrase', 'text'),
  }
  const all = { walletOrigin, sandboxFile: sandboxFileOf(folder), logLevel: 'info' }
  const sockets = await startVaults(processes, { ...operator, ...all }, options)

  const shared = {
    databaseUrl: await databaseThroughRelay(site, serverDatabase.url),
    vaultSocket: [await vaultThroughRelay(site, vaultSocket), ...sockets.slice(1)].join(','),
    keyFile: await secretFile(folder, 'server.key', 'raw'),
    ...all,
  }
  const tillPort = await choosePort()
  const tillOrigin = `http://pos.localhost:${tillPort}`
  const more = await moreOf(options, folder)
  const leads = options.pos ? { ...more, tillOrigin } : more
  const settings = { ...shared, ...leads }
  const { urls, url, ...front } = await startServers(site, processes, { settings, options })
  if (options.wallet) await startWallet(processes, { ...walletOf(options), walletOrigin, url })
  const till = { port: tillPort, url, seed, ...earOf(options) }
  if (options.pos) await startTill(site, processes, till)
  await startCardholders(processes, { ...more, folder, walletOrigin, url })
  const owned = stack.move()
  const stop = async () => await owned.disposeAsync()
  return {
    urls,
    url,
    ...front,
    walletOrigin,
    tillOrigin,
    consoleOrigin: url.replace('127.0.0.1', 'console.localhost'),
    shopOrigin: `http://shop.localhost:${tillPort}`,
    seed,
    serverDatabase,
    vaultDatabase,
    folder,
    operator,
    vaultSocket,
    vaults: vaultNames.slice(0, vaultsOf(options)),
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
    : Object.fromEntries(
        ['api', 'docs', 'console'].map((name) => [
          `${name.toUpperCase()}_ORIGIN`,
          `http://${name}.localhost:${port}`,
        ]),
      )

/** On a connection of its own, so that a balancer of connections balances requests. */
const fetchAlone: Fetch = (url, init) =>
  fetch(url, { ...init, headers: { ...headersOf(init), connection: 'close' } })

const headersOf = ({ headers }: RequestInit): Record<string, string> =>
  Object.fromEntries(new Headers(headers ?? {}))

type VaultPlace = Omit<VaultSettings, 'socket'>

/** Each with a chain of its own; answers with their sockets. */
async function startVaults(
  { start }: Processes,
  settings: VaultPlace,
  options: HouseOptions,
): Promise<string[]> {
  const names = vaultNames.slice(0, vaultsOf(options))
  const sockets = names.map((name) => join(dirname(settings.masterKeyFile), `${name}.sock`))
  for (const [i, name] of names.entries()) {
    const place = { socket: sockets[i] ?? '', vaultName: `vault-${i + 1}` }
    await start(name, withEnv(await vaultProgram({ ...settings, ...place }), options.env?.vault))
  }
  return sockets
}

type ServerPlan = {
  readonly settings: Omit<ServerSettings, 'port'>
  readonly options: HouseOptions
}

/** The servers, and what stands before them. */
async function startServers(
  site: Site,
  { start }: Processes,
  { settings, options }: ServerPlan,
): Promise<Pick<House, 'urls' | 'url' | 'fetch' | 'given'>> {
  const alternates = isAlternating(options)
  const front = options.balanced || alternates ? await choosePort() : undefined
  const count = front === undefined ? (options.servers ?? 1) : 2
  const ports: number[] = []
  for (const [server, client] of serverNames.slice(0, count)) {
    const port = await choosePort()
    const program = await serverProgram({ ...settings, port })
    await start(server, withEnv(program, { ...namesAt(front), ...options.env?.server }))
    ports.push(alternates ? port : await clientThroughRelay(site, client, port))
  }
  if (front === undefined) return oneOf(ports)
  if (!alternates) {
    const balancer = site.stack.use(await startBalancer(front, ports))
    const urls = ports.map(addressOf)
    return { urls, url: addressOf(front), fetch: fetchAlone, given: balancer.given }
  }
  // What alternates is one server to its clients.
  site.stack.use(await startAlternator(front, ports))
  return oneOf([await clientThroughRelay(site, 'client', front)])
}

const oneOf = (ports: readonly number[]) => {
  const urls = ports.map(addressOf)
  return { urls, url: urls[0] ?? '', fetch, given: () => [] }
}

const vaultNames = ['vault', 'vault-2'] as const

/**
 * WARIFU_TEST_WORKERS=2 and WARIFU_TEST_VAULTS=2: every house that did not choose has two of each,
 * and its requests go to the servers by turns. A journey that hurts one process, or counts what
 * passes a relay, is about houses of one: run those without.
 */
const many = (name: string): boolean => process.env[name] === '2'
const vaultsOf = ({ vaults, relays = [] }: HouseOptions): number =>
  vaults ?? (many('WARIFU_TEST_VAULTS') && !relays.includes('vault') ? 2 : 1)
const isAlternating = ({ servers, balanced }: HouseOptions): boolean =>
  many('WARIFU_TEST_WORKERS') && servers === undefined && balanced === undefined

const serverNames = [
  ['server', 'client'],
  ['server-2', 'client-2'],
] as const

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
  const { walletOrigin, url, ...devices } = plan
  const apiOrigin = `http://api.localhost:${new URL(url).port}`
  const port = Number(new URL(walletOrigin).port)
  await start('wallet', await walletProgram({ port, apiOrigin, ...devices }))
}

const earOf = ({ pos }: HouseOptions): Pick<TillPlan, 'beaconAir'> =>
  typeof pos === 'object' ? pos : {}

type TillPlan = {
  readonly port: number
  readonly url: string
  readonly seed: Seed
  readonly beaconAir?: string
  readonly devicePorts?: readonly number[]
}

async function startTill(site: Site, { start }: Processes, plan: TillPlan) {
  const { port, url, seed, devicePorts, ...ear } = plan
  const devices =
    devicePorts === undefined ? {} : { devices: { merchant: seed.merchant, ports: devicePorts } }
  const apiKeyFile = join(site.folder, 'pos.api-key')
  await writeFile(apiKeyFile, seed.api_key, { mode: 0o600 })
  const apiPort = await clientThroughRelay(site, 'pos', Number(new URL(url).port))
  const apiUrl = `http://127.0.0.1:${apiPort}`
  const dataFolder = join(site.folder, 'pos')
  await start(
    'pos',
    await tillProgram({ port, apiUrl, apiKeyFile, dataFolder, ...ear, ...devices }),
  )
}

type People = { readonly cardholders?: { readonly port: number; readonly tokenFile: string } }

async function cardholdersOf({ cardholders }: HouseOptions, folder: string): Promise<People> {
  if (!cardholders) return {}
  const tokenFile = await secretFile(folder, 'cardholders.token', 'text')
  return { cardholders: { port: await choosePort(), tokenFile } }
}

/** What a server is told of that most houses have not. */
const moreOf = async (options: HouseOptions, folder: string) => ({
  ...(options.console ? { consoleFolder: builtFolder('console') } : {}),
  ...(await cardholdersOf(options, folder)),
})

type Welcoming = People & Pick<House, 'folder' | 'walletOrigin' | 'url'>

async function startCardholders({ start }: Processes, welcoming: Welcoming): Promise<void> {
  const { cardholders, folder, walletOrigin, url: apiUrl } = welcoming
  if (cardholders === undefined) return
  const place = { folder: join(folder, 'cardholders'), walletOrigin, apiUrl }
  await start('cardholders', await cardholdersProgram({ ...cardholders, ...place }))
}

async function secretFile(folder: string, name: string, form: 'raw' | 'text'): Promise<string> {
  const path = join(folder, name)
  const bytes = randomBytes(32)
  await writeFile(path, form === 'raw' ? bytes : bytes.toString('base64url'), { mode: 0o600 })
  return path
}
