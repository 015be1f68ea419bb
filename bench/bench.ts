/**
 * `npm run bench`: authorisations a second of each flow beside pgbench TPC-B on the
 * same cluster, in turns, with what a payment costs PostgreSQL. Never a timed unit test.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Misunderstood, readArguments, wholeNumber } from '@warifu/cli/arguments'
import { Sorry } from '@warifu/cli/sorry'
import { type Flow, measure, type Result } from './measure.ts'

const help = `warifu bench [--seconds N] [--rounds N] [--json]
warifu bench primitives: cryptography beside node:crypto (--help tells more)
warifu bench devices [--devices N] [--looks N]: whose broadcast code, among a million devices

Authorises with double-sealed cards, by the terminal's signature alone and with the passkey's
assertion too, with cards sealed to their owners' payment keys, with cards from entry devices, and
with tokens, in closed loops at 16 and 64 connections, in turns with pgbench TPC-B.
--seconds   of each run (3)     --rounds   of all runs (3)
--json      one JSON object on standard output; words go to standard error`

const words = {
  signature: 'double-sealed, signature alone',
  assertion: 'double-sealed, with passkey assertion',
  payment_key: 'payment key, signature alone',
  entry_device: 'entry device',
  token: 'token',
} as const

function* linesOfFlow({ flow, closed, half_load, costs }: Flow): Generator<string> {
  yield words[flow]
  for (const { connections, per_second, ratio, ...times } of closed)
    yield `  ${connections} connections: ${per_second}/s, ${ratio} of TPC-B, ${timesOf(times)}`
  yield `  at half of that load (${half_load.per_second}/s): ${timesOf(half_load)}`
  yield '  a payment at 64 connections costs PostgreSQL ' +
    `${costs.statements_per_payment} statements, ${costs.round_trips_per_payment} round trips, ` +
    `${costs.commits_per_payment} commits, ${costs.database_us_per_payment} µs;`
  yield `    the vault's ${costs.vault_statements_per_payment} statements; beside them ` +
    `the server's background work: ${costs.background_statements_per_second} statements/s`
}

type Times = { readonly p50_ms: number; readonly p99_ms: number }
const timesOf = ({ p50_ms, p99_ms }: Times) => `p50 ${p50_ms} ms, p99 ${p99_ms} ms`
const pairs = (record: Readonly<Record<string, string>>) =>
  Object.entries(record).map(([name, value]) => `${name} ${value}`)

function* linesOf(result: Result): Generator<string> {
  const { double_sealed, payment_key, entry_device, token, ...rest } = result
  const flows = [...double_sealed, ...payment_key, ...entry_device, ...token]
  for (const flow of flows) yield* linesOfFlow(flow)
  const { pgbench } = rest
  const { per_second, clients, scale } = pgbench
  yield `pgbench TPC-B: ${per_second}/s (${clients} clients, prepared, scale ${scale})`
  yield `${rest.rounds} rounds of ${rest.seconds} s. ${rest.machine}`
  yield [...pairs(rest.versions), ...pairs(rest.settings)].join(', ')
}

async function main(args: readonly string[]): Promise<void> {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  const options = { json: flag, help: flag, seconds: text, rounds: text } as const
  const { values } = readArguments(args, options)
  if (values.help === true) return console.log(help)
  const seconds = wholeNumber(values.seconds ?? '3', '--seconds', 'seconds')
  const rounds = wholeNumber(values.rounds ?? '3', '--rounds', 'rounds')
  if (seconds < 1 || rounds < 1) throw new Misunderstood('--seconds and --rounds: at least 1.')
  const home = await mkdtemp(join(tmpdir(), 'warifu-bench-'))
  try {
    const result = await measure({ home, seconds, rounds, say: console.error })
    console.log(values.json === true ? JSON.stringify(result) : [...linesOf(result)].join('\n'))
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
