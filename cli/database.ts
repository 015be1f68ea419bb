/**
 * The database of one side of the house (server or vault): the one that the environment names, or
 * one in a cluster of our own. The server's and the vault's never share a cluster of ours.
 */
import type { Child } from './child.ts'
import { databaseUrl, startCluster } from './cluster.ts'
import {
  type DatabasePlan,
  ensureDatabase,
  ensureRoles,
  type Passwords,
  serverPlan,
  vaultPlan,
} from './databases.ts'
import type { Keeper } from './keeper.ts'
import type { PortName, Ports } from './ports.ts'
import type { DatabaseUrls } from './programs.ts'
import { Sorry } from './sorry.ts'
import type { StateFolder } from './state-folder.ts'

/** A database a process lives on. `adminUrl`, `dataFolder`, `child`: where the cluster is ours. */
export type OwnDatabase = DatabaseUrls & {
  readonly adminUrl?: string
  readonly dataFolder?: string
  readonly child?: Child
}

/** What the steps share while a sandbox is built; `stack` undoes what was done. */
export type Site = {
  readonly state: StateFolder
  readonly ports: Ports
  readonly keeper: Keeper
  readonly stack: AsyncDisposableStack
  readonly step: (words: string) => void
  readonly databaseSettings: Readonly<Record<string, string>>
}

type Side = {
  readonly name: 'server' | 'vault'
  readonly port: PortName
  readonly plan: DatabasePlan
  readonly app: string
  readonly variable: string
  readonly ownerVariable: string
  readonly settings: Readonly<Record<string, string>>
}
export const serverSide: Side = {
  name: 'server',
  port: 'server_database',
  plan: serverPlan,
  app: 'warifu_app',
  variable: 'DATABASE_URL',
  ownerVariable: 'DATABASE_OWNER_URL',
  settings: {},
}
export const vaultSide: Side = {
  name: 'vault',
  port: 'vault_database',
  plan: vaultPlan,
  app: 'vault_app',
  variable: 'VAULT_DATABASE_URL',
  ownerVariable: 'VAULT_DATABASE_OWNER_URL',
  settings: { log_min_error_statement: 'panic' }, // no statement of the vault is ever logged
}

/** Starts (or only names) the database of one side. */
export async function openDatabase(
  { state, ports, keeper, stack, step, databaseSettings }: Site,
  side: Side,
  passwords: Passwords,
): Promise<OwnDatabase> {
  const { name, plan, app, variable, ownerVariable, settings } = side
  const url = process.env[variable]
  const ownerUrl = process.env[ownerVariable]
  if (url !== undefined && ownerUrl !== undefined) return { url, ownerUrl }
  if (url !== undefined || ownerUrl !== undefined)
    throw new Sorry(
      `${variable} (for the process) and ${ownerVariable} (for migrations) ` +
        'are set together or not at all.',
    )
  step(`PostgreSQL of the ${name}`)
  const cluster = await startCluster({
    name,
    home: state.home,
    port: ports[side.port],
    password: passwords['postgres'] ?? '',
    log: state.path('logs', `${name}-database.log`),
    keeper,
    settings: { ...settings, ...databaseSettings },
  })
  stack.defer(cluster.stop)
  const { adminUrl, dataFolder, child } = cluster
  await ensureRoles(adminUrl, plan, passwords)
  await ensureDatabase(adminUrl, plan)
  const of = (role: string) =>
    databaseUrl(role, passwords[role] ?? '', `${cluster.port}/${plan.database}`)
  return { url: of(app), ownerUrl: of(plan.owner), adminUrl, dataFolder, child }
}
