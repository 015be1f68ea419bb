/**
 * The measuring of growth: two sandboxes, asked in turns over the whole API by the same requests,
 * and PostgreSQL by the same statement; then once more after everything was started anew, with the
 * files out of the system's memory where that is permitted.
 */
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { authorize } from './growth-ask.ts'
import type { Say } from './growth-fill.ts'
import {
  byPhone,
  byToken,
  forgetFiles,
  open,
  type Prepare,
  prepare,
  remove,
  type Side,
  type Store,
  settings,
  warmUp,
} from './growth-sides.ts'
import { machine } from './measure.ts'
import { sendAll } from './sending.ts'

export const SMALL = 10_000
const CONNECTIONS = 64
const GUESS = 1000
const BATCHES = 8

const flows = { token: byToken, double_sealed: byPhone } as const satisfies Record<string, Prepare>
type FlowName = keyof typeof flows
const flowNames = ['token', 'double_sealed'] as const
/** A closed loop over the API, or the money statement by itself, of people all over. */
type Way = FlowName | 'statement'

export type Cost = {
  readonly way: Way
  readonly cache: 'warm' | 'cold'
  /** µs of one payment: at 64 connections, both processors busy; of the statement, its own. */
  readonly small_us: number
  readonly big_us: number
  /** The middle one of the pairs. */
  readonly ratio: number
  /** Of PostgreSQL's own time. */
  readonly sql_ratio: number
}
export type Growth = {
  readonly payments: number
  readonly small: number
  /** The worst of the warm ratios over the API. */
  readonly growth: number
  readonly files_forgotten: boolean
  readonly settings: Readonly<Record<string, string>>
  readonly costs: readonly Cost[]
  readonly machine: string
  /** The day. */
  readonly measured: string
}

export type GrowthOptions = {
  readonly payments: number
  readonly rounds: number
  readonly seconds: number
  /** Where the big one is, or is to stay; else it is gone afterwards. */
  readonly data?: string | undefined
  readonly say: Say
}

/** Fills the folder and no more. */
export const fillOnly = ({ data = '', payments, say }: GrowthOptions) =>
  prepare({ home: data, payments, say })

export async function measureGrowth(options: GrowthOptions): Promise<Growth> {
  const { payments, data, say } = options
  await using folders = new AsyncDisposableStack()
  const temporary = async () => {
    const home = await mkdtemp(join(tmpdir(), 'warifu-growth-'))
    folders.defer(() => remove(home))
    return home
  }
  const small = { home: await temporary(), payments: SMALL, say }
  const big = { home: data ?? (await temporary()), payments, say }
  await prepare(small)
  await prepare(big)
  const { pairs, known } = await warmPairs({ small, big }, options)
  say('Everything is started anew …')
  const files_forgotten = await forgetFiles()
  const cold = await coldPairs({ small, big }, options, known)
  const costs = [...costsOf('warm', pairs), ...costsOf('cold', cold)]
  const ofApi = costs.filter(({ cache, way }) => cache === 'warm' && way !== 'statement')
  const growth = Math.max(...ofApi.map(({ ratio }) => ratio))
  const measured = new Date().toISOString().slice(0, 10)
  const figures = { payments, small: SMALL, growth, files_forgotten, costs }
  return { ...figures, settings, machine: machine(), measured }
}

type Both<T> = { readonly small: T; readonly big: T }
type Spent = { readonly us: number; readonly sqlUs: number }
type Pairs = Record<Way, Both<Spent>[]>
const noPairs = (): Pairs => ({ token: [], double_sealed: [], statement: [] })

async function openBoth(
  { small, big }: Both<Store>,
  stack: AsyncDisposableStack,
  known?: Both<Side['holders']>,
): Promise<Both<Side>> {
  return {
    small: await open(small, stack, known?.small),
    big: await open(big, stack, known?.big),
  }
}

/** So many payments as fill the seconds, as far as was seen before. */
async function run(side: Side, flow: FlowName, payments: number): Promise<Spent> {
  const queues = await flows[flow](side, Math.max(1, Math.ceil(payments / CONNECTIONS)))
  let us = 0
  const costs = await side.counter.costsOf(async () => {
    const sent = await sendAll(side.sandbox.url, queues, CONNECTIONS)
    us = 1_000_000 / sent.perSecond
    return sent.payments
  })
  return { us, sqlUs: costs.database_us_per_payment }
}

/** The one, then the other; in the next round the other way round. */
async function inTurn<T>(round: number, work: (name: keyof Both<T>) => Promise<T>) {
  const found: { small?: T; big?: T } = {}
  for (const name of round % 2 === 0 ? (['small', 'big'] as const) : (['big', 'small'] as const))
    found[name] = await work(name)
  const { small, big } = found
  if (small === undefined || big === undefined) throw new Error('a side was left out')
  return { small, big }
}

async function warmPairs(stores: Both<Store>, { rounds, seconds, say }: GrowthOptions) {
  await using stack = new AsyncDisposableStack()
  const sides = await openBoth(stores, stack)
  const pairs = noPairs()
  for (const side of [sides.small, sides.big]) await warmUp(side)
  for (const flow of flowNames) {
    let expected = (GUESS * seconds) / 2
    for (let round = -1; round < rounds; round += 1) {
      const pair = await inTurn(round + 1, (name) => run(sides[name], flow, expected))
      say(`${flow}: ${pair.small.us.toFixed(0)} µs, ${pair.big.us.toFixed(0)} µs`)
      if (round >= 0) pairs[flow].push(pair)
      // What is signed beforehand takes longer to make than to send.
      const length = flow === 'token' ? seconds : seconds / 2
      expected = (length * 1_000_000) / Math.max(pair.small.us, pair.big.us)
    }
  }
  for (let round = -1; round < rounds; round += 1) {
    const pair = await inTurn(round + 1, (name) => statement(sides[name]))
    if (round >= 0) pairs.statement.push(pair)
  }
  return { pairs, known: { small: sides.small.holders, big: sides.big.holders } }
}

/** The first payments after the start. */
async function coldPairs(
  stores: Both<Store>,
  { seconds }: GrowthOptions,
  known: Both<Side['holders']>,
): Promise<Pairs> {
  await using stack = new AsyncDisposableStack()
  const sides = await openBoth(stores, stack, known)
  const pairs = noPairs()
  for (const flow of flowNames)
    pairs[flow].push(await inTurn(0, (name) => run(sides[name], flow, (GUESS * seconds) / 2)))
  pairs.statement.push(await inTurn(0, (name) => statement(sides[name])))
  return pairs
}

/** Several batches, the middle one. */
async function statement({ sql, people }: Side): Promise<Spent> {
  const times: number[] = []
  for (let at = 0; at < BATCHES; at += 1) times.push(await authorize({ sql, people }))
  const us = middle(times)
  return { us, sqlUs: us }
}

function middle(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (place: number) => sorted[place] ?? 0
  return (at(Math.floor((values.length - 1) / 2)) + at(Math.floor(values.length / 2))) / 2
}

const costsOf = (cache: Cost['cache'], pairs: Pairs): Cost[] =>
  ([...flowNames, 'statement'] as const).map((way) => {
    const round = (value: number, digits: number) => Number(value.toFixed(digits))
    const of = pairs[way]
    return {
      way,
      cache,
      small_us: round(middle(of.map(({ small }) => small.us)), 1),
      big_us: round(middle(of.map(({ big }) => big.us)), 1),
      ratio: round(middle(of.map(({ small, big }) => big.us / small.us)), 2),
      sql_ratio: round(middle(of.map(({ small, big }) => big.sqlUs / small.sqlUs)), 2),
    }
  })
