// Goal: what is not understood is one sentence that says what was expected, and exit code 2;
// without a sandbox, and with a refusal of the platform, one sentence and exit code 1.
// Method: the commands themselves on an empty state folder; words are caught, not printed.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { TerminalError } from '@warifu/devices/terminal'
import { NoAnswer } from '@warifu/sdk/api-call'
import { Misunderstood, runTelling, wholeNumber } from './arguments.ts'

const home = await mkdtemp(join(tmpdir(), 'warifu-arguments-'))
after(() => rm(home, { recursive: true, force: true }))

async function warifu(...args: string[]) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...args], {
    env: { ...process.env, WARIFU_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const [code, out, err] = await Promise.all([exited, text(child.stdout), text(child.stderr)])
  return { code, out, err }
}

test('bad arguments: one sentence with what was expected, exit code 2', async () => {
  const asked: [string[], RegExp][] = [
    [['pay', 'much'], /expects an amount such as 1200/],
    [['pay', '1200', '--line', 'Tea'], /--line is description:quantity:amount/],
    [['pay', 'show'], /expects the payment's id/],
    [['pay', 'show', 'pay_1'], /id is such as pay_/],
    [['pay', 'capture', `pay_${'0'.repeat(26)}`, 'all'], /The amount is a whole number/],
    [['pay', 'show', 'pay_1', '--manual'], /does not take --manual/],
    [['pay', '1200', '--colour', 'red'], /Unknown option '--colour'/],
    [['wallet', 'fly'], /a step is one of join, apply/],
    [['wallet', 'pay'], /expects a payment link/],
    [['wallet', 'cards', '--income', '5'], /does not take --income/],
    [['wallet', 'cards', 'all'], /takes no further word/],
    [['demo', 'S9'], /a system is one of S0.terminal_sealed/],
    [['demo', '--sabotage', 'S9'], /a system is one of S0.terminal_sealed/],
  ]
  const run = async ([args, expected]: (typeof asked)[number]) => {
    const { code, out, err } = await warifu(...args)
    assert.equal(code, 2, args.join(' '))
    assert.match(err, expected)
    assert.equal(err.trim().split('\n').length, 1)
    assert.equal(out, '')
  }
  for (let i = 0; i < asked.length; i += 4) await Promise.all(asked.slice(i, i + 4).map(run))
})

test('without a sandbox: one sentence with what to do, exit code 1', async () => {
  for (const args of [
    ['pay', 'list'],
    ['wallet', 'cards'],
  ]) {
    const { code, err } = await warifu(...args)
    assert.equal(code, 1)
    assert.match(err, /^warifu: There is no sandbox in .*: run npm start first/)
    assert.equal(err.trim().split('\n').length, 1)
  }
})

test('help is on standard output', async () => {
  for (const command of ['pay', 'wallet', 'demo']) {
    const { code, out, err } = await warifu(command, '--help')
    assert.equal(code, 0)
    assert.match(out, new RegExp(`^warifu ${command} `))
    assert.equal(err, '')
  }
})

test('help is said when asked for; without words too, where words are expected', async (t) => {
  const printed = t.mock.method(console, 'log', () => {})
  const take = async () => 7
  const asks = { command: 'pay', who: 'merchant', help: 'warifu pay …' } as const
  for (const words of [['--help'], ['12', '-h'], ['--bogus', '--help']])
    assert.equal(await runTelling(words, asks, take), 0)
  assert.equal(await runTelling([], asks, take), 2)
  assert.equal(printed.mock.callCount(), 4)
  assert.equal(await runTelling([], { ...asks, isBare: true }, take), 7)
  assert.equal(await runTelling(['12'], asks, take), 7)
  assert.equal(printed.mock.callCount(), 4)
})

test('a whole number is digits only', () => {
  assert.equal(wholeNumber('1200', 'It'), 1200)
  for (const text of ['', '-1', '1.5', '1e3', '0x10', '1 200', '9'.repeat(13)])
    assert.throws(() => wholeNumber(text, 'It'), Misunderstood)
})

test('a refusal is told in words, or as JSON; a fault is not hidden', async (t) => {
  const printed = t.mock.method(console, 'log', () => {})
  const complained = t.mock.method(console, 'error', () => {})
  const told = (args: string[], error: Error) =>
    runTelling(args, { command: 'wallet', who: 'cardholder' }, async () => {
      throw error
    })
  assert.equal(await told([], new TerminalError('link_invalid', 'No link.')), 1)
  assert.match(String(complained.mock.calls[0]?.arguments[0]), /No link\. \(link_invalid\)/)
  assert.equal(await told(['--json'], new NoAnswer('answer_unreadable', 'Strange.')), 1)
  assert.deepEqual(JSON.parse(String(printed.mock.calls[0]?.arguments[0])), {
    error: { code: 'answer_unreadable', message: 'Strange.' },
  })
  await assert.rejects(told([], new RangeError('a bug')), RangeError)
})
