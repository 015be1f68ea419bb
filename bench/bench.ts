/**
 * `npm run bench`: authorisations a second of each flow beside pgbench TPC-B on the
 * same cluster, in turns, with what a payment costs PostgreSQL. Never a timed unit test.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Misunderstood, readArguments, wholeNumber } from '@warifu/cli/arguments'
import { Sorry } from '@warifu/cli/sorry'
import { type Growth, measureGrowth } from './growth-measure.ts'
import { type Flow, type FlowName, measure, type Result } from './measure.ts'

const help = `warifu bench [--seconds N] [--rounds N] [--growth N] [--data FOLDER] [--no-batching]
             [--json]
warifu bench growth: what an authorisation costs with many payments stored (--help tells more)
warifu bench charts FILE…: draws such JSON into docs/pictures
warifu bench primitives: cryptography beside node:crypto (--help tells more)
warifu bench devices [--devices N] [--looks N]: whose broadcast code, among a million devices

Authorises with double-sealed cards, by the terminal's signature alone and with the passkey's
assertion too, with cards sealed to their owners' payment keys, with cards from entry devices, and
with tokens, in closed loops at 16 and 64 connections, in turns with pgbench TPC-B.
--seconds      of each run (3)     --rounds   of all runs (3), after one to warm up
--growth       payments stored, to compare the cost with (100000; 0: not measured)
--data         the folder that "bench growth --data" has filled with them
--no-batching  each payment in a statement of its own
--json         one JSON object on standard output; words go to standard error`

const words = {
  signature: 'double-sealed, signature alone',
  assertion: 'double-sealed, with passkey assertion',
  payment_key: 'payment key, signature alone',
  entry_device: 'entry device',
  token: 'token',
} as const

function* linesOfFlow({ flow, closed, half_load, costs, ...rest }: Flow): Generator<string> {
  yield words[flow]
  for (const { connections, per_second, ratio, ...times } of closed)
    yield `  ${connections} connections: ${per_second}/s, ${ratio} of TPC-B, ${timesOf(times)}`
  yield `  at half of that load (${half_load.per_second}/s): ${timesOf(half_load)}`
  yield '  a payment at 64 connections costs PostgreSQL ' +
    `${costs.statements_per_payment} statements, ${costs.round_trips_per_payment} round trips, ` +
    `${costs.commits_per_payment} commits, ${costs.database_us_per_payment} µs;`
  const { server, vault, client } = rest.processor_us
  yield `    processor time: server ${server} µs, vault ${vault} µs, this bench ${client} µs;`
  yield `    the vault's ${costs.vault_statements_per_payment} statements; beside them ` +
    `the server's background work: ${costs.background_statements_per_second} statements/s`
}

type Times = { readonly p50_ms: number; readonly p99_ms: number }
const timesOf = ({ p50_ms, p99_ms }: Times) => `p50 ${p50_ms} ms, p99 ${p99_ms} ms`
const pairs = (record: Readonly<Record<string, string>>) =>
  Object.entries(record).map(([name, value]) => `${name} ${value}`)

/** Figures as they are asked for, with everything that was measured beside them. */
type Report = {
  readonly baseline_tps: number
  readonly ratios: Readonly<
    Record<'token' | 'entry_device' | 'double_sealed' | 'payment_key', number>
  >
  /** The worst flow's, at half of the load that it reached. */
  readonly p99_ms: number
  readonly rss_mb: number
  readonly growth: number | null
  readonly details: Result & {
    readonly double_sealed_asserted: number
    /** The day. */
    readonly measured: string
    readonly growth: Growth | null
  }
}

function reportOf(result: Result, growth: Growth | null): Report {
  const ratioOf = (name: FlowName) =>
    result.flows.find(({ flow }) => flow === name)?.closed.at(-1)?.ratio ?? 0
  return {
    baseline_tps: result.pgbench.per_second,
    ratios: {
      token: ratioOf('token'),
      entry_device: ratioOf('entry_device'),
      double_sealed: ratioOf('signature'),
      payment_key: ratioOf('payment_key'),
    },
    p99_ms: Math.max(...result.flows.map(({ half_load }) => half_load.p99_ms)),
    rss_mb: Math.max(...Object.values(result.memory_mb)),
    growth: growth?.growth ?? null,
    details: {
      ...{ ...result, double_sealed_asserted: ratioOf('assertion'), growth },
      measured: new Date().toISOString().slice(0, 10),
    },
  }
}

function* linesOf({ details: { flows, growth, pgbench, ...rest } }: Report): Generator<string> {
  for (const flow of flows) yield* linesOfFlow(flow)
  const { per_second, clients, scale } = pgbench
  yield `pgbench TPC-B: ${per_second}/s (${clients} clients, prepared, scale ${scale})`
  if (growth !== null)
    yield `with ${growth.payments} payments stored: ${growth.growth} × the cost of ${growth.small}`
  const { server, vault } = rest.memory_mb
  yield `memory at full load: server ${server} MB, vault ${vault} MB`
  yield `${rest.rounds} rounds of ${rest.seconds} s. ${rest.machine}`
  yield [...pairs(rest.versions), ...pairs(rest.settings)].join(', ')
}

const text = { type: 'string' } as const
const flag = { type: 'boolean' } as const
const options = {
  ...{
    json: flag,
    help: flag,
    seconds: text,
    rounds: text,
    growth: text,
    data: text,
    'no-batching': flag,
  },
} as const

async function main(args: readonly string[]): Promise<void> {
  const { values } = readArguments(args, options)
  if (values.help === true) return console.log(help)
  const seconds = wholeNumber(values.seconds ?? '3', '--seconds', 'seconds')
  const rounds = wholeNumber(values.rounds ?? '3', '--rounds', 'rounds')
  const stored = wholeNumber(values.growth ?? '100000', '--growth', 'payments')
  if (seconds < 1 || rounds < 1) throw new Misunderstood('--seconds and --rounds: at least 1.')
  const home = await mkdtemp(join(tmpdir(), 'warifu-bench-'))
  const say = console.error
  try {
    const batchSize = values['no-batching'] === true ? 1 : 64
    const result = await measure({ home, seconds, rounds, batchSize, say })
    const growth =
      stored === 0
        ? null
        : await measureGrowth({ payments: stored, rounds: 6, seconds, data: values.data, say })
    const report = reportOf(result, growth)
    console.log(values.json === true ? JSON.stringify(report) : [...linesOf(report)].join('\n'))
  } finally {
    const elsewhere = await readFile(join(home, 'where'), 'utf8').catch(() => undefined)
    for (const folder of [home, ...(elsewhere === undefined ? [] : [elsewhere.trim()])])
      await rm(folder, { recursive: true, force: true })
  }
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  const isPlain = error instanceof Sorry || error instanceof Misunderstood
  console.error(isPlain ? `warifu bench: ${error.message}` : error)
  process.exitCode = error instanceof Misunderstood ? 2 : 1
}
