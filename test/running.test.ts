// Goal: of every test that ran its report is counted, though its process is ended with a handle
//   left open; a file whose reports broke off, or that has no test, is a failure. A second try is
//   given to few files, is told of, and changes nothing for what fails in it.
// Method: the runner in a process of its own, over files written here. Their reports are more than
//   the runner, which is busy, has read when they end.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import type { Result } from './running.ts'

const QUICK = 64
const FILES = 4
let folder: string

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warifu-running-'))
})
after(() => rm(folder, { recursive: true, force: true }))

const runner = (files: readonly string[], again: boolean) => `
  import { runFiles } from ${JSON.stringify(pathToFileURL(`${import.meta.dirname}/running.ts`))}
  const busy = setInterval(() => {
    for (const until = Date.now() + 20; Date.now() < until; );
  }, 1)
  const { signal } = new AbortController()
  const result = await runFiles(${JSON.stringify(files)}, signal, { again: ${again} })
  clearInterval(busy)
  console.log(JSON.stringify(result))`

type Counted = { readonly passed: number; readonly failed: number; readonly unsteady: number }

/** How the runner counts files with these texts; it is no child of the runner that runs this. */
async function counted(texts: readonly string[], again = false): Promise<Counted> {
  const files = texts.map((_, i) => join(folder, `planted-${i}.test.ts`))
  for (const [i, text] of texts.entries())
    await writeFile(files[i] ?? '', `import { test } from 'node:test'\n${text}`)
  const program = join(folder, 'runner.mts')
  await writeFile(program, runner(files, again))
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const { stdout } = await promisify(execFile)(process.execPath, [program], { env })
  const { passed, failed, unsteady }: Result = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')
  return { passed, failed, unsteady: unsteady.length }
}

const leaking = 'setInterval(() => {}, 1000)'
const quick = `
  for (let i = 0; i < ${QUICK}; i += 1) test('x'.repeat(100) + i, () => {})`

test('all are counted of files that leave a handle open', async () => {
  const whole = { passed: FILES * QUICK, failed: 0, unsteady: 0 }
  assert.deepEqual(await counted(Array(FILES).fill(`${leaking}${quick}`)), whole)
})

test('a file that ends before its reports fails, and so does one without a test', async () => {
  const { passed, failed } = await counted([`${quick}\ntest('last', () => process.exit(0))`])
  assert(passed < QUICK && failed > 0, JSON.stringify({ passed, failed }))
  assert.deepEqual(await counted(['void test']), { passed: 0, failed: 1, unsteady: 0 })
  // All passed, and then the process itself did not.
  const late = "test('one', () => {}); process.on('exit', () => { process.exitCode = 3 })"
  assert.deepEqual(await counted([late]), { passed: 1, failed: 1, unsteady: 0 })
})

/** Fails when it runs first, passes from then on. */
const onceIn = (mark: string) => `
  import { existsSync, writeFileSync } from 'node:fs'
  const mark = new URL('${mark}-' + process.ppid, import.meta.url)
  const seen = existsSync(mark)
  writeFileSync(mark, '')
  test('slow at first', () => { if (!seen) throw new Error('late') })`
const never = "test('never', () => { throw new Error('wrong') })"
const fine = "test('fine', () => {})"

test('a second try, alone, is for what fails among others; it is told of', async () => {
  const once = onceIn('warifu-once')
  assert.deepEqual(await counted([once, fine]), { passed: 1, failed: 1, unsteady: 0 })
  assert.deepEqual(await counted([once, fine], true), { passed: 2, failed: 0, unsteady: 1 })
  assert.deepEqual(await counted([never, fine], true), { passed: 1, failed: 1, unsteady: 0 })
})

test('where many files fail none is tried again', async () => {
  const many = [0, 1, 2, 3].map((i) => onceIn(`warifu-many-${i}`))
  assert.deepEqual(await counted(many, true), { passed: 0, failed: 4, unsteady: 0 })
})
