/**
 * The supervisor: a whole sandbox on one state folder. Two PostgreSQL clusters (or the databases
 * named by DATABASE_URL and VAULT_DATABASE_URL), migrations, the seed, then the vault, then the
 * server; stopped in the opposite order. Every step needs those before it, so it reads downwards.
 */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Child, type Program, saidReady, startChild, untilReady } from './child.ts'
import { assertPortFree, databaseUrl, startCluster } from './cluster.ts'
import {
  type DatabasePlan,
  ensureDatabase,
  ensureRoles,
  type Passwords,
  serverPlan,
  vaultPlan,
} from './databases.ts'
import { createKeeper, type Keeper } from './keeper.ts'
import { keptPorts, type Ports } from './ports.ts'
import {
  type DatabaseUrls,
  migrateServer,
  migrateVault,
  readSeed,
  type Seed,
  seedServer,
  serverProgram,
  vaultProgram,
} from './programs.ts'
import { Sorry } from './sorry.ts'
import { openStateFolder, root, type StateFolder } from './state-folder.ts'

export type SandboxOptions = {
  /** The state folder; by default WARIFU_HOME, else `.warifu` in the clone. */
  readonly home?: string
  readonly say?: (step: string) => void
  /** Gives up between two steps when it is aborted. */
  readonly signal?: AbortSignal
  readonly logLevel?: string
}

/** A database a process lives on. `adminUrl` and `dataFolder` only where the cluster is ours. */
export type SandboxDatabase = DatabaseUrls & {
  readonly adminUrl?: string
  readonly dataFolder?: string
  readonly child?: Child
}

