/**
 * The measuring itself: alternating rounds on one machine of the flow with the terminal's signature
 * alone (small amounts), with the passkey's assertion too, sealed to its owner's payment key, by
 * entry device, by token, and pgbench TPC-B. What is timed is the last request only, from signed
 * bytes to a yes.
 */
import { availableParallelism, cpus, totalmem } from 'node:os'
import { type Sandbox, startSandbox } from '@warifu/cli/sandbox'
import { Sorry } from '@warifu/cli/sorry'
import { openTills, prepareCharges, type Till } from './charges.ts'
import { type Costs, type Counter, countingSettings, createCounter } from './counting.ts'
import { type Holder, makeHolders, prepareQueues, withCards } from './payments.ts'
import { CLIENTS, findPgbench, type Pgbench, preparePgbench, SCALE } from './pgbench.ts'
import { type Memory, processorUs, watchMemory } from './processes.ts'
import { type Measured, type Queue, sendAll, sendPaced } from './sending.ts'

export const CONNECTIONS = [16, 64] as const
const TERMINALS = 64
const FIRST_GUESS = 400

export type Options = {
  readonly home: string
  readonly seconds: number
  readonly rounds: number
  /** How many payments a statement decides at most; with 1, each by itself. */
  readonly batchSize: number
  readonly say: (line: string) => void
}

export type Flow = {
  readonly flow: FlowName
  /** Closed loops; the ratio is to TPC-B of the same rounds. */
  readonly closed: readonly Closed[]
  /** At half of what 64 connections reached. */
  readonly half_load: {
    readonly per_second: number
    readonly p50_ms: number
    readonly p99_ms: number
  }
  readonly costs: Costs
  /** Processor time of one payment at 64 connections, in µs; 0 where the system does not tell. */
  readonly processor_us: Readonly<Record<'server' | 'vault' | 'client', number>>
}
export type Closed = {
  readonly connections: number
  readonly per_second: number
  readonly ratio: number
  readonly p50_ms: number
  readonly p99_ms: number
}
export type Result = {
  readonly flows: readonly Flow[]
  readonly pgbench: {
    readonly per_second: number
    readonly clients: number
    readonly scale: number
  }
  /** Most that was resident, at full load too. */
  readonly memory_mb: Memory
  readonly batch_size: number
  readonly rounds: number
  readonly seconds: number
  readonly machine: string
  readonly versions: Readonly<Record<string, string>>
  readonly settings: Readonly<Record<string, string>>
}

type Prepare = (stage: Stage, each: number) => Promise<Queue[]>
const flows = {
  signature: ({ sandbox, holders }, each) =>
    prepareQueues(sandbox, holders, { each, asserted: false }),
  assertion: ({ sandbox, holders }, each) =>
    prepareQueues(sandbox, holders, { each, asserted: true }),
  payment_key: ({ sandbox, keyHolders }, each) =>
    prepareQueues(sandbox, keyHolders, { each, asserted: false }),
  entry_device: async ({ sandbox, tills }, each) =>
    prepareCharges(sandbox, tills, { each, by: 'entry_device' }),
  token: async ({ sandbox, tills }, each) => prepareCharges(sandbox, tills, { each, by: 'token' }),
} as const satisfies Record<string, Prepare>
export type FlowName = keyof typeof flows
const flowNames: readonly FlowName[] = [
  'signature',
  'assertion',
  'payment_key',
  'entry_device',
  'token',
]

const round = (value: number, digits = 0) => Number(value.toFixed(digits))
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length
const most = (values: readonly number[]) => Math.max(...values)

export async function measure(options: Options): Promise<Result> {
  const { home, seconds, rounds, batchSize, say } = options
  const program = await findPgbench()
  say('Starting a sandbox …')
  const logLevel = 'warn'
  await using sandbox = await startSandbox({
    ...{ home, logLevel, databaseSettings: countingSettings },
    requestsPerSecond: 1_000_000,
    batchSize,
  })
  // It reads along on a stream of events, which no authorisation waits for.
  await sandbox.till.stop()
  const { adminUrl } = sandbox.serverDatabase
  const vaultAdminUrl = sandbox.vaultDatabase.adminUrl
  if (adminUrl === undefined || vaultAdminUrl === undefined)
    throw new Sorry('The bench needs clusters of its own: unset DATABASE_URL, VAULT_DATABASE_URL.')
  await using counter = await createCounter(adminUrl, vaultAdminUrl)
  const pgbench = await preparePgbench(program, adminUrl)
  say(`${TERMINALS} terminals take their cards …`)
  const holders = await makeHolders(sandbox, TERMINALS)
  const keyHolders = await withCards(sandbox, holders, 'payment_key')
  const tills = await openTills(sandbox, holders)
  const stage = { sandbox, pgbench, holders, keyHolders, tills }
  using watch = watchMemory({ server: sandbox.server.pid, vault: sandbox.vault.pid })
  const found = await alternate(stage, options)
  const base = mean(found.tpcb)
  const measured: Flow[] = []
  for (const flow of flowNames)
    measured.push(await measureFlow({ stage, counter, found, base, seconds }, flow))
  return {
    flows: measured,
    pgbench: { per_second: round(base), clients: CLIENTS, scale: SCALE },
    memory_mb: watch.memory(),
    batch_size: batchSize,
    rounds,
    seconds,
    machine: machine(),
    versions: {
      node: process.versions.node,
      postgresql: counter.version,
      pgbench: pgbench.version,
    },
    settings: counter.settings,
  }
}

