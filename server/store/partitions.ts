/**
 * The clock's part in tables that are cut by time (0002-partitions.sql): their partitions are there
 * long before anything is to be written into them. Should they not be, somebody hears in time.
 */
import postgres from 'postgres'
import type { Sql } from './sql.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** A fault that goes on for so long before a table's end is not one that mends itself. */
const NEAR_MS = 21 * 24 * HOUR_MS

/**
 * Makes what is missing around an instant. To attach a partition waits for whoever analyses its
 * table, or makes another one, two seconds at most, so that nobody queues behind it: then again.
 */
export async function makePartitions(sql: Sql, nowMs: number): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await sql`select store.make_partitions(${nowMs})`
      return
    } catch (fault) {
      const isBusy = fault instanceof postgres.PostgresError && busy.has(fault.code)
      if (!isBusy || attempt === 10) throw fault
    }
  }
}
/** lock_not_available, deadlock_detected. */
const busy: ReadonlySet<string> = new Set(['55P03', '40P01'])

export type Partitions = { readonly tick: (nowMs: number) => Promise<void> }

/** `report` hears one sentence for each table that nears its end. */
export function createPartitions(
  { sql }: { readonly sql: Sql },
  report: (sentence: string) => void,
): Partitions {
  let nextMs = 0
  const look = async (nowMs: number) => {
    const ends = await sql<{ name: string; untilMs: bigint }[]>`
      select name, until_ms as "untilMs" from store.partitioned_until(${nowMs})`
    for (const { name, untilMs } of ends)
      if (Number(untilMs) < nowMs + NEAR_MS)
        report(`${name} has partitions until ${new Date(Number(untilMs)).toISOString()} only`)
  }
  return {
    tick: async (nowMs) => {
      if (nowMs < nextMs) return
      nextMs = nowMs + MINUTE_MS
      try {
        await makePartitions(sql, nowMs)
      } finally {
        await look(nowMs)
      }
      nextMs = nowMs + HOUR_MS
    },
  }
}
