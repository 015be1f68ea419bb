/**
 * Runs test files, each in a process of its own, and counts. A handle left open does not keep a
 * process alive; a file whose reports broke off is a failure, whatever was heard of it.
 */
import { availableParallelism } from 'node:os'
import { join, relative } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { pathToFileURL } from 'node:url'
import { root } from '@warifu/cli/state-folder'
import { LEFT_TO_CI } from './needs.ts'

const TEST_MS = 5 * 60_000
// A test past its time may keep its process alive: it is ended when its tests have.
const execArgv = [
  '--test-force-exit',
  '--import',
  pathToFileURL(join(import.meta.dirname, 'last-reports.ts')).href,
]

/** What was heard of files, and of checks that are left to CI. */
type Heard = {
  readonly of: Map<
    string,
    { readonly passed: number; readonly failed: number; readonly seconds: number }
  >
  readonly left: string[]
  /** Tests that were left out without a reason that counts. */
  readonly leftOut: string[]
}

export type Result = {
  passed: number
  failed: number
  /** Files that failed among others and passed when they had the machine to themselves. */
  readonly unsteady: readonly string[]
  readonly left: readonly string[]
  /** Of each file, its seconds. */
  readonly took: readonly (readonly [file: string, seconds: number])[]
}

/** Tests that measure time have the machine to themselves: `<what>.alone.test.ts`. */
const isAlone = (file: string) => file.endsWith('.alone.test.ts')

/** A busy machine makes one or two files late; what breaks more of them is in the product. */
const SECOND_TRIES = 3

/**
 * Together what may, then, one by one, what runs alone. With `again`, at most three files that
 * failed run once more, alone: only what fails there too has failed, and the others are named.
 */
export async function runFiles(
  files: readonly string[],
  signal: AbortSignal,
  { again = false } = {},
): Promise<Result> {
  const heard: Heard = { of: new Map(), left: [], leftOut: [] }
  const together = files.filter((file) => !isAlone(file))
  await runSome({ files: together, concurrency: availableParallelism(), signal }, heard)
  await runSome({ files: files.filter(isAlone), concurrency: 1, signal }, heard)

  const failed = files.filter((file) => heard.of.get(file)?.failed !== 0)
  const retried = again && failed.length <= SECOND_TRIES ? failed : []
  for (const file of retried) heard.of.delete(file)
  await runSome({ files: retried, concurrency: 1, signal }, heard)

  const result = { passed: 0, failed: heard.leftOut.length }
  for (const file of files.filter(() => !signal.aborted)) {
    const one = heard.of.get(file)
    if (one === undefined) process.stdout.write(`not all was heard of ${relative(root, file)}\n`)
    result.passed += one?.passed ?? 0
    result.failed += one?.failed ?? 1
  }
  return {
    ...result,
    unsteady: retried.filter((file) => heard.of.get(file)?.failed === 0),
    left: heard.left,
    took: [...heard.of].map(([file, { seconds }]) => [file, seconds] as const),
  }
}

type Some = {
  readonly files: readonly string[]
  readonly concurrency: number
  readonly signal: AbortSignal
}

/** Runs files and counts; what was skipped for another reason than a missing package fails. */
async function runSome({ files, ...how }: Some, heard: Heard): Promise<void> {
  if (files.length === 0 || how.signal.aborted) return
  const settings = { isolation: 'process', timeout: TEST_MS, cwd: root, execArgv } as const
  const stream = run({ ...settings, ...how, files: [...files] })
  stream.on('test:pass', ({ name, skip, todo }) => {
    if (typeof skip === 'string' && skip.startsWith(LEFT_TO_CI))
      heard.left.push(`${name} (${skip})`)
    else if (skip !== undefined || todo !== undefined) heard.leftOut.push(name)
  })
  stream.on('test:summary', ({ file, duration_ms, counts, success }) => {
    if (file === undefined) return
    const { tests, passed, skipped, todo } = counts
    const failed = Math.max(tests - passed - skipped - todo, success ? 0 : 1)
    heard.of.set(file, { passed, failed, seconds: duration_ms / 1000 })
  })
  // A process that ends badly after its tests: it is the file itself that fails then.
  stream.on('test:fail', ({ name }) => {
    const one = heard.of.get(name)
    if (one?.failed === 0) heard.of.set(name, { ...one, failed: 1 })
  })
  for await (const text of stream.compose(spec())) process.stdout.write(text)
}
