/** For the demo's tests: the command itself as a child process, and what must have been said. */

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { DemoOptions } from '@warifu/cli/demo'
import { root } from '@warifu/cli/state-folder'
import { languages } from '@warifu/protocol/language'
import type { Expected } from './expected.ts'
import { pictureName } from './picture.ts'
import { systems as all } from './systems.ts'

const PICTURES = join(root, 'docs', 'pictures')
const documented = all.flatMap(({ id, drawn }) => (drawn === undefined ? [] : [id]))

/** The hops that a picture draws, in order: who to whom, and what. */
export const drawnHops = (svg: string): string[] =>
  [...svg.matchAll(/data-route="([^"]+)"[^>]*>\s*<title>([^<]*)</g)].map(
    ([, route = '', what = '']) => `${route.replace('&#62;', ' → ')}: ${what}`,
  )

/** The docs show what a run does: the same hops, in the same order. */
async function judgePictures(folder: string, systems: Expected): Promise<void> {
  const drawn = Object.keys(systems).filter((id) => documented.includes(id))
  const names = drawn.flatMap((id) =>
    languages.flatMap((language) =>
      (['light', 'dark'] as const).map((shade) => pictureName(id, shade, language)),
    ),
  )
  for (const name of names) {
    const read = async (place: string) => drawnHops(await readFile(join(place, name), 'utf8'))
    const hops = await read(folder)
    assert.ok(hops.length > 2, name)
    assert.deepEqual(
      await read(PICTURES),
      hops,
      `${name}: npm run demo -- --pictures docs/pictures`,
    )
  }
}

type Asked = Pick<DemoOptions, 'only' | 'sabotage' | 'pictures'>
type Said = { readonly systems: unknown; readonly ok: boolean; readonly words: string }

/** `warifu demo --json`: one object on its output, words beside it, and an exit code. */
async function demo({ only, sabotage, pictures }: Asked): Promise<Said> {
  const spoilt = sabotage.flatMap((id) => ['--sabotage', id])
  const drawn = pictures === undefined ? [] : ['--pictures', pictures]
  const over = ['--workers', '2', '--vaults', '2']
  const args = [
    join(root, 'cli', 'main.ts'),
    'demo',
    '--json',
    ...over,
    ...only,
    ...spoilt,
    ...drawn,
  ]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const [code, out, words] = await Promise.all([exited, text(child.stdout), text(child.stderr)])
  assert(code === 0 || code === 1, words)
  assert.equal(out.trim().split('\n').length, 1)
  return { systems: Object(JSON.parse(out)).systems, ok: code === 0, words }
}

/** Every check holds, and the tables say who could read what. */
export async function judgeHonest(systems: Expected): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'warifu-pictures-'))
  const only = Object.keys(systems)
  const { ok: isWell, systems: found, words } = await demo({ only, sabotage: [], pictures: folder })
  assert(isWell, words)
  const said = Object(found)
  assert.deepEqual(Object.keys(said), only)
  for (const id of only) {
    const { ok, checks, ms } = Object(said[id])
    assert.equal(ok, true, words)
    assert.ok(checks > 25 && ms > 0, id)
  }
  await judgePictures(folder, systems)
  await rm(folder, { recursive: true })
  assert.match(words, /the vault with its master key +the number +everything/)
  const readers = Object.values(systems).reduce((sum, each) => sum + 1 + each.readers, 0)
  assert.equal(words.match(/ {2}the number {2}/g)?.length, readers, 'nobody but the vault')
}

/** What was said of each system: the lines up to the one that sums it up. */
function saidOf(systems: Expected, words: string): ReadonlyMap<string, string> {
  const parts = words.split(/^[✓✗] (S[0-9](?:\.\w+)?) .*$/m)
  return new Map(Object.keys(systems).map((id) => [id, parts[parts.indexOf(id) - 1] ?? '']))
}

/** Sabotaged, no journey pays, each for its own reason. */
export async function judgeSabotaged(systems: Expected): Promise<void> {
  const sabotage = Object.keys(systems)
  const { ok: isWell, systems: found, words } = await demo({ only: [], sabotage })
  assert.equal(isWell, false)
  assert.doesNotMatch(words, /FAILED OTHERWISE|PAID/)
  const said = saidOf(systems, words)
  for (const [id, { saboteurs }] of Object.entries(systems)) {
    const { ok, checks } = Object(found)[id]
    assert.equal(ok, false, id)
    assert.ok(checks > 12, `${id}: ${checks}`)
    assert.equal(said.get(id)?.match(/^ {4}refused: \w+/gm)?.length, saboteurs, words)
  }
}
