// Goal: the demo passes with the real processes, prints one JSON object, and cannot pass sabotaged.
// Method: the command itself as a child process, honest and with every saboteur.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'

async function demo(...args: string[]) {
  const main = join(import.meta.dirname, 'main.ts')
  const child = spawn(process.execPath, [main, 'demo', '--json', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const [code, out, err] = await Promise.all([exited, text(child.stdout), text(child.stderr)])
  return { code, out, err }
}

test('S0.double_sealed: every check holds, and the table says who could read what', async () => {
  const { code, out, err } = await demo()
  assert.equal(code, 0, err)
  const said: unknown = JSON.parse(out)
  assert.equal(out.trim().split('\n').length, 1)
  assert.ok(typeof said === 'object' && said !== null && 'systems' in said)
  const { systems } = said
  assert.ok(typeof systems === 'object' && systems !== null && 'S0.double_sealed' in systems)
  const { ok, checks, ms } = Object(systems['S0.double_sealed'])
  assert.equal(ok, true, err)
  assert.ok(checks > 40 && ms > 0)
  assert.match(err, /the vault with its master key +the number +everything/)
  assert.equal(err.match(/ {2}the number {2}/g)?.length, 1, 'nobody but the vault')
})

test('sabotaged, no journey pays, each for its own reason', async () => {
  const { code, out, err } = await demo('--sabotage', 'S0.double_sealed')
  assert.equal(code, 1)
  const { ok, checks } = JSON.parse(out).systems['S0.double_sealed']
  assert.equal(ok, false)
  assert.ok(checks > 20)
  assert.equal(err.match(/^ {4}refused: \w+/gm)?.length, 5, err)
  assert.doesNotMatch(err, /FAILED OTHERWISE|PAID/)
})
