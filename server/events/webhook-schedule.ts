/**
 * When a delivery is tried again, and when an endpoint is given up. The schedule is the one that
 * Standard Webhooks recommends, over about three days, and the same in the sandbox.
 */
const S = 1000
const MIN = 60 * S
const HOUR = 60 * MIN

/** How long after attempt n (from 0) the next one follows. */
// biome-ignore format: a table
export const pauses: readonly number[] = [
  5 * S, 5 * MIN, 30 * MIN, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR,
]
/** An endpoint without one success for so long is disabled. */
export const GIVE_UP_MS = 5 * 24 * HOUR
const LONGEST_PAUSE = 24 * HOUR

export type Outcome = { readonly status: number | null; readonly retryAfter: string | null }

export type Verdict =
  | { readonly is: 'delivered' }
  | { readonly is: 'failed' }
  /** Nobody is there any more (410): nothing is sent there again. */
  | { readonly is: 'gone' }
  | { readonly is: 'again'; readonly atMs: number }

type Tried = {
  /** This attempt's number in its round, from 1. */
  readonly attempts: number
  readonly nowMs: number
  /** From 0 to 1: endpoints that fell together do not come back together. */
  readonly chance: number
}

/** What follows from an attempt. Redirects are failures: a webhook goes where it was told to. */
export function judge(
  { status, retryAfter }: Outcome,
  { attempts, nowMs, chance }: Tried,
): Verdict {
  if (status !== null && status >= 200 && status < 300) return { is: 'delivered' }
  if (status === 410) return { is: 'gone' }
  const pause = pauses[attempts - 1]
  if (pause === undefined) return { is: 'failed' }
  const jittered = pause * (1 + chance * 0.2)
  const asked = askedPause(retryAfter, nowMs)
  return { is: 'again', atMs: Math.round(nowMs + Math.max(jittered, asked)) }
}

/** Retry-After (RFC 9110 §10.2.3) in milliseconds: seconds or a date; nonsense is nothing. */
function askedPause(text: string | null, nowMs: number): number {
  if (text === null) return 0
  const pause = /^\d{1,6}$/.test(text) ? Number(text) * S : Date.parse(text) - nowMs
  return Number.isFinite(pause) ? Math.min(Math.max(pause, 0), LONGEST_PAUSE) : 0
}
