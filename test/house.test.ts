// Goal: a house stands, two servers on one vault; its processes can be killed and come back with
//   their data; its relays see what crosses; nothing is left when it is stopped.
// Method: real processes on copies of the template databases.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { test } from 'node:test'
import { startHouse } from './house.ts'

const answers = async (url: string): Promise<boolean> =>
  await fetch(`${url}/`).then(
    async (response) => (await response.arrayBuffer()).byteLength >= 0,
    () => false,
  )

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('two servers and a vault start, die, come back and go', async () => {
  const house = await startHouse({ servers: 2, relays: ['client', 'database', 'vault'] })
  const pids = (['vault', 'server', 'server-2'] as const).map(house.pid)
  try {
    for (const url of house.urls) assert(await answers(url))
    assert.match(house.relay('client').captured('up').toString(), /^GET \/ HTTP\/1.1/)
    assert(house.relay('database').connections() > 0)
    assert.throws(() => house.relay('client-2'), /started without: client-2/)
    await house.kill('server')
    assert.equal(await answers(house.url), false)
    assert.equal(await answers(house.urls[1] ?? ''), true)
    await house.restart('server')
    assert.equal(await answers(house.url), true)
    await house.kill('vault')
    await house.restart('vault')
    assert.equal((await house.logs('vault')).match(/"event":"ready"/g)?.length, 2)
    assert.notEqual(house.pid('vault'), pids[0])
    pids.push(house.pid('vault'), house.pid('server'))
  } finally {
    await house.stop()
  }
  assert.deepEqual(pids.filter(isAlive), [])
  assert.equal(existsSync(house.folder), false)
})
