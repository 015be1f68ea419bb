// Goal: `warifu device` says what it takes, and what is wrong with what was typed, before it looks
//   for a sandbox; help is on standard output.
// Method: the command as a program, with a state folder that is empty.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

const main = join(import.meta.dirname, 'main.ts')

function device(...words: readonly string[]) {
  const env = { ...process.env, WARIFU_HOME: join(tmpdir(), 'warifu-no-sandbox-here') }
  const args = [main, 'device', ...words]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' })
  return { status, stdout, stderr }
}

test('help', () => {
  const { status, stdout } = device('--help')
  assert.equal(status, 0)
  assert.match(stdout, /^warifu device <act>/)
  assert.equal(device().status, 2)
})

test('what was typed is told apart, exit code 2', () => {
  // biome-ignore format: a table
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['open'],                         /an act is one of status, type, .*; got "open"/],
    [['swipe'],                        /swipe expects a word more/],
    [['tamper', 'now'],                /tamper does not take "now"/],
    [['status', '--pin'],              /status does not take --pin/],
    [['status', '--device', '../x'],   /--device is a name/],
  ]
  for (const [words, sentence] of cases) {
    const { status, stderr } = device(...words)
    assert.match(stderr, sentence)
    assert.equal(status, 2, words.join(' '))
  }
})

test('without a sandbox: a sentence, exit code 1', () => {
  const { status, stderr } = device('status')
  assert.match(stderr, /There is no sandbox in .*: run npm start first/)
  assert.equal(status, 1)
})
