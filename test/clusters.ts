/**
 * Two PostgreSQL clusters in a temporary folder, with a migrated template database in each: for all
 * tests, or for one that kills them.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startCluster } from '@warifu/cli/cluster'
import { ensureDatabase, ensureRoles } from '@warifu/cli/databases'
import { createKeeper, type Keeper } from '@warifu/cli/keeper'
import { newPasswords } from '@warifu/cli/passwords'
import { choosePort } from '@warifu/cli/ports'
import { migrateServer, migrateVault, seedServer } from '@warifu/cli/programs'
import { asRole, plans, SEED, type SideName, variables } from './databases.ts'

/** `crash`: stopped as by a loss of power, and started again on the same files and port. */
export type TestCluster = { readonly adminUrl: string; readonly crash: () => Promise<void> }
export type TestClusters = Readonly<Record<SideName, TestCluster>>

type Ground = {
  readonly stack: AsyncDisposableStack
  readonly home: string
  readonly keeper: Keeper
  readonly password: string
  readonly settings: Settings
}
type Settings = Readonly<Record<string, string>>

const migrate = { server: migrateServer, vault: migrateVault }

/**
 * Tells by environment where they are: what starts a house in this process, or below it, has its
 * databases there. The server's is seeded: every house has the same first merchant and programs.
 */
export async function prepareDatabases(
  stack: AsyncDisposableStack,
  settings: Settings = {},
): Promise<TestClusters> {
  const home = await mkdtemp(join(tmpdir(), 'warifu-test-'))
  stack.defer(() => rm(home, { recursive: true, force: true }))
  const keeper = createKeeper()
  keeper.folder(home)
  stack.defer(() => keeper.close())
  const ground = { stack, home, keeper, password: newPasswords()['postgres'] ?? '', settings }
  const server = await prepare('server', ground)
  process.env[SEED] = JSON.stringify(await seedServer(server.appUrl))
  return { server, vault: await prepare('vault', ground) }
}

async function prepare(name: SideName, { stack, home, keeper, password, ...more }: Ground) {
  const plan = { ...plans[name], database: `${plans[name].database}_template` }
  const log = join(home, `${name}.log`)
  const settings = { max_connections: '200', ...more.settings }
  const place = { name, home, port: await choosePort(), password, log, keeper, settings }
  let cluster = await startCluster(place)
  const { adminUrl, removeData } = cluster
  stack.defer(removeData)
  stack.defer(() => cluster.stop())
  const roles = [plan.owner, ...plan.roles]
  await ensureRoles(adminUrl, plan, Object.fromEntries(roles.map((role) => [role, password])))
  await ensureDatabase(adminUrl, plan)
  await migrate[name](asRole(adminUrl, plan.owner, plan.database))
  process.env[variables[name].admin] = adminUrl
  process.env[variables[name].template] = plan.database
  const crash = async () => {
    cluster.child.kill('SIGQUIT')
    await cluster.child.exited
    cluster = await startCluster(place)
  }
  return { adminUrl, crash, appUrl: asRole(adminUrl, plan.roles[0] ?? '', plan.database) }
}
