/**
 * The pace of a key over all processes and machines. Each counts for itself and, a few times a
 * second, adds what it took to the key's row: what that row grew by others is charged here, too. So
 * asking costs no round trip, and a key that keeps asking gets its rate in all, however many
 * processes it asks; in its first moment each of them may give it one second's requests.
 */
import type { Sql } from '#store'
import { type Allow, createRateLimit } from './rate-limit.ts'

export type Pacing = {
  readonly allow: Allow
  /** Asks nothing of PostgreSQL while nobody is asking. */
  readonly share: (nowMs: number) => Promise<void>
}

/** Who has not asked here for so long is forgotten here; rows that nobody adds to, a bit later. */
const KNOWN_MS = 10_000
const ROW_MS = 6 * KNOWN_MS

export function createPacing({ sql }: { readonly sql: Sql }): Pacing {
  const limit = createRateLimit()
  let totals: ReadonlyMap<string, bigint> = new Map()
  let sweptMs = 0
  let asked = 0
  return {
    allow: limit.allow,
    share: async (nowMs) => {
      const taken = limit.taken(nowMs - KNOWN_MS)
      if (taken.size === 0) return
      asked += 1
      const mine = asked
      const rows = await add(sql, taken, nowMs)
      // Late: what these tell is in the totals of a later one.
      if (mine !== asked) return
      for (const { key, total } of rows) {
        const before = totals.get(key)
        const byOthers = before === undefined ? 0 : Number(total - before) - (taken.get(key) ?? 0)
        // Below: the row was swept away, or lost with its machine; it begins anew.
        limit.charge(key, Math.max(0, byOthers))
      }
      totals = new Map(rows.map(({ key, total }) => [key, total]))
      if (nowMs - sweptMs < ROW_MS) return
      sweptMs = nowMs
      await sql`delete from merchants.pace where at_ms < ${nowMs - ROW_MS}`
    },
  }
}

/** In the order of their keys, as every process does it: no two wait for each other. */
const add = (sql: Sql, taken: ReadonlyMap<string, number>, nowMs: number) => sql<
  { key: string; total: bigint }[]
>`
  insert into merchants.pace as p (key, total, at_ms)
  select t.key, t.count, ${nowMs} from unnest(
    ${[...taken.keys()]}::text[], ${[...taken.values()]}::bigint[]) t (key, count)
   order by t.key
  on conflict (key) do update set total = p.total + excluded.total, at_ms = excluded.at_ms
  returning p.key, p.total`
