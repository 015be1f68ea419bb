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

const systems = { 'S0.double_sealed': 5, 'S4.entry_device': 4, 'S4.token': 3 }

test('every check holds, and the tables say who could read what', async () => {
  const { code, out, err } = await demo()
  assert.equal(code, 0, err)
  assert.equal(out.trim().split('\n').length, 1)
  const said = Object(JSON.parse(out)).systems
  assert.deepEqual(Object.keys(said), Object.keys(systems))
  for (const id of Object.keys(systems)) {
    const { ok, checks, ms } = Object(said[id])
    assert.equal(ok, true, err)
    assert.ok(checks > 30 && ms > 0, id)
  }
  assert.match(err, /the vault with its master key +the number +everything/)
  const tables = Object.keys(systems).length
  assert.equal(err.match(/ {2}the number {2}/g)?.length, tables, 'nobody but the vault')
})

for (const [id, saboteurs] of Object.entries(systems))
  test(`${id}: sabotaged, no journey pays, each for its own reason`, async () => {
    const { code, out, err } = await demo('--sabotage', id)
    assert.equal(code, 1)
    const { ok, checks } = JSON.parse(out).systems[id]
    assert.equal(ok, false)
    assert.ok(checks > 20)
    assert.equal(err.match(/^ {4}refused: \w+/gm)?.length, saboteurs, err)
    assert.doesNotMatch(err, /FAILED OTHERWISE|PAID/)
  })
