// Goal: each thing that can be wrong is told in its own line, with what to do; what is well is
//   never called bad.
// Method: state folders as they may be found; a server that is only a door with a health page, and
//   a port in a stranger's hand. A running sandbox is looked at in by-hand.test.ts.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { clock, examine, node } from './doctor.ts'
import { choosePort } from './ports.ts'

let home = ''
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'warifu-doctor-'))
})
afterEach(() => rm(home, { recursive: true, force: true }))

async function keepPorts() {
  const names = ['api', 'wallet', 'pos', 'server_database', 'vault_database'] as const
  const ports: Record<string, number> = {}
  for (const name of names) ports[name] = await choosePort()
  await writeFile(join(home, 'ports.json'), JSON.stringify(ports))
  return ports
}
const badOnes = async () => (await examine(home)).filter(({ ok }) => !ok)

test('an old Node.js', () => {
  assert.equal(node('20.9.0').ok, false)
  assert.equal(node('24.0.0').ok, true)
})

test('a machine on which nothing was started yet is well', async () => {
  assert.deepEqual(await badOnes(), [])
  await rm(home, { recursive: true })
  assert.deepEqual(await badOnes(), [])
})

test('a folder and a secret that are open to others', async () => {
  await chmod(home, 0o755)
  await mkdir(join(home, 'secrets'))
  await writeFile(join(home, 'secrets', 'server.key'), '', { mode: 0o644 })
  const found = await badOnes()
  assert.deepEqual(
    found.map(({ check }) => check),
    ['folder', 'secrets'],
  )
  assert.match(found[0]?.said ?? '', /chmod 700/)
  assert.match(found[1]?.said ?? '', /chmod 600 .*server\.key/)
})

test('a port in a stranger’s hand, while the sandbox does not run', async () => {
  const ports = await keepPorts()
  assert.deepEqual(await badOnes(), [])
  const stranger = createServer().listen(ports['vault_database'], '127.0.0.1')
  await once(stranger, 'listening')
  const [one] = await badOnes()
  assert.match(one?.said ?? '', new RegExp(`${ports['vault_database']} for vault_database`))
  await new Promise((resolve) => stranger.close(resolve))
})

test('clocks that are apart', () => {
  const nowMs = Date.UTC(2027, 0, 5)
  const told = (ms: number) =>
    new Response(null, { headers: { date: new Date(nowMs + ms).toUTCString() } })
  assert.equal(clock(told(0), nowMs).ok, true)
  assert.match(clock(told(-90_000), nowMs).said, /90 s apart/)
  assert.equal(clock(new Response(null), nowMs).ok, false)
})
