/**
 * `npm run bench`: authorisations a second of the double-sealed flow (small amounts: the signature
 * is enough) beside pgbench TPC-B on the same cluster, in turns. Client and all processes share
 * the machine. What is timed is the last request only, from signed bytes to a yes.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Misunderstood, readArguments, wholeNumber } from '@warifu/cli/arguments'
import { startSandbox } from '@warifu/cli/sandbox'
import { Sorry } from '@warifu/cli/sorry'
import postgres from 'postgres'
import { makeHolders, prepareQueues, sendAll } from './payments.ts'
import { CLIENTS, preparePgbench, runPgbench, SCALE } from './pgbench.ts'

const TERMINALS = 64
const CONNECTIONS = [16, 64] as const
/** After this long every idle backend has told its statistics (PostgreSQL: 10 s). */
const STATISTICS_MS = 11_000

type Options = { readonly seconds: number; readonly rounds: number; readonly say: Say }
type Say = (line: string) => void
const round = (value: number, digits = 0) => Number(value.toFixed(digits))
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length

async function measure(home: string, { seconds, rounds, say }: Options) {
  say('Starting a sandbox …')
  await using sandbox = await startSandbox({ home })
  const { adminUrl, url } = sandbox.serverDatabase
  if (adminUrl === undefined)
    throw new Sorry('The bench needs a cluster of its own: unset DATABASE_URL.')
  await preparePgbench(adminUrl)
  say(`${TERMINALS} terminals take their cards …`)
  const holders = await makeHolders(sandbox, TERMINALS)
  const pay = async (perSecond: number, connections: number) => {
    const each = Math.max(1, Math.round((perSecond * seconds) / TERMINALS))
    return sendAll(sandbox.url, await prepareQueues(sandbox, holders, each), connections)
  }
  let { perSecond: guess } = await pay((TERMINALS * 4) / seconds, CONNECTIONS[0])
  const rates = new Map<number, number[]>(CONNECTIONS.map((connections) => [connections, []]))
  const tpcb: number[] = []
  for (let at = 1; at <= rounds; at += 1) {
    for (const connections of CONNECTIONS) {
      const { perSecond } = await pay(guess, connections)
      guess = perSecond
      rates.get(connections)?.push(perSecond)
      say(`round ${at}: ${round(perSecond)} authorisations/s at ${connections} connections`)
    }
    tpcb.push(await runPgbench(adminUrl, seconds))
    say(`round ${at}: ${round(tpcb.at(-1) ?? 0)} TPC-B transactions/s`)
  }
  const queues = await prepareQueues(sandbox, holders, 4)
  const commits = await commitsOf(adminUrl, new URL(url).pathname.slice(1), () =>
    sendAll(sandbox.url, queues, CONNECTIONS[0]),
  )
  const base = mean(tpcb)
  const flow = [...rates].map(([connections, each]) => {
    const perSecond = mean(each)
    return { connections, per_second: round(perSecond), ratio: round(perSecond / base, 3) }
  })
  const pgbench = { per_second: round(base), clients: CLIENTS, scale: SCALE }
  return { double_sealed: flow, pgbench, ...commits, machine: machine() }
}

/** Commits that a payment costs, the server's own background work included. */
async function commitsOf(
  adminUrl: string,
  database: string,
  work: () => Promise<{ readonly payments: number }>,
) {
  const sql = postgres(adminUrl, { max: 1 })
  const read = async () => {
    await sleep(STATISTICS_MS)
    const [row] = await sql<{ n: string; version: string }[]>`
      select xact_commit as n, current_setting('server_version') as version
        from pg_stat_database where datname = ${database}`
    return { n: Number(row?.n), version: row?.version }
  }
  try {
    const before = await read()
    const { payments } = await work()
    const { n, version } = await read()
    const commits_per_payment = round((n - before.n) / payments, 2)
    return { commits_per_payment, statements_per_payment: null, postgresql: version }
  } finally {
    await sql.end()
  }
}

const machine = () =>
  `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`

async function main(args: readonly string[]): Promise<void> {
  const text = { type: 'string' } as const
  const options = { json: { type: 'boolean' }, seconds: text, rounds: text } as const
  const { values } = readArguments(args, options)
  const seconds = wholeNumber(values.seconds ?? '5', '--seconds')
  const rounds = wholeNumber(values.rounds ?? '2', '--rounds')
  if (seconds < 1 || rounds < 1) throw new Misunderstood('--seconds and --rounds: at least 1.')
  const home = await mkdtemp(join(tmpdir(), 'warifu-bench-'))
  try {
    const result = await measure(home, { seconds, rounds, say: console.error })
    if (values.json === true) return console.log(JSON.stringify(result))
    for (const { connections, per_second, ratio } of result.double_sealed)
      console.log(`${per_second} authorisations/s at ${connections} connections: ${ratio} of TPC-B`)
    console.log(`${result.pgbench.per_second} TPC-B/s (${CLIENTS} clients, scale ${SCALE})`)
    console.log(`${result.commits_per_payment} commits per payment, background work included`)
    console.log('statements per payment: not counted (pg_stat_statements is not loaded)')
    console.log(`${result.machine}, PostgreSQL ${result.postgresql}`)
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
