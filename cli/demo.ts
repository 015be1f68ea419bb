/**
 * The demo: every system against a sandbox of its own (temporary folder, free ports, real
 * processes), with what each party could read; or the same journeys sabotaged, to see them fail.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { codeOf, createChecks, JourneyEnded } from './demo/checks.ts'
import { drawRun } from './demo/picture.ts'
import { systems } from './demo/systems.ts'
import { createWorld, type Place, type Reader, type System, type World } from './demo/world.ts'
import { listenForEnding } from './ending.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from './sandbox.ts'
import { Sorry } from './sorry.ts'

export type Result = { readonly ok: boolean; readonly checks: number; readonly ms: number }
type Say = (line: string) => unknown
export type Size = Pick<SandboxOptions, 'workers' | 'vaults'>
export type DemoOptions = {
  /** Empty: all. */
  readonly only: readonly string[]
  readonly sabotage: readonly string[]
  /** A folder for the X-rays of the systems that the docs show. */
  readonly pictures?: string
  /** How many servers and vaults: one each, or as many. */
  readonly size?: Size
  readonly say: Say
}

export const systemIds = (): string[] => systems.map(({ id }) => id)

export const runDemo = (options: DemoOptions): Promise<Record<string, Result>> =>
  inSandbox(
    options.say,
    async (world, say) => await runSystems(world, { ...options, say }),
    options.size,
  )

/** The systems, one after the other, in a world that stands. */
async function runSystems(
  world: World,
  { only, sabotage, pictures, say }: DemoOptions,
): Promise<Record<string, Result>> {
  const found: Record<string, Result> = {}
  for (const system of systems.filter(({ id }) => only.length === 0 || only.includes(id)))
    found[system.id] = sabotage.includes(system.id)
      ? await runSabotaged(system, world, say)
      : await runHonest(system, world, { say, pictures })
  return found
}

/** One system's journey in a sandbox that stands already: what it leaves behind is wanted. */
export async function runSystem(place: Place, id: string): Promise<void> {
  const system = systems.find((one) => one.id === id)
  if (system === undefined) throw new Error(`a system is one of ${systemIds().join(', ')}`)
  await system.run(createWorld(place), createChecks())
}

/** Somebody asked for the end (Ctrl-C). */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
  readonly signal: NodeJS.Signals
  constructor(signal: NodeJS.Signals) {
    super(`ended by ${signal}`)
    this.signal = signal
  }
}

/** A sandbox of our own that leaves nothing behind, however this ends. */
export async function inSandbox<T>(
  say: Say,
  work: (world: World, say: Say) => Promise<T>,
  size: Size = {},
): Promise<T> {
  const { signal, asked } = listenForEnding()
  const interrupted = asked.then((name) => Promise.reject(new Interrupted(name)))
  interrupted.catch(() => {}) // somebody may ask before anybody waits
  const home = await mkdtemp(join(tmpdir(), 'warifu-demo-'))
  try {
    say('Starting PostgreSQL (twice), vault and server …')
    await using sandbox: Sandbox = await startSandbox({ home, signal, ...size }).catch(
      (error: unknown) => {
        if (signal.aborted) return interrupted
        throw error
      },
    )
    const crashed = sandbox.crashed.then((why) => Promise.reject(new Sorry(why)))
    const sayWhileRunning: Say = (line) => signal.aborted || say(line)
    const world = createWorld(sandbox, { alone: (size.workers ?? 1) > 1 })
    const working = work(world, sayWhileRunning)
    return await Promise.race([working, interrupted, crashed])
  } finally {
    // Where PostgreSQL's data had to lie elsewhere, the file `where` says it.
    const elsewhere = await readFile(join(home, 'where'), 'utf8').catch(() => undefined)
    for (const folder of [home, ...(elsewhere === undefined ? [] : [elsewhere.trim()])])
      await rm(folder, { recursive: true, force: true })
  }
}

type Honest = { readonly say: Say; readonly pictures: string | undefined }

async function runHonest(system: System, world: World, { say, pictures }: Honest) {
  const began = performance.now()
  const checks = createChecks(({ name, ok, saw }) => {
    if (!ok) say(`    ✗ ${name}${saw === '' ? '' : `: ${saw}`}`)
  })
  const from = world.traffic.exchanges.length
  const readers = await ended(() => system.run(world, checks), checks, [])
  if (pictures !== undefined) await drawRun(pictures, system, world, from)
  const result = resultOf(checks, began)
  say(lineOf(system, result))
  if (readers.length > 0) say(tableOf(readers))
  return result
}

/** ok only if some saboteur got through: the journey itself, not this function, says so. */
async function runSabotaged(system: System, world: World, say: Say): Promise<Result> {
  const began = performance.now()
  const all: { ok: boolean; checks: number }[] = []
  for (const { name, expects, run } of system.saboteurs) {
    const checks = createChecks()
    await ended(() => run(world, checks), checks, undefined)
    const { ok, checks: count } = resultOf(checks, began)
    const failed = checks.list.find((check) => !check.ok)
    const isExpected = failed !== undefined && expects.includes(failed.saw)
    const how = isExpected ? 'refused' : 'FAILED OTHERWISE'
    say(`  ${name}\n    ${ok ? '✗ PAID' : `${how}: ${failed?.saw} (${failed?.name})`}`)
    all.push({ ok, checks: count })
  }
  const checks = all.reduce((sum, one) => sum + one.checks, 0)
  const ms = Math.round(performance.now() - began)
  const result = { ok: all.some(({ ok }) => ok), checks, ms }
  say(lineOf(system, result))
  return result
}

async function ended<T>(
  work: () => Promise<T>,
  checks: ReturnType<typeof createChecks>,
  otherwise: T,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof JourneyEnded))
      checks.that('the journey runs to its end', false, codeOf(error))
    return otherwise
  }
}

const resultOf = ({ list }: ReturnType<typeof createChecks>, began: number): Result => ({
  ok: list.length > 0 && list.every(({ ok }) => ok),
  checks: list.length,
  ms: Math.round(performance.now() - began),
})

const lineOf = ({ id, title }: System, { ok, checks, ms }: Result): string =>
  `${ok ? '✓' : '✗'} ${id}  ${title}: ${checks} checks, ${ms} ms`

function tableOf(readers: readonly Reader[]): string {
  const width = Math.max(...readers.map(({ who }) => who.length))
  const rows = readers.map(({ who, held, number }) => {
    const reads = number ? 'the number' : '–         '
    return `    ${who.padEnd(width)}  ${reads}  ${held}`
  })
  return `\n    ${'who'.padEnd(width)}  reads       held\n${rows.join('\n')}\n`
}
