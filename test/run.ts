/**
 * What `npm test` runs: two PostgreSQL clusters in a temporary folder, a migrated template database
 * in each, then every *.test.ts (or the files named), each in a process of its own, as many at once
 * as there are processors. The last line is `N passed, N failed`; no test at all, or one left out
 * without reason, is a failure. In CI, where nobody can try again, a file or two that failed among
 * others run once more alone, and are named.
 */
import { glob, statfs } from 'node:fs/promises'
import { freemem, tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { codeOfSignal, listenForEnding } from '@warifu/cli/ending'
import { buildPage } from '@warifu/cli/programs'
import { Sorry } from '@warifu/cli/sorry'
import { root } from '@warifu/cli/state-folder'
import { prepareDatabases } from './clusters.ts'
import { LEFT_TO_CI } from './needs.ts'
import { runFiles } from './running.ts'

const print = (line: string) => void process.stdout.write(`${line}\n`)

/** Linux keeps what lies here in memory. */
const IN_MEMORY = '/dev/shm'
const ROOM_BYTES = 6 * 2 ** 30

/**
 * Tests make databases, profiles and state folders by the hundred, thousands of small files each:
 * where memory has room for them all, they cost a fifth there of what they cost on a disk.
 */
async function layFoldersInMemory(): Promise<void> {
  const place = await statfs(IN_MEMORY).catch(() => undefined)
  const bytes = place === undefined ? 0 : place.bavail * place.bsize
  if (process.env['TMPDIR'] === undefined && Math.min(bytes, freemem()) > ROOM_BYTES)
    Object.assign(process.env, { WARIFU_TEST_DISK: tmpdir(), TMPDIR: IN_MEMORY })
}

/** The files named, or every test of the house. */
async function findTests(named: readonly string[]): Promise<string[]> {
  if (named.length > 0) return named.map((file) => resolve(file))
  const isOutside = (path: string) => /(^|\/)(node_modules|\.warifu|\.git)$/.test(path)
  const found: string[] = []
  for await (const file of glob('**/*.test.ts', { cwd: root, exclude: isOutside }))
    found.push(join(root, file))
  return found.sort()
}

/** As many are named at the end: time is a budget of the whole suite. */
const SLOWEST = 12

async function main(args: readonly string[]): Promise<number> {
  const ending = listenForEnding()
  const files = await findTests(args)
  await using stack = new AsyncDisposableStack()
  await layFoldersInMemory()
  // Nobody pulls the plug here: what the system has is as safe as what the disk has.
  await prepareDatabases(stack, { fsync: 'off' })
  // Once, for every house of the tests.
  for (const page of ['wallet', 'pos', 'console'] as const) await buildPage(page)
  const again = process.env['CI'] === 'true'
  const { passed, failed, unsteady, left, took } = await runFiles(files, ending.signal, { again })
  if (ending.signal.aborted) return codeOfSignal(await ending.asked)
  const slowest = took.toSorted(([, a], [, b]) => b - a).slice(0, SLOWEST)
  for (const [file, seconds] of slowest) print(`${seconds.toFixed(1)} s  ${relative(root, file)}`)
  for (const file of unsteady) print(`passed only when alone: ${relative(root, file)}`)
  for (const check of left) print(`${LEFT_TO_CI}: ${check}`)
  const none = passed + failed === 0 ? 1 : 0
  if (none > 0) print('There was no test at all.')
  print(`${passed} passed, ${failed + none} failed`)
  return failed + none === 0 ? 0 : 1
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${error instanceof Sorry ? error.message : String(error)}\n`)
  print('0 passed, 1 failed')
  process.exitCode = 1
}
