/**
 * The vault's own PostgreSQL. SQL stays SQL: tagged templates, prepared by the driver.
 * The role it connects with (vault_app) can neither change nor delete what is append-only.
 */
import postgres from 'postgres'
import { LONG_STARTUP, overLines } from './line.ts'
import { endWithConnection } from './transaction.ts'

export type Store = postgres.Sql
/** A store or a transaction on it: what a subject's SQL runs on. */
export type Sql = postgres.ISql

export type StoreOptions = { readonly url: string; readonly connections?: number }

export function openStore({ url, connections = 8 }: StoreOptions): Store {
  return endWithConnection(
    postgres(url, {
      ...overLines(url),
      // Asked again within a second, as the server's store does (its connections fail together).
      backoff: (failures) => Math.min(2 ** failures / 100, 1),
      max: connections,
      onnotice: () => {},
      connection: { application_name: 'warifu-vault', ...LONG_STARTUP },
    }),
  )
}

/** A bytea column as plain bytes with a buffer of their own. */
export const asBytes = (column: Uint8Array): Uint8Array => new Uint8Array(column)
