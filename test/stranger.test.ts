// Goal: a stranger's path, by the quick start alone: clone, start, a first payment by the SDK, the
//   webhook verified, some of it given back, the books compared; in under ten minutes. Then what
//   the page says of `warifu trigger` and `warifu logs tail`.
// Method: docs/quick-start.md is read, and its blocks are run in their order in a fresh clone of
//   what is committed here. node_modules are hard links to ours, made of the same lock file.
import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, test } from 'node:test'
import { choosePort } from '@warifu/cli/ports'
import { root } from '@warifu/cli/state-folder'
import { triggers } from '@warifu/cli/triggers'

type Block = { readonly language: string; readonly text: string }

const blocksOf = (page: string): readonly Block[] =>
  [...page.slice(0, page.indexOf('## By hand')).matchAll(/```(sh|js)\n([\s\S]*?)```/g)].map(
    ([, language = '', text = '']) => ({ language, text }),
  )

let folder: string
const running: ChildProcess[] = []
before(async () => {
  // On a disk, as ours: in memory there could be no hard links.
  folder = await mkdtemp(join(process.env['WARIFU_TEST_DISK'] ?? tmpdir(), 'warifu-stranger-'))
})
after(async () => {
  for (const child of running.toReversed()) await stop(child)
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
})

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  // As Ctrl-C does: npm passes no signal on, and the terminal tells all of them.
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT')
  await ended
}

/** A shell as the stranger's: nothing of this test's own environment leads to another sandbox. */
const env = () => {
  const { WARIFU_HOME: _, CI: __, ...rest } = process.env
  return { ...rest, PATH: `${dirname(process.execPath)}:${process.env['PATH']}` }
}

/** Runs a command to its end; what it said. */
const run = (command: string, cwd: string): string =>
  execFileSync('sh', ['-c', command], { cwd, env: env(), encoding: 'utf8', timeout: 120_000 })

/** Begins what keeps running, and waits for a line of it. */
async function begin(command: string, cwd: string, line: RegExp): Promise<Heard> {
  const stdio = ['ignore', 'pipe', 'inherit'] as const
  const child = spawn('sh', ['-c', `exec ${command}`], {
    cwd,
    env: env(),
    stdio: [...stdio],
    detached: true,
  })
  running.push(child)
  const said: string[] = []
  let told = () => {}
  assert(child.stdout)
  createInterface({ input: child.stdout }).on('line', (text) => {
    said.push(text)
    told()
  })
  child.once('exit', () => told())
  const until = async (wanted: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const found = said.map((text) => wanted.exec(text)).find((match) => match !== null)
      if (found) return found
      assert.equal(child.exitCode, null, `ended before ${wanted}:\n${said.join('\n')}`)
      await new Promise<void>((resolve) => {
        told = resolve
      })
    }
  }
  return { first: await until(line), until }
}
type Heard = {
  readonly first: RegExpExecArray
  readonly until: (wanted: RegExp) => Promise<RegExpExecArray>
}

const TEN_MINUTES_MS = 600_000

test('the quick start, from the clone to the books', async (t) => {
  const began = performance.now()
  const port = String(await choosePort())
  const page = (await readFile(join(root, 'docs', 'quick-start.md'), 'utf8')).replaceAll(
    '3000',
    port,
  )
  const clone = join(folder, 'warifu')
  let [secret, hook]: [string, Heard | undefined] = ['', undefined]
  const printed: string[] = []
  for (const { language, text } of blocksOf(page)) {
    const [, file] = /^\/\/ ([a-z]+\.mjs)\n/.exec(text) ?? []
    if (language === 'js') {
      assert(file, 'each program says how it is called')
      await writeFile(join(clone, file), text)
      continue
    }
    for (const command of text.trim().split('\n')) {
      if (command.startsWith('git clone')) {
        run(command.replace('REPOSITORY', `file://${root} --quiet --depth 1`), folder)
        run(`cp -al ${join(root, 'node_modules')} node_modules`, clone)
      } else if (command.startsWith('cd ')) assert.equal(command, 'cd warifu')
      else if (command === 'npm start') await begin(command, clone, /Warifu is running/)
      else if (command.includes(' listen ')) {
        secret = (await begin(command, clone, /secret is (whsec_\S+)/)).first[1] ?? ''
      } else if (command.endsWith('hook.mjs'))
        hook = await begin(`env ${command.replace('whsec_…', secret)}`, clone, /listening/)
      else {
        // As the page says before it: the shop's own server has heard of the capture.
        if (command.endsWith('refund.mjs')) await hook?.until(/^verified: payment\.captured pay_/)
        printed.push(run(command, clone).trim())
      }
    }
  }
  const [paid = '', refunded, books] = printed
  assert.match(paid, /^(?:authorized|captured), card ···· [0-9]{4}$/)
  assert.equal(refunded, '200 given back')
  assert.equal(books, '1 agreed\norder_without_payment: A-18')
  await hook?.until(/^verified: payment\.captured pay_/)
  await hook?.until(/^verified: payment\.refunded pay_/)
  const took = performance.now() - began
  t.diagnostic(`the quick start took ${(took / 1000).toFixed(0)} s`)
  assert(took < TEN_MINUTES_MS)
})

/** What `npm run warifu --` runs; npm starts it in the quick start, and for the log below. */
const warifu = (words: string) => run(`node cli/bootstrap.cjs ${words}`, join(folder, 'warifu'))

test('warifu trigger has the real event leave, of an object that is there', async () => {
  for (const type of Object.keys(triggers)) {
    const event = JSON.parse(warifu(`trigger ${type} --json`))
    assert.deepEqual([event.object, event.type], ['event', type])
  }
  const order = '--override amount=2500 --override metadata.order=A-99'
  const { subject } = JSON.parse(warifu(`trigger payment.captured ${order} --json`))
  const shown = JSON.parse(warifu(`pay show ${subject} --json`))
  const { amount_captured: captured, metadata } = shown
  assert.deepEqual([captured, metadata], [2500, { order: 'A-99' }])
  assert.throws(() => warifu('trigger payment.imagined'), { status: 2 })
  assert.throws(() => warifu('trigger payment.created --override amount=many'), { status: 1 })
})

test('warifu logs tail shows what was asked, with no secret in it', async () => {
  const { api_key: key } = JSON.parse(
    await readFile(join(folder, 'warifu', '.warifu', 'sandbox.json'), 'utf8'),
  )
  const log = await begin(
    'npm run --silent warifu -- logs tail --last 5 --json',
    join(folder, 'warifu'),
    /"object":"request"/,
  )
  warifu('pay 1234')
  const [line] = await log.until(/.*1234.*/)
  const entry = JSON.parse(line)
  assert.deepEqual([entry.method, entry.path, entry.status], ['POST', '/v1/payments', 201])
  assert(!line.includes(key))
})
