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

/** How many saboteurs each has, and who beside the vault reads a number. */
const systems = {
  'S0.terminal_sealed': { saboteurs: 3, readers: 1 },
  'S0.physical': { saboteurs: 5, readers: 2 },
  'S0.server_sealed': { saboteurs: 3, readers: 0 },
  'S0.double_sealed': { saboteurs: 5, readers: 0 },
  'S0.payment_key': { saboteurs: 3, readers: 0 },
  'S0.activation_number': { saboteurs: 3, readers: 0 },
  S3: { saboteurs: 4, readers: 0 },
  'S4.entry_device': { saboteurs: 4, readers: 0 },
  'S4.token': { saboteurs: 3, readers: 0 },
}

/** What was said of each system: the lines up to the one that sums it up. */
function saidOf(words: string): ReadonlyMap<string, string> {
  const parts = words.split(/^[✓✗] (S[0-9](?:\.\w+)?) .*$/m)
  return new Map(Object.keys(systems).map((id) => [id, parts[parts.indexOf(id) - 1] ?? '']))
}

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
  const readers = Object.values(systems).reduce((sum, each) => sum + 1 + each.readers, 0)
  assert.equal(err.match(/ {2}the number {2}/g)?.length, readers, 'nobody but the vault')
})

test('sabotaged, no journey pays, each for its own reason', async () => {
  const asked = Object.keys(systems).flatMap((id) => ['--sabotage', id])
  const { code, out, err } = await demo(...asked)
  assert.equal(code, 1)
  assert.doesNotMatch(err, /FAILED OTHERWISE|PAID/)
  const found = JSON.parse(out).systems
  const said = saidOf(err)
  for (const [id, { saboteurs }] of Object.entries(systems)) {
    const { ok, checks } = found[id]
    assert.equal(ok, false, id)
    assert.ok(checks > 12, `${id}: ${checks}`)
    assert.equal(said.get(id)?.match(/^ {4}refused: \w+/gm)?.length, saboteurs, err)
  }
})
