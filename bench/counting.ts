/**
 * What a payment costs PostgreSQL, counted by PostgreSQL (pg_stat_statements, top level): the
 * statements of the last request are told from the server's background work by their text, and each
 * of them is one round trip and, outside a transaction block, one commit.
 */
import postgres from 'postgres'

/** The clusters of a bench are started with these. They cost the flow and pgbench alike. */
export const countingSettings = {
  shared_preload_libraries: 'pg_stat_statements',
  'pg_stat_statements.track': 'top',
}

export type Costs = {
  readonly statements_per_payment: number
  readonly round_trips_per_payment: number
  readonly commits_per_payment: number
  /** PostgreSQL's own time in them. */
  readonly database_us_per_payment: number
  readonly vault_statements_per_payment: number
  readonly background_statements_per_second: number
}

export type Counter = {
  readonly costsOf: (work: () => Promise<number>) => Promise<Costs>
  readonly version: string
  readonly settings: Readonly<Record<string, string>>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

const round = (value: number, digits: number) => Number(value.toFixed(digits))
const shown = ['fsync', 'synchronous_commit', 'shared_buffers', 'max_wal_size', 'wal_compression']

type Row = { readonly of_payments: boolean; readonly calls: number; readonly ms: number }

export async function createCounter(serverUrl: string, vaultUrl: string): Promise<Counter> {
  const server = postgres(serverUrl, { max: 1, onnotice: () => {} })
  const vault = postgres(vaultUrl, { max: 1, onnotice: () => {} })
  for (const sql of [server, vault]) await sql`create extension if not exists pg_stat_statements`
  const facts = await server<{ name: string; value: string }[]>`
    select name, current_setting(name) as value from pg_settings
     where name = any(${['server_version', ...shown]})`
  const { server_version: version = '', ...settings } = Object.fromEntries(
    facts.map(({ name, value }) => [name, value]),
  )

  async function costsOf(work: () => Promise<number>): Promise<Costs> {
    for (const sql of [server, vault]) await sql`select pg_stat_statements_reset()`
    const began = performance.now()
    const payments = await work()
    const seconds = (performance.now() - began) / 1000
    const rows = await callsOf(server, 'warifu_app', [
      '%payments.authorize(%',
      '%payments.charge(%',
    ])
    const [own, others] = [
      rows.find((row) => row.of_payments),
      rows.find((row) => !row.of_payments),
    ]
    const vaults = await callsOf(vault, 'vault_app', ['%terminals.senders(%', '%entry.%'])
    const statements = (own?.calls ?? 0) / payments
    return {
      statements_per_payment: round(statements, 3),
      round_trips_per_payment: round(statements, 3),
      commits_per_payment: round(statements, 3),
      database_us_per_payment: round(((own?.ms ?? 0) * 1000) / payments, 1),
      vault_statements_per_payment: round(
        (vaults.find((row) => row.of_payments)?.calls ?? 0) / payments,
        3,
      ),
      background_statements_per_second: round((others?.calls ?? 0) / seconds, 1),
    }
  }
  return {
    costsOf,
    version,
    settings,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([server.end(), vault.end()])
    },
  }
}

/** Statements of a role since the last reset: those whose text is like this, and all others. */
const callsOf = (sql: postgres.Sql, role: string, like: readonly string[]) => sql<Row[]>`
  select s.query like any (${[...like]}) as of_payments, sum(s.calls)::float8 as calls,
         sum(s.total_exec_time)::float8 as ms
    from pg_stat_statements s join pg_roles r on r.oid = s.userid
   where r.rolname = ${role} group by 1`
