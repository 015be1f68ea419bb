// Goal: a person can do the whole journey step by step with `warifu wallet` and `warifu pay`.
// Method: a sandbox in a temporary folder; every step is the command itself, with --json.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import { type Sandbox, startSandbox } from './sandbox.ts'

const home = await mkdtemp(join(tmpdir(), 'warifu-by-hand-'))
let sandbox: Sandbox
before(async () => {
  sandbox = await startSandbox({ home })
  // As `warifu start` does for whoever acts by hand.
  const operator = join(home, 'secrets', 'operator.json')
  await writeFile(operator, JSON.stringify(sandbox.operator), { mode: 0o600 })
})
after(async () => {
  await sandbox.stop()
  await rm(home, { recursive: true, force: true })
})

const warifu = (...args: string[]) => warifuWith({}, args)

async function warifuWith(more: Readonly<Record<string, string>>, args: readonly string[]) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...args], {
    env: { ...process.env, WARIFU_HOME: home, ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const [code, out, err] = await Promise.all([exited, text(child.stdout), text(child.stderr)])
  return { code, out, err }
}

/** A step that must work; its answer. */
async function done(...args: string[]) {
  const { code, out, err } = await warifu(...args, '--json')
  assert.equal(code, 0, `${args.join(' ')}: ${out}${err}`)
  return JSON.parse(out)
}

/** A step that must be refused; the code. */
async function refused(...args: string[]): Promise<string> {
  const { code, out, err } = await warifu(...args, '--json')
  assert.equal(code, 1, `${args.join(' ')}: ${out}${err}`)
  const said = JSON.parse(out)
  return said.error?.code ?? said.declined_because
}

async function codeSent(): Promise<string> {
  const { data } = await (await fetch(`${sandbox.url}/v1/test/inbox`)).json()
  return /\b[0-9]{6}\b/.exec(data[0].text)?.[0] ?? ''
}

test('the doctor finds a running sandbox well', async () => {
  const { ok, checks } = await done('doctor')
  assert.equal(ok, true, JSON.stringify(checks))
  const names = checks.map(({ check }: { check: string }) => check)
  for (const name of ['server', 'server database', 'vault database', 'vault', 'clock'])
    assert(names.includes(name), name)
})

test('the vault’s keys are listed; entry devices get another base key', async () => {
  const { keys, counts } = await done('keys', 'list')
  const names = keys.map(({ name }: { name: string }) => name)
  assert.deepEqual(names.slice(0, 2), ['root.1', 'card.1'])
  assert(Array.isArray(counts))
  const { kid } = await done('keys', 'rotate', 'base')
  const { out } = await warifu('keys', 'list')
  assert.match(out, new RegExp(`${kid} .* active .* initial keys of entry devices`))
  assert.equal((await warifu('keys', 'rotate', 'root')).code, 2)
  assert.match((await warifu('keys', 'show')).err, /an act is list, or rotate base, card/)
  const ownerless = await warifu('keys', 'rotate', 'card')
  assert.equal(ownerless.code, 2)
  assert.match(ownerless.err, /VAULT_DATABASE_OWNER_URL is expected/)
})

test('join, apply, install, pay, capture, refund, freeze: by hand', async () => {
  assert.equal((await done('wallet', 'join', '--name', 'Aiko')).status, 'active')
  const file = join(home, 'wallets', 'aiko.json')
  assert.equal((await stat(file)).mode & 0o777, 0o600)
  assert.match((await warifu('wallet', 'join', '--name', 'Aiko')).err, /a wallet in .* already/)

  await done('wallet', 'apply')
  const right = await codeSent()
  const wrong = right === '000000' ? '000001' : '000000'
  assert.equal(await refused('wallet', 'code', wrong), 'code_wrong')
  assert.match((await done('wallet', 'code')).inbox, /\/v1\/test\/inbox$/)
  assert.equal((await done('wallet', 'code', right)).status, 'approved')
  const card = await done('wallet', 'install')
  assert.equal(card.status, 'active')

  const asked = ['pay', '1200', '--line', 'Blend coffee:2:600', '--manual']
  const payment = await done(...asked)
  assert.equal((await done('wallet', 'show', payment.link)).content.amount, 1200)
  assert.equal((await done('wallet', 'pay', payment.link, '--yes')).status, 'authorized')
  assert.equal((await done('pay', 'capture', payment.id, '1000')).amount_captured, 1000)
  assert.equal((await done('pay', 'refund', payment.id, '400')).amount, 400)
  assert.equal(await refused('pay', 'refund', payment.id, '601'), 'amount_above_captured')
  const seen = await done('pay', 'show', payment.id)
  assert.equal(seen.amount_refunded, 400)
  assert.equal(seen.card.last4, card.last4)
  assert.ok((await done('pay', 'timeline', payment.id)).length >= 4)
  const cards = await done('wallet', 'cards')
  assert.equal(cards[0].credit_limit - cards[0].available, 600)

  assert.equal((await done('wallet', 'freeze')).status, 'suspended')
  const { link } = await done('pay', '300')
  assert.equal(await refused('wallet', 'pay', link, '--yes'), 'card_not_active')
  assert.equal((await done('wallet', 'unfreeze')).status, 'active')
  const other = await done('pay', '300')
  assert.equal((await done('wallet', 'deny', other.link)).status, 'declined')
  const small = await done('pay', '300')
  const small_paid = await done('wallet', 'pay', small.link, '--yes', '--without-passkey')
  assert.equal(small_paid.status, 'authorized')
  assert.equal((await done('pay', 'list')).length, 4)
  assert.ok((await done('wallet', 'notices')).length > 0)
  assert.match((await warifu('wallet', 'retry')).err, /has had its answer/)
})

test('in words, too', async () => {
  const { out } = await warifu('pay', '900', '--line', 'Tea: green:1:900')
  const [id = '', link = ''] = out.trim().split('\n')
  assert.match(id, /^pay_/)
  assert.match(link, /^http:\/\/wallet\.localhost:[0-9]+\/pay#/)
  assert.match((await warifu('wallet', 'show', link)).out, /1 × Tea: green {2}¥900/)
  const paid = await warifu('wallet', 'pay', link)
  assert.equal(paid.code, 2)
  assert.match(paid.err, /expects --yes where nobody can be asked/)
  assert.match((await warifu('wallet', 'pay', link, '--yes')).out, /Paid ¥900\./)
  assert.match((await warifu('pay', 'timeline', id)).out, /terminal → server/)
})

test('an order file is compared, and what does not agree leaves as CSV', async () => {
  const [file, out] = [join(home, 'orders.csv'), join(home, 'differences.csv')]
  await writeFile(file, 'order,amount,currency\nA-1,12x,jpy\n')
  const year = ['--from', '2020-01-01', '--to', '2020-02-01']
  assert.equal(await refused('reconcile', file, ...year), 'field_invalid')
  assert.match((await warifu('reconcile', file, ...year)).err, /line 2, amount/)
  await writeFile(file, 'order,amount,currency\nA-1,1200,jpy\n')
  assert.ok(Array.isArray((await done('settlements', '--limit', '3')).settlements))
  assert.equal((await warifu('settlements', '--limit', '0')).code, 2)
  const { reconciliation, by_kind } = await done('reconcile', file, ...year, '--out', out)
  assert.deepEqual(by_kind, { order_without_payment: 1 })
  const [, row = ''] = (await readFile(out, 'utf8')).split('\r\n')
  assert.match(row, /,order_without_payment,open,A-1,2,jpy,1200,0,/)
  const again = await done('reconcile', file, ...year, '--again')
  assert.equal(again.reconciliation.id, reconciliation.id)
  assert.equal((await warifu('reconcile', file)).code, 2)
})

test('the key over cardholders’ keys gives way to the next one; cards of before pay', async () => {
  const rotate = async () => {
    const owner = { VAULT_DATABASE_OWNER_URL: sandbox.vaultDatabase.ownerUrl }
    return await warifuWith(owner, ['keys', 'rotate', 'card'])
  }
  assert.match((await rotate()).out, /^card\.2 .* is made and not used yet/)
  const early = await rotate()
  assert.equal(early.code, 1)
  assert.match(early.err, /card\.2 is not held everywhere/)
  await sandbox.stop()
  sandbox = await startSandbox({ home })
  assert.match((await rotate()).out, /^card\.2 .* is used\. [0-9]+ keys were wrapped anew/)
  const { out } = await warifu('keys', 'list')
  assert.match(out, /card\.1 .* destroyed /)
  const { link } = await done('pay', '700')
  assert.equal((await done('wallet', 'pay', link, '--yes')).status, 'authorized')
})
