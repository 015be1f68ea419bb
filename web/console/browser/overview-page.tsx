/** How it goes right now: volume, approvals, reasons of declines, time to decide. Live. */
import { useQuery } from '@tanstack/react-query'
import type { Reply } from '@warifu/protocol/contract'
import { localeOf } from '@warifu/protocol/language'
import { formatMoney } from '@warifu/protocol/money'
import { Mark, Toned, useLanguage, useWords } from '@warifu/web/kit'
import { Fault } from './act.tsx'
import { useCall } from './calling.ts'
import { BarChart, EmptyChart, LineChart, RankChart, type Series } from './charts.tsx'
import { PageHead } from './page-head.tsx'
import { useDecline } from './reasons.ts'
import { useRoute } from './route.tsx'
import { useSession } from './session.tsx'
import { chartWords } from './words-charts.ts'
import { shellWords } from './words-shell.ts'
import { useWritten } from './written.ts'

export type Metrics = Reply<'readMetrics'>

const FRESH_MS = 2_000
const spans = {
  hour: { by: 'minute', last: 60 },
  day: { by: 'hour', last: 24 },
  month: { by: 'day', last: 30 },
} as const
type Span = keyof typeof spans

const spanOf = (text: string | null): Span => (text === 'day' || text === 'month' ? text : 'hour')

export function OverviewPage() {
  const say = useWords(shellWords)
  const sayChart = useWords(chartWords)
  const { query, ask } = useRoute()
  const { may } = useSession()
  const call = useCall()
  const span = spanOf(query.get('span'))
  const { data, error } = useQuery({
    queryKey: ['metrics', span],
    queryFn: () => call(may('readMetrics') ? 'readMetrics' : 'getMetrics', { query: spans[span] }),
    refetchInterval: FRESH_MS,
  })
  return (
    <section className="list-page">
      <PageHead title={say('overview')}>
        <Toned tone="arrived" sign="●">
          {sayChart('live')}
        </Toned>
        <select
          className="field"
          aria-label={sayChart('window')}
          value={span}
          onChange={(event) => ask({ span: event.currentTarget.value })}
        >
          {(Object.keys(spans) as Span[]).map((one) => (
            <option key={one} value={one}>
              {sayChart(one)}
            </option>
          ))}
        </select>
      </PageHead>
      <Fault fault={error} />
      {data === undefined ? (
        <Mark size={48} state="waiting" label={say('asking')} />
      ) : (
        <div className="overview">
          <Volumes metrics={data} />
          <Approval metrics={data} />
          <Declines metrics={data} />
          {may('readMetrics') ? <Latency metrics={data} /> : null}
        </div>
      )}
    </section>
  )
}

type Props = { readonly metrics: Metrics }

function usePlaces({ by, buckets }: Metrics): readonly string[] {
  const { day, minute } = useWritten()
  return buckets.map(({ at }) => (by === 'day' ? day(at) : minute(at)))
}

/** One chart a currency: amounts of two are not added. */
function Volumes({ metrics }: Props) {
  const say = useWords(chartWords)
  const { language } = useLanguage()
  const { count } = useWritten()
  const places = usePlaces(metrics)
  const { volumes, approved } = metrics.totals
  if (volumes.length === 0)
    return <EmptyChart title={say('volume')} says={say('nothingApproved')} />
  return volumes.map(({ currency, amount: total }) => {
    const write = (amount: number) => formatMoney({ amount, currency }, localeOf[language])
    const values = metrics.buckets.map(
      ({ volumes: here }) => here.find((one) => one.currency === currency)?.amount ?? 0,
    )
    return (
      <BarChart
        key={currency}
        title={say('volume')}
        says={say('volumeSays', { amount: write(total), count: count(approved) })}
        places={places}
        write={write}
        series={{ name: currency.toUpperCase(), tone: 'ink', values }}
      />
    )
  })
}

function Approval({ metrics }: Props) {
  const say = useWords(chartWords)
  const { share, count } = useWritten()
  const places = usePlaces(metrics)
  const { approval_rate: rate, approved, declined } = metrics.totals
  if (rate === null) return <EmptyChart title={say('approval')} says={say('nothingDecided')} />
  const values = metrics.buckets.map(({ approved: yes, declined: no }) =>
    yes + no === 0 ? null : yes / (yes + no),
  )
  return (
    <LineChart
      title={say('approval')}
      says={say('approvalSays', { share: share(rate), count: count(approved + declined) })}
      places={places}
      write={share}
      max={1}
      series={[{ name: say('approved'), tone: 'arrived', values }]}
    />
  )
}

function Declines({ metrics: { totals } }: Props) {
  const say = useWords(chartWords)
  const { count } = useWritten()
  const decline = useDecline()
  if (totals.declined === 0) return <EmptyChart title={say('declines')} says={say('noDeclines')} />
  return (
    <RankChart
      title={say('declines')}
      says={say('declinesSays', { count: count(totals.declined) })}
      write={count}
      rows={totals.declines.map(({ reason, count: value }) => ({
        name: decline(reason),
        title: reason,
        value,
        tone: 'refused',
      }))}
    />
  )
}

/** How fast the platform is for all; a shop is not told. */
function Latency({ metrics }: Props) {
  const say = useWords(chartWords)
  const { count } = useWritten()
  const places = usePlaces(metrics)
  const write = (ms: number) => say('ms', { ms: count(Math.round(ms)) })
  const { latency } = metrics.totals
  if (latency === null) return <EmptyChart title={say('latency')} says={say('nothingTimed')} />
  const series = (['p50', 'p95', 'p99'] as const).map((name, at): Series => {
    const tones = ['arrived', 'waiting', 'refused'] as const
    const values = metrics.buckets.map((bucket) => bucket.latency?.[name] ?? null)
    return { name, tone: tones[at] ?? 'plain', values }
  })
  return (
    <LineChart
      title={say('latency')}
      says={say('latencySays', { p50: write(latency.p50), p99: write(latency.p99) })}
      places={places}
      write={write}
      series={series}
    />
  )
}
