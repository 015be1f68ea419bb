/**
 * How fast a key may ask: a bucket of one second's requests that fills evenly. Counted by each
 * process for itself, so that asking costs no round trip: behind N processes a key has up to N
 * times its rate.
 */
export type Pace = { readonly perSecond: number; readonly nowMs: number }
export type Allowed = {
  readonly ok: boolean
  readonly remaining: number
  /** Until one more is allowed; whole seconds, at least one. */
  readonly retryAfterS: number
}

const KEPT = 10_000

export function createRateLimit(): (name: string, pace: Pace) => Allowed {
  const buckets = new Map<string, { left: number; atMs: number }>()
  return (name, { perSecond, nowMs }) => {
    const before = buckets.get(name) ?? { left: perSecond, atMs: nowMs }
    const gained = (Math.max(0, nowMs - before.atMs) / 1000) * perSecond
    const left = Math.min(perSecond, before.left + gained)
    const ok = left >= 1
    buckets.delete(name)
    buckets.set(name, { left: ok ? left - 1 : left, atMs: nowMs })
    const [oldest] = buckets.keys()
    if (buckets.size > KEPT && oldest !== undefined) buckets.delete(oldest)
    const retryAfterS = Math.max(1, Math.ceil((1 - left) / perSecond))
    return { ok, remaining: Math.floor(ok ? left - 1 : left), retryAfterS }
  }
}
