/**
 * The databases and roles of the two clusters. The owner migrates, the others may only connect
 * until the migrations grant them more; nobody else may even connect.
 */
import postgres from 'postgres'

export type DatabasePlan = {
  readonly database: string
  readonly owner: string
  readonly roles: readonly string[]
}
/** Passwords by role. */
export type Passwords = Readonly<Record<string, string>>

export const serverPlan: DatabasePlan = {
  database: 'warifu',
  owner: 'warifu_owner',
  roles: ['warifu_app'],
}
export const vaultPlan: DatabasePlan = {
  database: 'vault',
  owner: 'vault_owner',
  roles: ['vault_app', 'vault_auditor'],
}

/** Runs `work` with a connection of its own, closed afterwards. */
async function withAdmin<T>(url: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    return await work(sql)
  } finally {
    await sql.end()
  }
}

const word = (name: string): string => `"${name.replaceAll('"', '""')}"`
const text = (value: string): string => `'${value.replaceAll("'", "''")}'`

/** Makes the roles where they are missing, and gives each its password. */
export async function ensureRoles(
  adminUrl: string,
  { owner, roles }: DatabasePlan,
  passwords: Passwords,
): Promise<void> {
  await withAdmin(adminUrl, async (sql) => {
    for (const role of [owner, ...roles]) {
      const found = await sql`select 1 from pg_roles where rolname = ${role}`
      if (found.length === 0) await sql.unsafe(`create role ${word(role)}`)
      await sql.unsafe(`alter role ${word(role)} login password ${text(passwords[role] ?? '')}`)
    }
  })
}

/** Makes the database where it is missing; as a copy of `template` where one is named. */
export async function ensureDatabase(
  adminUrl: string,
  plan: DatabasePlan,
  template = 'template1',
): Promise<void> {
  const database = word(plan.database)
  await withAdmin(adminUrl, async (sql) => {
    const found = await sql`select 1 from pg_database where datname = ${plan.database}`
    if (found.length === 0)
      await sql.unsafe(
        `create database ${database} owner ${word(plan.owner)} template ${word(template)}`,
      )
    await sql.unsafe(`revoke all on database ${database} from public`)
    await sql.unsafe(`grant connect on database ${database} to ${plan.roles.map(word).join(', ')}`)
  })
}

export async function dropDatabase(adminUrl: string, database: string): Promise<void> {
  await withAdmin(adminUrl, (sql) =>
    sql.unsafe(`drop database if exists ${word(database)} with (force)`),
  )
}
