/**
 * Counts of payments by minute, hour or day. Minutes that are past are counted once, by the clock's
 * turn; a question adds them up and counts only the newest minutes itself, by their ids.
 */
import { firstIdAt, type Id } from '@warifu/protocol/ids'
import type { PaymentStatus } from '@warifu/protocol/moves'
import type { Presentment } from '@warifu/protocol/objects'
import type { Db, Store } from '#store'

const MINUTE_MS = 60_000
/** Most payments have ended by then, and were counted as what they became. */
const SETTLES_MIN = 6
/** No payment is open longer than an hour and its asking. */
const FINAL_MIN = 75
/** Minutes that one turn counts. */
const PER_TURN = 30

export type Period = 'minute' | 'hour' | 'day'
export const minutesOf: Readonly<Record<Period, number>> = { minute: 1, hour: 60, day: 1440 }

export type Counted = {
  /** The first minute of the period. */
  readonly minute: bigint
  readonly presentment: Presentment
  readonly currency: string
  readonly status: PaymentStatus
  readonly reason: string
  readonly count: bigint
  readonly amount: bigint
}
export type Bands = { readonly minute: bigint; readonly bands: readonly number[] }
export type Metrics = { readonly counted: readonly Counted[]; readonly latency: readonly Bands[] }

export type Asked = {
  readonly by: Period
  /** Whole periods, from the first minute of one. */
  readonly fromMinute: number
  readonly merchant?: Id<'mer'> | undefined
}

const idAt = (minute: number): string => firstIdAt('pay', minute * MINUTE_MS)

export async function readMetrics(db: Db, asked: Asked, nowMs: number): Promise<Metrics> {
  const { by, fromMinute, merchant } = asked
  const width = minutesOf[by]
  const last = Math.floor(nowMs / MINUTE_MS)
  // Everything before was counted by the clock's turn; what it has not come to yet is counted here.
  const [reached] = await db<{ minute: bigint | null }[]>`
    select max(minute) as minute from payments.counted`
  const fresh = Math.max(fromMinute, Number(reached?.minute ?? fromMinute - 1) + 1)
  const counted = await db<Counted[]>`
    select minute / ${width}::bigint * ${width}::bigint as minute, presentment, currency, status,
           reason, sum(count)::bigint as count, sum(amount)::bigint as amount
      from (select * from payments.minute where minute >= ${fromMinute} and minute < ${fresh}
            union all
            select * from payments.count_span(${idAt(fresh)}, ${idAt(last + 1)})) m
     where ${merchant ?? null}::text is null or merchant = ${merchant ?? null}
     group by 1, 2, 3, 4, 5 order by 1`
  const latency = await db<Bands[]>`
    select minute, array_agg(sum order by n) as bands
      from (select l.minute / ${width}::bigint * ${width}::bigint as minute, u.n,
                   sum(u.count)::int as sum
              from payments.latency l, unnest(l.bands) with ordinality u(count, n)
             where l.minute >= ${fromMinute} group by 1, 2) b
     group by 1 order by 1`
  return { counted, latency }
}

/** Counts the minutes that are past and not counted, and those that are to be counted again. */
export async function countMinutes({ sql }: Store, nowMs: number): Promise<void> {
  const now = Math.floor(nowMs / MINUTE_MS)
  const [reached] = await sql<{ minute: bigint | null }[]>`
    select max(minute) as minute from payments.counted`
  const from = reached?.minute == null ? await firstMinute(sql) : Number(reached.minute) + 1
  const settled = now - SETTLES_MIN
  const count = (minute: number, final: boolean) => sql`
    select payments.count_minute(${minute}, ${idAt(minute)}, ${idAt(minute + 1)}, ${final})`
  for (let minute = from; minute <= Math.min(settled, from + PER_TURN - 1); minute += 1)
    await count(minute, now - minute >= FINAL_MIN)
  const again = await sql<{ minute: bigint }[]>`
    select minute from payments.counted
     where not final and minute <= ${now - FINAL_MIN} order by minute limit ${PER_TURN}`
  for (const { minute } of again) await count(Number(minute), true)
}

/** Of the first payment there is; nothing to count where there is none. */
async function firstMinute(db: Db): Promise<number> {
  const [row] = await db<{ minute: bigint | null }[]>`
    select min(p.created_ms) / 60000 as minute
      from generate_series(0, 63) g(lane)
     cross join lateral (
       select created_ms from payments.payment p where p.lane = g.lane order by p.id limit 1) p`
  return row?.minute == null ? Number.MAX_SAFE_INTEGER : Number(row.minute)
}
