// Goal: the vault's process starts, answers, ends and starts again as an operator expects, and says
// what is wrong in one sentence.
// Method: `node vault/main.ts` itself, on a real PostgreSQL, over its socket.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { readConfig } from './config.ts'
import { createFrameReader, encodeFrame } from './framing.ts'
import { createDatabase, type Database } from './rehearsal.ts'

let folder: string
let database: Database
let env: Record<string, string>
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warifu-vault-'))
  const adminUrl = process.env['WARIFU_TEST_VAULT_ADMIN_URL']
  database = await createDatabase({ adminUrl, name: 'main' })
  await writeFile(join(folder, 'passphrase'), 'correct horse battery staple\n', { mode: 0o600 })
  env = {
    VAULT_DATABASE_URL: database.url('vault_app'),
    VAULT_SOCKET: join(folder, 'run', 'vault.sock'),
    VAULT_MASTER_KEY_FILE: join(folder, 'master.key'),
    VAULT_PASSPHRASE_FILE: join(folder, 'passphrase'),
    WALLET_ORIGIN: 'http://wallet.localhost:4010',
  }
})
after(async () => {
  await database.drop()
  await rm(folder, { recursive: true })
})

type Run = { readonly child: ChildProcess; readonly out: () => string; readonly err: () => string }
function run(own: Record<string, string> = {}): Run {
  const main = join(import.meta.dirname, 'main.ts')
  const child = spawn(process.execPath, [main], { env: { ...env, ...own } })
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  return { child, out: () => out, err: () => err }
}

async function ready(process: Run): Promise<Run> {
  while (!process.out().includes('"event":"ready"')) {
    assert.equal(process.child.exitCode, null, process.err())
    await Promise.race([
      once(process.child.stdout ?? process.child, 'data'),
      once(process.child, 'exit'),
    ])
  }
  return process
}

async function end({ child }: Run): Promise<number | null> {
  child.kill('SIGTERM')
  const [code] = child.exitCode === null ? await once(child, 'exit') : [child.exitCode]
  return code
}

const say = (operation: string, input: object): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const take = createFrameReader()
    const socket = connect(env['VAULT_SOCKET'] ?? '')
    socket.on('error', reject)
    socket.on('data', (chunk) => {
      for (const body of take(chunk)) {
        socket.end()
        resolve(JSON.parse(Buffer.from(body).toString('utf8')))
      }
    })
    socket.write(encodeFrame([{ id: 1, operation, input }]))
  })

test('it starts, answers, ends with 0, and gives the same answer in its next life', async () => {
  const code = {
    verification: 'ver_0DGX9T4K2R7Q0M3V5C8Z1B4F0K',
    tries: 3,
    expires_at: '2099-01-05T00:00:00.000Z',
  }
  const card = {
    card: 'crd_0DGX9T4K2R7Q0M3V5C8Z1B4F0K',
    cardholder: 'chl_0DGX9T4K2R7Q0M3V5C8Z1B4F0K',
    bin: '999123',
    expires: '2031-01',
  }
  const first = await ready(run())
  const answers = [await say('make_code', code), await say('make_card', card)]
  assert.match(JSON.stringify(answers), /"code":"[0-9]{6}".*"last4":"[0-9]{4}"/)
  first.child.kill('SIGUSR1')
  assert.deepEqual(await say('make_code', code), answers[0])
  assert.equal(first.err(), '', 'no debugger was switched on')
  if (process.platform === 'linux')
    assert.match(await readFile(`/proc/${first.child.pid}/coredump_filter`, 'utf8'), /^0+$/m)
  assert.equal(await end(first), 0)
  const second = await ready(run())
  assert.deepEqual([await say('make_code', code), await say('make_card', card)], answers)
  assert.equal(await end(second), 0)
  const said = first.out() + second.out()
  assert.match(said, /"operation":"make_card","calls":1/)
  for (const secret of [/"code"/, /"code":"[0-9]{6}"/, /"bin"/, /correct horse/, /ver_0DGX/])
    assert.doesNotMatch(said, secret)
})

test('one sentence and exit 1 for what an operator can do wrong', async () => {
  const other = join(folder, 'other')
  await writeFile(other, 'another passphrase', { mode: 0o600 })
  const open = join(folder, 'open')
  await writeFile(open, 'correct horse battery staple', { mode: 0o644 })
  const short = join(folder, 'short')
  await writeFile(short, 'short', { mode: 0o600 })
  const cases: readonly (readonly [Record<string, string>, RegExp])[] = [
    [{ VAULT_PASSPHRASE_FILE: other }, /^The passphrase does not open the vault’s master key/],
    [{ VAULT_PASSPHRASE_FILE: open }, /^The passphrase file .* can be read by others/],
    [{ VAULT_PASSPHRASE_FILE: short }, /^The passphrase has fewer than 12 characters/],
    [{ VAULT_PASSPHRASE_FILE: join(folder, 'none') }, /^A file of the vault cannot be read/],
    [{ VAULT_MASTER_KEY_FILE: join(folder, 'gone') }, /^The master key file .* is missing/],
    [{ WALLET_ORIGIN: 'http://wallet.localhost:4010/' }, /^WALLET_ORIGIN is an origin/],
    [{ VAULT_LISTEN: '127.0.0.1:1' }, /^Set either VAULT_SOCKET or VAULT_LISTEN/],
    [{ LOG_LEVEL: 'loud' }, /^LOG_LEVEL is one of/],
  ]
  for (const [own, sentence] of cases) {
    const process = run(own)
    const [code] = await once(process.child, 'exit')
    assert.equal(code, 1)
    assert.match(process.err(), sentence)
    assert.equal(process.err().trimEnd().split('\n').length, 1)
  }
})

test('settings: what is read, and what is refused', () => {
  assert.deepEqual(readConfig(env).wallet, {
    origin: 'http://wallet.localhost:4010',
    rpId: 'wallet.localhost',
  })
  const { VAULT_SOCKET: _, ...bare } = env
  const tls = { VAULT_TLS_CERT: 'c', VAULT_TLS_KEY: 'k', VAULT_TLS_CA: 'a' }
  const { endpoint } = readConfig({ ...bare, ...tls, VAULT_LISTEN: '127.0.0.1:7443' })
  assert.equal(endpoint.kind === 'tls' && endpoint.port, 7443)
  const without = (name: string) => () => readConfig({ ...env, [name]: '' })
  for (const name of ['VAULT_DATABASE_URL', 'VAULT_MASTER_KEY_FILE', 'WALLET_ORIGIN'])
    assert.throws(without(name), { message: `${name} is not set.` })
  assert.throws(() => readConfig({ ...bare, VAULT_LISTEN: '127.0.0.1:7443' }), /VAULT_TLS_CERT/)
  assert.throws(() => readConfig({ ...bare, ...tls, VAULT_LISTEN: 'here' }), /HOST:PORT/)
  assert.throws(() => readConfig({ ...env, VAULT_NAME: 'A' }), /VAULT_NAME/)
  assert.throws(() => readConfig({ ...env, WALLET_ORIGIN: 'ftp://a' }), /an origin/)
})