export type Sandbox = {
  readonly home: string
  /** `http://127.0.0.1:PORT`, for programs. */
  readonly url: string
  readonly ports: Ports
  readonly walletOrigin: string
  readonly seed: Seed
  readonly serverDatabase: SandboxDatabase
  readonly vaultDatabase: SandboxDatabase
  readonly vaultSocket: string
  readonly vault: Child
  readonly server: Child
  readonly logs: string
  /** Settles with a sentence when a child ends that nobody asked to. */
  readonly crashed: Promise<string>
  readonly stop: () => Promise<void>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

/** What the steps share while the sandbox is built; `stack` undoes what was done. */
type Site = {
  readonly state: StateFolder
  readonly ports: Ports
  readonly keeper: Keeper
  readonly stack: AsyncDisposableStack
  readonly step: (words: string) => void
}

export const defaultHome = (): string =>
  resolve(process.env['WARIFU_HOME'] ?? join(root, '.warifu'))

export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  await using stack = new AsyncDisposableStack()
  const state = await openStateFolder(resolve(options.home ?? defaultHome()))
  stack.defer(state.release)
  const keeper = createKeeper()
  stack.defer(() => keeper.close())
  const ports = await state.keep('ports.json', keptPorts)
  await assertPortFree(ports.api, 'the API', state.home)
  const step = (words: string) => {
    options.signal?.throwIfAborted()
    options.say?.(words)
  }
  const site: Site = { state, ports, keeper, stack, step }

  const passwords = await state.keep('secrets/databases.json', keptPasswords)
  const serverDatabase = await openDatabase(site, serverSide, passwords)
  const vaultDatabase = await openDatabase(site, vaultSide, passwords)
  step('migrations')
  await migrateServer(serverDatabase.ownerUrl)
  await migrateVault(vaultDatabase.ownerUrl)
  const seed = await state.keep('sandbox.json', keptSeed(serverDatabase.url))

  const walletOrigin = `http://wallet.localhost:${ports.wallet}`
  const vaultSocket = join(await privateFolder(stack), 'vault.sock')
  const logLevel = options.logLevel ?? process.env['LOG_LEVEL'] ?? 'info'
  const shared = { walletOrigin, logLevel }
  const passphraseFile = await keepSecret(state, 'vault.passphrase', 'base64url')
  const masterKeyFile = state.path('secrets', 'vault.master-key')
  const vaultFiles = { socket: vaultSocket, masterKeyFile, passphraseFile }
  const vault = await startPart(
    site,
    'vault',
    await vaultProgram({ ...shared, ...vaultFiles, databaseUrl: vaultDatabase.url }),
  )
  const keyFile = await keepSecret(state, 'server.key')
  const serverFiles = { vaultSocket, keyFile, port: ports.api }
  const server = await startPart(
    site,
    'server',
    await serverProgram({ ...shared, ...serverFiles, databaseUrl: serverDatabase.url }),
  )

  const owned = stack.move()
  const stop = async () => await owned.disposeAsync()
  const children = [vault, server, serverDatabase.child, vaultDatabase.child]
  return {
    home: state.home,
    url: `http://127.0.0.1:${ports.api}`,
    ports,
    walletOrigin,
    seed,
    serverDatabase,
    vaultDatabase,
    vaultSocket,
    vault,
    server,
    logs: state.path('logs'),
    crashed: Promise.race(children.filter((child) => child !== undefined).map(lastSentence)),
    stop,
    [Symbol.asyncDispose]: stop,
  }
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

type Side = {
  readonly name: string
  readonly port: 'server_database' | 'vault_database'
  readonly plan: DatabasePlan
  readonly app: string
  readonly variable: string
  readonly ownerVariable: string
  readonly settings: Readonly<Record<string, string>>
}
const serverSide: Side = {
  name: 'server',
  port: 'server_database',
  plan: serverPlan,
  app: 'warifu_app',
  variable: 'DATABASE_URL',
  ownerVariable: 'DATABASE_OWNER_URL',
  settings: {},
}
const vaultSide: Side = {
  name: 'vault',
  port: 'vault_database',
  plan: vaultPlan,
  app: 'vault_app',
  variable: 'VAULT_DATABASE_URL',
  ownerVariable: 'VAULT_DATABASE_OWNER_URL',
  settings: { log_min_error_statement: 'panic' }, // no statement of the vault is ever logged
}

/** The database of one side: the one the environment names, else one in a cluster of our own. */
async function openDatabase(
  { state, ports, keeper, stack, step }: Site,
  side: Side,
  passwords: Passwords,
): Promise<SandboxDatabase> {
  const { name, plan, app, variable, ownerVariable, settings } = side
  const url = process.env[variable]
  const ownerUrl = process.env[ownerVariable]
  if (url !== undefined && ownerUrl !== undefined) return { url, ownerUrl }
  if (url !== undefined || ownerUrl !== undefined)
    throw new Sorry(
      `${variable} (for the process) and ${ownerVariable} (for migrations) are set together or not at all.`,
    )
  step(`PostgreSQL of the ${name}`)
  const cluster = await startCluster({
    name,
    home: state.home,
    port: ports[side.port],
    password: passwords['postgres'] ?? '',
    log: state.path('logs', `${name}-database.log`),
    keeper,
    settings,
  })
  stack.defer(cluster.stop)
  const { adminUrl, dataFolder, child } = cluster
  await ensureRoles(adminUrl, plan, passwords)
  await ensureDatabase(adminUrl, plan)
  const of = (role: string) =>
    databaseUrl(role, passwords[role] ?? '', `${cluster.port}/${plan.database}`)
  return { url: of(app), ownerUrl: of(plan.owner), adminUrl, dataFolder, child }
}

/** Unix sockets may have paths of 107 bytes at most, so theirs is a short folder of its own. */
export async function privateFolder(stack: AsyncDisposableStack): Promise<string> {
  const short = tmpdir().length > 60 ? '/tmp' : tmpdir()
  const folder = await mkdtemp(join(short, 'warifu-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** 32 random bytes in a file of their own (raw, or as text); answers with the file's path. */
async function keepSecret(
  state: StateFolder,
  name: string,
  form: 'latin1' | 'base64url' = 'latin1',
): Promise<string> {
  await state.keep(join('secrets', name), {
    read: () => undefined,
    make: async () => undefined,
    write: () => randomBytes(32).toString(form),
  })
  return state.path('secrets', name)
}

const keptSeed = (url: string) => ({
  read: readSeed,
  make: async () => await seedServer(url),
  write: (seed: Seed) => `${JSON.stringify(seed, null, 2)}\n`,
})

const keptPasswords = {
  read: (text: string): Passwords => {
    const entries: [string, unknown][] = Object.entries(JSON.parse(text))
    return Object.fromEntries(entries.map(([role, password]) => [role, String(password)]))
  },
  make: async (): Promise<Passwords> => newPasswords(),
  write: (passwords: Passwords) => `${JSON.stringify(passwords, null, 2)}\n`,
}

/** A random password for the superuser and for every role of both plans. */
export function newPasswords(): Passwords {
  const roles = [serverPlan, vaultPlan].flatMap((plan) => [plan.owner, ...plan.roles])
  const password = () => randomBytes(24).toString('base64url')
  return Object.fromEntries(['postgres', ...roles].map((role) => [role, password()]))
}
