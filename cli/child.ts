/**
 * A child process: started in a session of its own, its output written straight to a log file
 * (so nothing is lost when the supervisor dies), ready when it prints {"event":"ready"}.
 */
import { spawn } from 'node:child_process'
import { access, open, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Keeper } from './keeper.ts'
import { Sorry } from './sorry.ts'

export type Program = {
  /** As sentences name it: "the vault". */
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd?: string
  /** Another user to run as (root only). */
  readonly user?: { readonly uid: number; readonly gid: number }
  /** How it is asked to stop; PostgreSQL wants SIGINT. */
  readonly stopSignal?: NodeJS.Signals
}

export type Child = {
  readonly name: string
  readonly pid: number
  readonly log: string
  /** How it ended, in words, once it has. Never rejects. */
  readonly exited: Promise<string>
  readonly hasExited: () => boolean
  /** What it wrote since it started. */
  readonly output: () => Promise<string>
  readonly kill: (signal: NodeJS.Signals) => void
  /** Asks it to stop, insists after ten seconds, and waits until it is gone. */
  readonly stop: () => Promise<void>
}

const STOP_MS = 10_000
const READY_MS = 60_000

/** The user and session part of `spawn`'s options. */
const footing = ({ cwd, env, user }: Program) => ({
  ...(cwd === undefined ? {} : { cwd }),
  ...(user === undefined ? {} : user),
  env,
  detached: true,
})

const ending = (code: number | null, signal: string | null): string =>
  signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`

/** A program ended by a failure; with what it said at last. */
export class Failed extends Sorry {
  readonly exitCode: number | null
  readonly words: string

  constructor(message: string, exitCode: number | null, words: string) {
    super(message)
    this.exitCode = exitCode
    this.words = words
  }
}

/** Starts a program that keeps running; its output is appended to the file `log`. */
export async function startChild(program: Program, log: string, keeper: Keeper): Promise<Child> {
  const file = await open(log, 'a', 0o600)
  const start = (await file.stat()).size
  const stdio = ['ignore' as const, file.fd, file.fd]
  const { name, command, args, stopSignal = 'SIGTERM' } = program
  const child = spawn(command, args, { ...footing(program), stdio })
  const { promise: exited, resolve } = Promise.withResolvers<string>()
  let isGone = false
  const gone = (how: string) => {
    isGone = true
    if (child.pid !== undefined) keeper.forget(child.pid)
    resolve(how)
  }
  child.once('error', (error) => gone(`could not run: ${error.message}`))
  child.once('exit', (code, signal) => gone(ending(code, signal)))
  await file.close()
  const { pid } = child
  if (pid === undefined) throw new Sorry(`${name} ${await exited}`)
  keeper.watch(pid)
  return {
    name,
    pid,
    log,
    exited,
    hasExited: () => isGone,
    output: async () => (await readFile(log)).subarray(start).toString(),
    kill: (signal) => void child.kill(signal),
    stop: async () => {
      if (!isGone) child.kill(stopSignal)
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
      await exited
      clearTimeout(timer)
    },
  }
}

/** The last line a person would want to read: prose before JSON. */
export function lastWords(output: string): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '')
  return (
    lines.findLast((line) => !/^\s*[{}\]]|^\s+at |^Node\.js v/.test(line)) ?? lines.at(-1) ?? ''
  )
}

/** Waits until `isReady` says so; a child that ends or lingers instead becomes one sentence. */
export async function untilReady(child: Child, isReady: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + READY_MS
  while (!(await isReady())) {
    if (child.hasExited()) {
      const words = lastWords(await child.output())
      throw new Sorry(`${child.name} ${await child.exited}: ${words} (log: ${child.log})`)
    }
    if (Date.now() > deadline) throw new Sorry(`${child.name} is not ready: see ${child.log}`)
    await sleep(20)
  }
}

/** Did the child print its line {"event":"ready"}? */
export const saidReady = (child: Child) => async (): Promise<boolean> =>
  /^\{.*"event":\s*"ready"/m.test(await child.output())

/** Runs a program to its end and answers with its standard output; a failure is one sentence. */
export async function runToEnd(
  program: Program,
  onError: (text: string) => void = () => {},
): Promise<string> {
  const { name, command, args } = program
  const child = spawn(command, args, { ...footing(program), stdio: ['ignore', 'pipe', 'pipe'] })
  const collect = async (from: AsyncIterable<Buffer>, on: (text: string) => void = () => {}) => {
    const chunks: Buffer[] = []
    for await (const chunk of from) {
      chunks.push(chunk)
      on(chunk.toString())
    }
    return Buffer.concat(chunks).toString()
  }
  const { promise: exited, resolve } = Promise.withResolvers<string | undefined>()
  child.once('error', (error) => resolve(`could not run: ${error.message}`))
  child.once('close', (code, signal) => resolve(code === 0 ? undefined : ending(code, signal)))
  const [failure, out, err] = await Promise.all([
    exited,
    collect(child.stdout),
    collect(child.stderr, onError),
  ])
  if (failure === undefined) return out
  const words = lastWords(err) || lastWords(out)
  throw new Failed(`${name} ${failure}${words === '' ? '' : `: ${words}`}`, child.exitCode, words)
}

/** What is young lives in 3 × 8 MiB: V8's own choice costs 150 MB more and saves no time here. */
const YOUNG_HEAP = '--max-semi-space-size=8'

/** A TypeScript file of the house as a program. Only what is named here enters its environment. */
export async function nodeProgram(
  name: string,
  entry: string,
  env: Readonly<Record<string, string>>,
): Promise<Program> {
  await access(entry).catch((cause: unknown) => {
    throw new Sorry(`${entry} is missing: this is not a complete clone.`, { cause })
  })
  const args = [YOUNG_HEAP, entry]
  return { name, command: process.execPath, args, env: { ...ground(), ...env } }
}

/** The few variables every process needs, whatever it does. */
export function ground(): Record<string, string> {
  const ofNode = ['NODE_OPTIONS', 'NODE_V8_COVERAGE', 'NODE_COMPILE_CACHE']
  const names = ['PATH', 'HOME', 'TMPDIR', 'TZ', ...ofNode]
  const found = names.flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return Object.fromEntries(found)
}
