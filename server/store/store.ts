/**
 * The door to the server's PostgreSQL: SQL stays SQL (tagged templates), a transaction is retried
 * whole where PostgreSQL asks for it, and an effect is claimed once (`store.claim`).
 */
import postgres from 'postgres'
import { LONG_STARTUP, overLines } from './line.ts'
import type { Sql, Tx } from './sql.ts'
import { endWithConnection } from './transaction.ts'

export {
  type Archived,
  type Archiving,
  archive,
  archivesSince,
  listPartitions,
  type Partition,
} from './archive.ts'
export { type Batcher, createBatcher } from './batcher.ts'
export { type Claiming, claimed } from './claiming.ts'
export { doEach } from './each.ts'
export { LONG_STARTUP, overLines } from './line.ts'
export { createPartitions, makePartitions, type Partitions } from './partitions.ts'
export { rowsText } from './rows.ts'
export type { Db, Sql, Tx } from './sql.ts'

export type Store = {
  readonly sql: Sql
  /** Runs `work` in a transaction; again from its start on 40001 and 40P01 (at most 5 times). */
  readonly transaction: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>
  readonly end: () => Promise<void>
}

/** bigint (OID 20) is a BigInt inside: a sum of money never passes through a float. */
const bigint = {
  to: 20,
  from: [20],
  serialize: (value: bigint) => value.toString(),
  parse: (text: string) => BigInt(text),
}

/**
 * PostgreSQL that was restarted is asked again within a second. All connections count their
 * failures together, so the library's own pauses would reach twenty within moments.
 */
const secondsUntilNext = (failures: number): number => Math.min(2 ** failures / 100, 1)

/** No transaction of ours is this long without a question to PostgreSQL. */
const IDLE_MS = 30_000

export function openStore(url: string, connections: number): Store {
  const sql = endWithConnection(
    postgres(url, {
      ...overLines(url),
      max: connections,
      backoff: secondsUntilNext,
      types: { bigint },
      onnotice: () => {},
      connection: {
        application_name: 'warifu-server',
        // Events are read below the oldest open transaction: one that nobody ends would hold all.
        idle_in_transaction_session_timeout: IDLE_MS,
        ...LONG_STARTUP,
      },
    }),
  )
  return {
    sql,
    // postgres.js types `begin` by UnwrapPromiseArray; for one promise that is T itself.
    transaction: (work) => retried(() => sql.begin((tx) => work(tx)) as ReturnType<typeof work>),
    end: () => sql.end({ timeout: 5 }),
  }
}

/** PostgreSQL's “try again”: serialization_failure and deadlock_detected. */
export const isRetryable = (fault: unknown): boolean =>
  fault instanceof postgres.PostgresError && (fault.code === '40001' || fault.code === '40P01')

/** Runs `work` again where PostgreSQL undid it whole; anything else is thrown at once. */
export async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (fault) {
      if (attempt === 5 || !isRetryable(fault)) throw fault
    }
  }
}