type Measuring = {
  readonly stage: Stage
  readonly counter: Counter
  readonly found: Found
  readonly base: number
  readonly seconds: number
}

/** The closed loops that were run, then half of that load, then what a payment costs PostgreSQL. */
async function measureFlow(
  { stage, counter, found, base, seconds }: Measuring,
  flow: FlowName,
): Promise<Flow> {
  const closed = CONNECTIONS.map((connections) =>
    closedOf(connections, found.runs.get(keyOf(flow, connections)) ?? [], base),
  )
  const reached = closed.at(-1)?.per_second ?? FIRST_GUESS
  const half = await paced(stage, { flow, perSecond: reached / 2, seconds })
  const queues = await queuesFor(stage, flow, reached)
  const before = await processorTimes(stage.sandbox)
  const send = async () => (await sendAll(stage.sandbox.url, queues, 64)).payments
  const costs = await counter.costsOf(send)
  const after = await processorTimes(stage.sandbox)
  const payments = queues.reduce((sum, queue) => sum + queue.length, 0)
  const per = (name: keyof typeof after) => round((after[name] - before[name]) / payments)
  const processor_us = { server: per('server'), vault: per('vault'), client: per('client') }
  const { p50_ms, p99_ms } = half
  const half_load = { per_second: round(half.perSecond), p50_ms, p99_ms }
  return { flow, closed, half_load, costs, processor_us }
}

async function processorTimes({ server, vault }: Sandbox) {
  const { user, system } = process.cpuUsage()
  const [ours, theirs] = await Promise.all([processorUs(server.pid), processorUs(vault.pid)])
  return { server: ours, vault: theirs, client: user + system }
}

type Stage = {
  readonly sandbox: Sandbox
  readonly pgbench: Pgbench
  readonly holders: readonly Holder[]
  /** The same people with cards of `payment_key`. */
  readonly keyHolders: readonly Holder[]
  readonly tills: readonly Till[]
}
type Found = { readonly runs: ReadonlyMap<string, Measured[]>; readonly tpcb: readonly number[] }
const keyOf = (flow: FlowName, connections: number) => `${flow} ${connections}`

const queuesFor = (stage: Stage, flow: FlowName, payments: number) =>
  flows[flow](stage, Math.max(1, Math.round(payments / TERMINALS)))

/**
 * Every flow at every number of connections, then pgbench; and again. The first round counts for
 * nothing: plans, caches and compiled code warm up, as they are after minutes of any service. Its
 * runs are made twice, as the first of them, by a guess, ends before anything is warm.
 */
async function alternate(stage: Stage, { seconds, rounds, say }: Options): Promise<Found> {
  const runs = new Map<string, Measured[]>()
  const tpcb: number[] = []
  const guesses = new Map<string, number>()
  for (let at = 0; at <= rounds; at += 1) {
    const name = at === 0 ? 'warming up' : `round ${at}`
    for (const flow of flowNames)
      for (const connections of CONNECTIONS) {
        const key = keyOf(flow, connections)
        const send = async () => {
          const payments = (guesses.get(key) ?? FIRST_GUESS) * seconds
          const queues: readonly Queue[] = await queuesFor(stage, flow, payments)
          const run = await sendAll(stage.sandbox.url, queues, connections)
          guesses.set(key, run.perSecond)
          return run
        }
        if (at === 0) await send()
        const run = await send()
        if (at > 0) runs.set(key, [...(runs.get(key) ?? []), run])
        say(`${name}: ${round(run.perSecond)}/s with ${flow} at ${connections} connections`)
      }
    const perSecond = await stage.pgbench.perSecond(seconds)
    if (at > 0) tpcb.push(perSecond)
    say(`${name}: ${round(perSecond)}/s TPC-B`)
  }
  return { runs, tpcb }
}

function closedOf(connections: number, runs: readonly Measured[], base: number): Closed {
  const perSecond = mean(runs.map((run) => run.perSecond))
  return {
    connections,
    per_second: round(perSecond),
    ratio: round(perSecond / base, 3),
    p50_ms: most(runs.map((run) => run.p50_ms)),
    p99_ms: most(runs.map((run) => run.p99_ms)),
  }
}

type Pace = { readonly flow: FlowName; readonly perSecond: number; readonly seconds: number }

async function paced(stage: Stage, { flow, perSecond, seconds }: Pace): Promise<Measured> {
  const queues = await queuesFor(stage, flow, perSecond * seconds)
  return sendPaced(stage.sandbox.url, queues, perSecond)
}

/** What everything ran on, for whoever reads the figures elsewhere. */
export const machine = () =>
  `${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown'}, ` +
  `${round(totalmem() / 2 ** 30, 1)} GiB; client, server, vault and both PostgreSQLs share it`
