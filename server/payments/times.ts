/** What a decision about money takes from the clock: how long a hold stands, whose limits count. */
const DAY_MS = 86_400_000
/** How long a hold stands before it is released by itself. */
const HOLD_MS = 7 * DAY_MS

export type Times = {
  readonly nowMs: number
  readonly holdUntilMs: number
  /** Since 1970, and year × 12 + month (UTC): what daily and monthly limits are counted by. */
  readonly day: number
  readonly month: number
}

export function timesOf(nowMs: number): Times {
  const now = new Date(nowMs)
  return {
    nowMs,
    holdUntilMs: nowMs + HOLD_MS,
    day: Math.floor(nowMs / DAY_MS),
    month: now.getUTCFullYear() * 12 + now.getUTCMonth(),
  }
}
