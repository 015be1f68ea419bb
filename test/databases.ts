/**
 * Databases for tests. `test/run.ts` starts two clusters and migrates a template database in each;
 * a test takes a copy of its own and drops it. In the test clusters all roles have one password,
 * so every address follows from the superuser's.
 */
import { dropDatabase, ensureDatabase, serverPlan, vaultPlan } from '@warifu/cli/databases'
import { readSeed, type Seed } from '@warifu/cli/programs'

/** Names of the environment variables by which the runner tells tests what it has prepared. */
export const variables = {
  server: { admin: 'WARIFU_TEST_SERVER_ADMIN_URL', template: 'WARIFU_TEST_SERVER_TEMPLATE' },
  vault: { admin: 'WARIFU_TEST_VAULT_ADMIN_URL', template: 'WARIFU_TEST_VAULT_TEMPLATE' },
} as const
/** What the seed made, in the server's template and so in every copy. */
export const SEED = 'WARIFU_TEST_SEED'
export type SideName = keyof typeof variables

export const plans = { server: serverPlan, vault: vaultPlan } as const
const apps = { server: 'warifu_app', vault: 'vault_app' } as const

export type Clone = {
  readonly name: string
  /** As the process that lives on it. */
  readonly url: string
  /** As its owner, who migrates. */
  readonly ownerUrl: string
  /** As the superuser, in this database. */
  readonly adminUrl: string
  readonly drop: () => Promise<void>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

/** The same server, as another role in another database. */
export function asRole(adminUrl: string, role: string, database: string): string {
  const url = new URL(adminUrl)
  url.username = role
  url.pathname = `/${database}`
  return url.href
}

function prepared(variable: string): string {
  const value = process.env[variable]
  if (value === undefined)
    throw new Error(`${variable} is not set: run tests by \`npm test\` or \`npm test -- FILE\``)
  return value
}

export const seeded = (): Seed => readSeed(prepared(SEED))

let taken = 0

/** A migrated database of this side, for this test alone. */
export async function cloneDatabase(side: SideName): Promise<Clone> {
  const admin = prepared(variables[side].admin)
  taken += 1
  const name = `${plans[side].database}_${process.pid}_${taken}`
  const plan = { ...plans[side], database: name }
  await ensureDatabase(admin, plan, prepared(variables[side].template))
  const drop = async () => await dropDatabase(admin, name)
  return {
    name,
    url: asRole(admin, apps[side], name),
    ownerUrl: asRole(admin, plan.owner, name),
    adminUrl: asRole(admin, 'postgres', name),
    drop,
    [Symbol.asyncDispose]: drop,
  }
}
