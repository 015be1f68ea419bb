/**
 * The sandbox's clock: the one on the wall, and how far it was set ahead. It goes forward only, as
 * what was written under a later hour stays written.
 */
import { makePartitions, type Sql } from '#store'

export type Clock = {
  readonly now: () => number
  readonly aheadMs: () => number
  /** Hears of what another process set. */
  readonly read: () => Promise<void>
  readonly advance: (byMs: number) => Promise<void>
}

export function createClock(sql: Sql, wall: () => number): Clock {
  let ahead = 0
  const keep = ([row]: readonly { aheadMs: bigint }[]) => {
    ahead = Math.max(ahead, Number(row?.aheadMs ?? 0))
  }
  return {
    now: () => wall() + ahead,
    aheadMs: () => ahead,
    read: async () =>
      keep(await sql<{ aheadMs: bigint }[]>`select ahead_ms as "aheadMs" from sandbox.clock`),
    advance: async (byMs) => {
      // What is written in that hour has its place already.
      await makePartitions(sql, wall() + ahead + byMs)
      keep(
        await sql<{ aheadMs: bigint }[]>`
          update sandbox.clock set ahead_ms = ahead_ms + ${byMs} returning ahead_ms as "aheadMs"`,
      )
    },
  }
}
