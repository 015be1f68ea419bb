/**
 * Several processes, one sandbox: each says which change of clock and lines it has heard of, and
 * who makes a change answers when all have: the next request meets it wherever it comes in.
 */
import type { Sql } from '#store'

export type Followers = {
  /** Before this process reads what changed: up to where it will have heard. */
  readonly place: () => Promise<bigint>
  /** What was read up to this place is known here. */
  readonly heard: (place: bigint) => Promise<void>
  /** Tells of a change, and waits for the others: not for ever, and not for one that is gone. */
  readonly changed: () => Promise<void>
  readonly leave: () => Promise<void>
}

export type FollowerNeeds = {
  readonly sql: Sql
  readonly wall: () => number
  /** Of this process alone. */
  readonly process: string
  readonly pause: () => Promise<void>
}

/** A process that has not said so for this long is gone. */
const GONE_MS = 3000
const SAY_MS = 1000

export function createFollowers({ sql, wall, process, pause }: FollowerNeeds): Followers {
  let said = { place: -1n, atMs: 0 }
  const heard = async (place: bigint) => {
    const nowMs = wall()
    if (place <= said.place && nowMs - said.atMs < SAY_MS) return
    said = { place, atMs: nowMs }
    await sql`
      insert into sandbox.follower as f (process, heard, at_ms)
      values (${process}, ${place}, ${nowMs})
      on conflict (process) do update
        set heard = greatest(f.heard, excluded.heard), at_ms = excluded.at_ms`
  }
  const place = async () => {
    const [row] = await sql<{ changes: bigint }[]>`select changes from sandbox.clock`
    return row?.changes ?? 0n
  }
  const isBehind = async (change: bigint) => {
    const [row] = await sql<{ n: number }[]>`
      select count(*)::int as n from sandbox.follower
       where process <> ${process} and heard < ${change} and at_ms > ${wall() - GONE_MS}`
    return (row?.n ?? 0) > 0
  }
  return {
    place,
    heard,
    changed: async () => {
      const [row] = await sql<{ changes: bigint }[]>`
        update sandbox.clock set changes = changes + 1 returning changes`
      const change = row?.changes ?? 0n
      const untilMs = wall() + GONE_MS
      while (wall() < untilMs && (await isBehind(change))) await pause()
    },
    leave: async () => {
      await sql`delete from sandbox.follower where process = ${process}`
    },
  }
}
