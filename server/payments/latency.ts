/**
 * How long requests took, counted in bands: each ends a fifth above the one before, so that a
 * percentile is told within a fifth. Counts wait in memory for the next flush: a chart may lose its
 * last moment with its process.
 */
import type { Store } from '#store'

/** In milliseconds, from half of one to more than a minute. */
export const bandEnds: readonly number[] = Array.from({ length: 66 }, (_, i) => 0.5 * 1.2 ** i)

const bandOf = (tookMs: number): number => {
  const found = bandEnds.findIndex((end) => tookMs <= end)
  return found < 0 ? bandEnds.length - 1 : found
}

export type Latency = {
  readonly note: (name: string, took: { readonly tookMs: number; readonly nowMs: number }) => void
  readonly flush: () => Promise<void>
}

export function createLatency({ sql }: Store): Latency {
  let waiting = new Map<string, number[]>()
  return {
    note: (name, { tookMs, nowMs }) => {
      const key = `${Math.floor(nowMs / 60_000)} ${name}`
      const bands = waiting.get(key) ?? new Array<number>(bandEnds.length).fill(0)
      const band = bandOf(tookMs)
      bands[band] = (bands[band] ?? 0) + 1
      waiting.set(key, bands)
    },
    flush: async () => {
      const rows = waiting
      waiting = new Map()
      for (const [key, bands] of rows) {
        const [minute = '', name = ''] = key.split(' ')
        await sql`select payments.add_latency(${minute}::bigint, ${name}, ${bands}::int[])`
      }
    },
  }
}

/** The time within which this share of the requests was answered; null where there were none. */
export function percentile(bands: readonly number[], share: number): number | null {
  const all = bands.reduce((sum, count) => sum + count, 0)
  if (all === 0) return null
  let seen = 0
  for (const [band, count] of bands.entries()) {
    seen += count
    if (seen >= share * all) return Math.round(10 * (bandEnds[band] ?? 0)) / 10
  }
  return null
}
