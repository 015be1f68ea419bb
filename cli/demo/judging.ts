/** For the demo's tests: the command itself as a child process, and what it must have said. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { root } from '@warifu/cli/state-folder'

/** How many saboteurs each system has, and how many beside the vault read a number. */
export type Expected = Readonly<
  Record<string, { readonly saboteurs: number; readonly readers: number }>
>

async function demo(...args: string[]) {
  const child = spawn(process.execPath, [join(root, 'cli', 'main.ts'), 'demo', '--json', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const [code, out, err] = await Promise.all([exited, text(child.stdout), text(child.stderr)])
  return { code, out, err }
}

/** Every check holds, and the tables say who could read what. */
export async function judgeHonest(systems: Expected): Promise<void> {
  const { code, out, err } = await demo(...Object.keys(systems))
  assert.equal(code, 0, err)
  assert.equal(out.trim().split('\n').length, 1)
  const said = Object(JSON.parse(out)).systems
  assert.deepEqual(Object.keys(said), Object.keys(systems))
  for (const id of Object.keys(systems)) {
    const { ok, checks, ms } = Object(said[id])
    assert.equal(ok, true, err)
    assert.ok(checks > 25 && ms > 0, id)
  }
  assert.match(err, /the vault with its master key +the number +everything/)
  const readers = Object.values(systems).reduce((sum, each) => sum + 1 + each.readers, 0)
  assert.equal(err.match(/ {2}the number {2}/g)?.length, readers, 'nobody but the vault')
}

/** What was said of each system: the lines up to the one that sums it up. */
function saidOf(systems: Expected, words: string): ReadonlyMap<string, string> {
  const parts = words.split(/^[✓✗] (S[0-9](?:\.\w+)?) .*$/m)
  return new Map(Object.keys(systems).map((id) => [id, parts[parts.indexOf(id) - 1] ?? '']))
}

/** Sabotaged, no journey pays, each for its own reason. */
export async function judgeSabotaged(systems: Expected): Promise<void> {
  const asked = Object.keys(systems).flatMap((id) => ['--sabotage', id])
  const { code, out, err } = await demo(...asked)
  assert.equal(code, 1)
  assert.doesNotMatch(err, /FAILED OTHERWISE|PAID/)
  const found = JSON.parse(out).systems
  const said = saidOf(systems, err)
  for (const [id, { saboteurs }] of Object.entries(systems)) {
    const { ok, checks } = found[id]
    assert.equal(ok, false, id)
    assert.ok(checks > 12, `${id}: ${checks}`)
    assert.equal(said.get(id)?.match(/^ {4}refused: \w+/gm)?.length, saboteurs, err)
  }
}
