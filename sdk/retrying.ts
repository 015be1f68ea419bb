/**
 * When a call is sent again, and how long after. It goes out with the same idempotency key, so that
 * what was done already is answered and not done twice: asking again is always safe, giving up
 * early is what loses money.
 */
import { ApiError, NoAnswer } from './api-call.ts'
import type { Runtime } from './runtime.ts'

const SHORTEST_MS = 500
const LONGEST_MS = 8000
/** A platform that asks for more patience than this is asked again by the caller, not by us. */
const PATIENCE_MS = 60_000

/** Could the same request, sent again, be answered otherwise? */
export const mayBeSentAgain = (error: unknown): boolean =>
  error instanceof NoAnswer ||
  (error instanceof ApiError &&
    (error.outcome === 'unknown' || error.status === 429 || error.status >= 500))

/** Twice as long each time, half of it left to chance; `Retry-After` (RFC 9110) is a least. */
export function pauseBefore(
  retry: number,
  { chance, retryAfterMs = 0 }: { readonly chance: number; readonly retryAfterMs?: number },
): number {
  const longest = Math.min(LONGEST_MS, SHORTEST_MS * 2 ** (retry - 1))
  return Math.max(longest * (1 - chance / 2), retryAfterMs)
}

export type Patience = Pick<Runtime, 'chance' | 'sleep'> & {
  /** How often a call is sent again at most. */
  readonly retries: number
  readonly signal?: AbortSignal
  /** What the last answer asked for, if it did. */
  readonly retryAfterMs: () => number | undefined
}

const isAborted = (signal: AbortSignal | undefined): boolean => signal?.aborted ?? false

export async function withRetries<T>(work: () => Promise<T>, patience: Patience): Promise<T> {
  const { retries, chance, sleep, signal } = patience
  for (let retry = 1; ; retry += 1)
    try {
      return await work()
    } catch (error) {
      const asked = patience.retryAfterMs() ?? 0
      if (!mayBeSentAgain(error) || retry > retries || asked > PATIENCE_MS) throw error
      if (!isAborted(signal))
        await sleep(pauseBefore(retry, { chance: chance(), retryAfterMs: asked }), signal)
      if (isAborted(signal)) throw error
    }
}
