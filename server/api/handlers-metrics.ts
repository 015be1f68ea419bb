/** Handlers: volume, approvals, declines and latency over time. */
import type { Query, Reply } from '@warifu/protocol/contract'
import { done } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { PaymentStatus } from '@warifu/protocol/moves'
import { type Counted, type Metrics, minutesOf, type Period, percentile } from '#payments'
import type { Handlers } from './handler.ts'

export type ReadMetrics = (
  asked: {
    readonly by: Period
    readonly fromMinute: number
    readonly merchant?: Id<'mer'> | undefined
  },
  nowMs: number,
) => Promise<Metrics>

type Shown = Reply<'readMetrics'>
type Bucket = Shown['buckets'][number]
type Verdict = 'approved' | 'declined' | 'ended' | 'open'

const verdicts: Readonly<Record<PaymentStatus, Verdict>> = {
  requires_action: 'open',
  processing: 'open',
  authorized: 'approved',
  captured: 'approved',
  settled: 'approved',
  // Allowed at first, and taken back.
  reversed: 'approved',
  declined: 'declined',
  cancelled: 'ended',
  expired: 'ended',
}
const usual: Readonly<Record<Period, number>> = { minute: 60, hour: 48, day: 31 }
const MINUTE_MS = 60_000

export const metricsHandlers = (read: ReadMetrics): Handlers<'readMetrics' | 'getMetrics'> => ({
  readMetrics: async ({ query: { merchant, ...asked }, nowMs }) =>
    done(await metricsOf(read, { ...asked, merchant, nowMs })),
  getMetrics: async ({ query, caller: { merchant }, nowMs }) => {
    const { buckets, totals, ...about } = await metricsOf(read, { ...query, merchant, nowMs })
    // How fast the platform was for everybody is no shop's business.
    const without = { latency: null }
    return done({
      ...about,
      buckets: buckets.map((bucket) => ({ ...bucket, ...without })),
      totals: { ...totals, ...without },
    })
  },
})

type Asked = Query<'getMetrics'> & {
  readonly merchant: Id<'mer'> | undefined
  readonly nowMs: number
}

async function metricsOf(read: ReadMetrics, asked: Asked): Promise<Shown> {
  const { by = 'minute', merchant, nowMs } = asked
  const [width, last] = [minutesOf[by], asked.last ?? usual[by]]
  const newest = Math.floor(nowMs / MINUTE_MS / width) * width
  const fromMinute = newest - (last - 1) * width
  const { counted, latency } = await read({ by, fromMinute, merchant }, nowMs)
  const buckets = Array.from({ length: last }, (_, place): Bucket => {
    const minute = fromMinute + place * width
    const rows = counted.filter((row) => Number(row.minute) === minute)
    const bands = latency.filter((row) => Number(row.minute) === minute)
    return { at: instantOf(minute), ...sumOf(rows, bands) }
  })
  const all = sumOf(counted, latency)
  const decided = all.approved + all.declined
  return {
    object: 'metrics',
    by,
    from: instantOf(fromMinute),
    buckets,
    totals: {
      ...all,
      approval_rate: decided === 0 ? null : all.approved / decided,
      declines: declinesOf(counted),
      presentments: presentmentsOf(counted),
    },
  }
}

const instantOf = (minute: number): string => new Date(minute * MINUTE_MS).toISOString()

function sumOf(rows: readonly Counted[], bands: Metrics['latency']): Omit<Bucket, 'at'> {
  const counts = { payments: 0, approved: 0, declined: 0, ended: 0, open: 0 }
  const volumes = new Map<string, number>()
  for (const { status, count, currency, amount } of rows) {
    counts.payments += Number(count)
    counts[verdicts[status]] += Number(count)
    if (verdicts[status] === 'approved')
      volumes.set(currency, (volumes.get(currency) ?? 0) + Number(amount))
  }
  const inOrder = [...volumes].sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    ...counts,
    volumes: inOrder.map(([currency, amount]) => ({ currency, amount })),
    latency: latencyOf(bands),
  }
}

function latencyOf(rows: Metrics['latency']): Bucket['latency'] {
  const bands = (rows[0]?.bands ?? []).map((_, band) =>
    rows.reduce((sum, row) => sum + (row.bands[band] ?? 0), 0),
  )
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) => percentile(bands, share))
  if (p50 == null || p95 == null || p99 == null) return null
  return { count: bands.reduce((sum, count) => sum + count, 0), p50, p95, p99 }
}

function declinesOf(rows: readonly Counted[]): Shown['totals']['declines'] {
  const reasons = new Map<string, number>()
  for (const { status, reason, count } of rows)
    if (verdicts[status] === 'declined')
      reasons.set(reason, (reasons.get(reason) ?? 0) + Number(count))
  const found = [...reasons].map(([reason, count]) => ({ reason, count }))
  return found.sort((a, b) => b.count - a.count)
}

function presentmentsOf(rows: readonly Counted[]): Shown['totals']['presentments'] {
  const byWay = Map.groupBy(rows, ({ presentment }) => presentment)
  return [...byWay].map(([presentment, found]) => {
    const { payments, approved } = sumOf(found, [])
    return { presentment, payments, approved }
  })
}
