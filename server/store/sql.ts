/** A connection, as this room's own files and everybody behind its door know it. */
import type postgres from 'postgres'

export type Sql = postgres.Sql<{ bigint: bigint }>
export type Tx = postgres.TransactionSql<{ bigint: bigint }>
/** Anything that a room's statement may run on. */
export type Db = Sql | Tx
