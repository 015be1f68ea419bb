/**
 * What `npm test` runs: two PostgreSQL clusters in a temporary folder, a migrated template database
 * in each, then every *.test.ts (or the files named), each in a process of its own, as many at once
 * as there are processors. The last line is `N passed, N failed`; no test at all, or one left out
 * without reason, is a failure.
 */
import { glob, mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { startCluster } from '@warifu/cli/cluster'
import { ensureDatabase, ensureRoles } from '@warifu/cli/databases'
import { codeOfSignal, listenForEnding } from '@warifu/cli/ending'
import { createKeeper } from '@warifu/cli/keeper'
import { newPasswords } from '@warifu/cli/passwords'
import { choosePort } from '@warifu/cli/ports'
import { buildPage, migrateServer, migrateVault } from '@warifu/cli/programs'
import { Sorry } from '@warifu/cli/sorry'
import { root } from '@warifu/cli/state-folder'
import { asRole, plans, type SideName, variables } from './databases.ts'
import { LEFT_TO_CI } from './needs.ts'

const TEST_MS = 5 * 60_000
const print = (line: string) => void process.stdout.write(`${line}\n`)

/** The files named, or every test of the house. */
async function findTests(named: readonly string[]): Promise<string[]> {
  if (named.length > 0) return named.map((file) => resolve(file))
  const isOutside = (path: string) => /(^|\/)(node_modules|\.warifu|\.git)$/.test(path)
  const found: string[] = []
  for await (const file of glob('**/*.test.ts', { cwd: root, exclude: isOutside }))
    found.push(join(root, file))
  return found.sort()
}

/** Starts both clusters and tells the tests by environment where they are. */
async function prepareDatabases(stack: AsyncDisposableStack): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'warifu-test-'))
  stack.defer(() => rm(home, { recursive: true, force: true }))
  const keeper = createKeeper()
  keeper.folder(home)
  stack.defer(() => keeper.close())
  const password = newPasswords()['postgres'] ?? ''
  const migrate = { server: migrateServer, vault: migrateVault }
  const prepare = async (name: SideName) => {
    const plan = { ...plans[name], database: `${plans[name].database}_template` }
    const log = join(home, `${name}.log`)
    const settings = { max_connections: '200' }
    const port = await choosePort()
    const cluster = await startCluster({ name, home, port, password, log, keeper, settings })
    stack.defer(cluster.removeData)
    stack.defer(cluster.stop)
    const { adminUrl } = cluster
    const roles = [plan.owner, ...plan.roles]
    await ensureRoles(adminUrl, plan, Object.fromEntries(roles.map((role) => [role, password])))
    await ensureDatabase(adminUrl, plan)
    await migrate[name](asRole(adminUrl, plan.owner, plan.database))
    process.env[variables[name].admin] = adminUrl
    process.env[variables[name].template] = plan.database
  }
  await prepare('server')
  await prepare('vault')
}

type Result = { passed: number; failed: number; readonly left: string[] }

/** Tests that measure time have the machine to themselves: `<what>.alone.test.ts`. */
const isAlone = (file: string) => file.endsWith('.alone.test.ts')

/** Together what may, then, one by one, what runs alone. */
async function runFiles(files: readonly string[], signal: AbortSignal): Promise<Result> {
  const result: Result = { passed: 0, failed: 0, left: [] }
  const together = files.filter((file) => !isAlone(file))
  await runSome({ files: together, concurrency: availableParallelism(), signal }, result)
  await runSome({ files: files.filter(isAlone), concurrency: 1, signal }, result)
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
  // A test past its time may keep its process alive: it is ended when its tests have.
  const execArgv = ['--test-force-exit']
  const settings = { isolation: 'process', timeout: TEST_MS, cwd: root, execArgv } as const
  const stream = run({ ...settings, ...how, files: [...files] })
  stream.on('test:pass', ({ name, skip, todo }) => {
    if (typeof skip === 'string' && skip.startsWith(LEFT_TO_CI))
      result.left.push(`${name} (${skip})`)
    else if (skip !== undefined || todo !== undefined) result.failed += 1
  })
  stream.on('test:summary', ({ file, counts: { tests, passed, skipped, todo }, success }) => {
    if (file !== undefined) return
    result.passed += passed
    result.failed += Math.max(tests - passed - skipped - todo, success ? 0 : 1)
  })
  for await (const text of stream.compose(spec())) process.stdout.write(text)
}

async function main(args: readonly string[]): Promise<number> {
  const ending = listenForEnding()
  const files = await findTests(args)
  await using stack = new AsyncDisposableStack()
  await prepareDatabases(stack)
  // Once, before tests that run beside each other would each find them out of date.
  await buildPage('wallet')
  await buildPage('pos')
  const { passed, failed, left } = await runFiles(files, ending.signal)
  if (ending.signal.aborted) return codeOfSignal(await ending.asked)
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
