/**
 * How fast somebody may ask: a bucket of one second's requests that fills evenly. It is a process's
 * own, so that asking costs no round trip; what others took of the same name is charged to it later
 * (pacing.ts), and may leave it below nothing.
 */
export type Pace = { readonly perSecond: number; readonly nowMs: number }
export type Allowed = {
  readonly ok: boolean
  readonly remaining: number
  /** Until one more is allowed; whole seconds, at least one. */
  readonly retryAfterS: number
}
export type Allow = (name: string, pace: Pace) => Allowed

export type RateLimit = {
  readonly allow: Allow
  /** Of all that asked since this instant: what each took since it was last asked about. */
  readonly taken: (sinceMs: number) => ReadonlyMap<string, number>
  readonly charge: (name: string, count: number) => void
}

const KEPT = 10_000

type Bucket = { left: number; atMs: number; taken: number }

export function createRateLimit(): RateLimit {
  const buckets = new Map<string, Bucket>()
  /** Moves to the end who asks in another millisecond than before: in front is who asked least. */
  const bucketOf = (name: string, perSecond: number, nowMs: number): Bucket => {
    const known = buckets.get(name)
    if (known?.atMs === nowMs) return known
    const bucket = known ?? { left: perSecond, atMs: nowMs, taken: 0 }
    buckets.delete(name)
    buckets.set(name, bucket)
    const [oldest] = buckets.keys()
    if (buckets.size > KEPT && oldest !== undefined) buckets.delete(oldest)
    return bucket
  }
  return {
    allow: (name, { perSecond, nowMs }) => {
      const bucket = bucketOf(name, perSecond, nowMs)
      const gained = (Math.max(0, nowMs - bucket.atMs) / 1000) * perSecond
      const full = Math.min(perSecond, bucket.left + gained)
      const ok = full >= 1
      bucket.left = ok ? full - 1 : full
      bucket.atMs = nowMs
      if (ok) bucket.taken += 1
      const retryAfterS = Math.max(1, Math.ceil((1 - full) / perSecond))
      return { ok, remaining: Math.max(0, Math.floor(bucket.left)), retryAfterS }
    },
    taken: (sinceMs) => {
      const recent = [...buckets].filter(([, { atMs }]) => atMs >= sinceMs)
      const counts = new Map(recent.map(([name, { taken }]) => [name, taken]))
      for (const [, bucket] of recent) bucket.taken = 0
      return counts
    },
    charge: (name, count) => {
      const bucket = buckets.get(name)
      if (bucket !== undefined) bucket.left -= count
    },
  }
}
