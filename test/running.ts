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

export type Result = {
  passed: number
  failed: number
  readonly left: string[]
  /** Of each file, its seconds. */
  readonly took: (readonly [file: string, seconds: number])[]
}

/** Tests that measure time have the machine to themselves: `<what>.alone.test.ts`. */
const isAlone = (file: string) => file.endsWith('.alone.test.ts')

/** Together what may, then, one by one, what runs alone. */
export async function runFiles(files: readonly string[], signal: AbortSignal): Promise<Result> {
  const result: Result = { passed: 0, failed: 0, left: [], took: [] }
  const together = files.filter((file) => !isAlone(file))
  await runSome({ files: together, concurrency: availableParallelism(), signal }, result)
  await runSome({ files: files.filter(isAlone), concurrency: 1, signal }, result)
  const ended = new Set(result.took.map(([file]) => file))
  for (const file of files.filter((one) => !signal.aborted && !ended.has(one))) {
    result.failed += 1
    process.stdout.write(`not all was heard of ${relative(root, file)}\n`)
  }
  return result
}

type Some = {
  readonly files: readonly string[]
  readonly concurrency: number
  readonly signal: AbortSignal
}

/** Runs files and counts; what was skipped for another reason than a missing package fails. */
async function runSome({ files, ...how }: Some, result: Result): Promise<void> {
  if (files.length === 0 || how.signal.aborted) return
  const settings = { isolation: 'process', timeout: TEST_MS, cwd: root, execArgv } as const
  const stream = run({ ...settings, ...how, files: [...files] })
  stream.on('test:pass', ({ name, skip, todo }) => {
    if (typeof skip === 'string' && skip.startsWith(LEFT_TO_CI))
      result.left.push(`${name} (${skip})`)
    else if (skip !== undefined || todo !== undefined) result.failed += 1
  })
  stream.on('test:summary', ({ file, duration_ms, counts, success }) => {
    if (file !== undefined) return void result.took.push([file, duration_ms / 1000])
    const { tests, passed, skipped, todo } = counts
    result.passed += passed
    result.failed += Math.max(tests - passed - skipped - todo, success ? 0 : 1)
  })
  for await (const text of stream.compose(spec())) process.stdout.write(text)
}
