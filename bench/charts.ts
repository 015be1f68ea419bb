/**
 * `npm run bench -- charts FILE…`: draws what the bench wrote as JSON (from standard input where
 * no file is named) into docs/pictures, for light and dark pages. A growth run's JSON may stand
 * beside the bench's; of two that tell the same, the later one counts.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { root } from '@warifu/cli/state-folder'
import { type Bar, type Chart, drawn } from './chart.ts'
import type { Growth } from './growth-measure.ts'
import type { Flow, FlowName, Result } from './measure.ts'

/** What the issue asks of each flow. */
const wanted: Readonly<Record<FlowName, number>> = {
  ...{ token: 3, entry_device: 2, signature: 1.5, assertion: 1, payment_key: 1 },
}
const words: Readonly<Record<FlowName, string>> = {
  token: 'token',
  entry_device: 'entry device',
  signature: 'double-sealed',
  assertion: 'double-sealed and passkey',
  payment_key: 'payment key',
}
const order: readonly FlowName[] = [
  ...(['token', 'entry_device', 'signature', 'assertion', 'payment_key'] as const),
]
const P99_MS = 50
const GROWTH = 1.3

type Charts = Readonly<Record<string, Chart>>
const one = (value: number) => [{ value, of: '' }]

function chartsOf({ flows, machine, measured }: Result & { readonly measured: string }): Charts {
  const from = `${machine.split(';')[0]}; ${measured}`
  const sorted = order.flatMap((name) => flows.filter(({ flow }) => flow === name))
  const each = (work: (flow: Flow) => Omit<Bar, 'name'>): Bar[] =>
    sorted.map((flow) => ({ name: words[flow.flow], ...work(flow) }))
  return {
    'speed-ratios': {
      title: 'Card payments over the whole API, as multiples of pgbench TPC-B',
      axis: 'payments a second at 64 connections, divided by TPC-B a second at 16 clients',
      marks: 'asked for',
      bars: each(({ flow, closed }) => ({
        parts: one(closed.at(-1)?.ratio ?? 0),
        mark: wanted[flow],
      })),
      from,
    },
    'speed-costs': {
      title: 'Where the time of a payment goes',
      axis: 'µs of one payment, many at a time',
      bars: each(({ processor_us: { server, vault }, costs }) => ({
        parts: [
          { value: server, of: 'server' },
          { value: vault, of: 'vault' },
          { value: costs.database_us_per_payment, of: 'money statement in PostgreSQL' },
        ],
      })),
      from,
    },
    'speed-latency': {
      title: 'How long a payment takes at half of the load that was reached',
      axis: 'ms within which 99 of 100 payments are answered',
      marks: 'limit',
      bars: each(({ half_load }) => ({ parts: one(half_load.p99_ms), mark: P99_MS })),
      from,
    },
  }
}

const ways = {
  token: 'token',
  double_sealed: 'double-sealed',
  statement: 'money statement alone',
} as const

function growthChart({ payments, small, costs, measured, machine }: Growth): Charts {
  const few = small.toLocaleString('en')
  const bars = costs.map(({ way, cache, ratio }) => ({
    name: `${ways[way]}, ${cache}`,
    parts: one(ratio),
    mark: cache === 'warm' ? GROWTH : undefined,
  }))
  return {
    'speed-growth': {
      title: `What a payment costs with ${payments.toLocaleString('en')} stored`,
      axis: `time of one payment, as a multiple of the same with ${few} stored`,
      marks: 'limit (warm)',
      bars,
      from: `${machine.split(';')[0]}; ${measured}`,
    },
  }
}

type Read = Partial<Growth> & {
  readonly details?: Result & { readonly measured: string; readonly growth: Growth | null }
}

const isGrowth = (read: Read): read is Growth => read.costs !== undefined

function chartsIn(read: Read): Charts {
  if (isGrowth(read)) return growthChart(read)
  if (read.details === undefined) throw new Error('this is no JSON of the bench')
  const { growth } = read.details
  return { ...chartsOf(read.details), ...(growth === null ? {} : growthChart(growth)) }
}

const files = process.argv.slice(2)
const texts =
  files.length === 0
    ? [await text(process.stdin)]
    : await Promise.all(files.map((file) => readFile(file, 'utf8')))
const all = Object.assign({}, ...texts.map((read) => chartsIn(JSON.parse(read)))) as Charts
for (const [name, chart] of Object.entries(all)) {
  const path = (ending: string) => join(root, 'docs', 'pictures', `${name}${ending}.svg`)
  await writeFile(path(''), drawn(chart, 'light'))
  await writeFile(path('-dark'), drawn(chart, 'dark'))
}
