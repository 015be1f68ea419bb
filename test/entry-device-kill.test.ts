// Goal: whenever the entry device dies, it comes back with a whole key memory, and no key serial
//   number is ever used for two messages.
// Method: the real process on its real file, ended by SIGKILL before, within and after each write
//   and sync of its memory, and from outside at any moment under load. A relay keeps all messages.
import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { suite, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Child } from '@warifu/cli/child'
import { hostOf, keyBlockFor } from '@warifu/devices/entry-host'
import { type DeviceLink, openLink } from '@warifu/sdk/device-link'
import { ownRuntime } from '@warifu/sdk/runtime'
import { type Bench, keyCard, random, saleOf, setUpDevice } from './entry-device.ts'

const moments = ['before', 'within', 'after'] as const
const ids = Array.from({ length: 8 }, (_, at) => `0123456789abcd0${at}`)

const linkTo = ({ port }: Bench): Promise<DeviceLink> =>
  openLink({ kind: 'tcp', host: '127.0.0.1', port }, ownRuntime)

/** One sale after another, until the device is gone. */
async function sellUntilGone(bench: Bench, child: Child): Promise<void> {
  const [link, panel] = [await linkTo(bench), await bench.panel()]
  try {
    while (!child.hasExited()) await Promise.all([link.ask(saleOf(), 5_000), keyCard(panel)])
  } catch (error) {
    await Promise.race([child.exited, sleep(2_000)])
    if (!child.hasExited()) throw error
  } finally {
    await link.close()
    panel.close()
  }
}

async function sellOnce(bench: Bench): Promise<void> {
  const [link, panel] = [await linkTo(bench), await bench.panel()]
  const [answer] = await Promise.all([link.ask(saleOf(), 5_000), keyCard(panel)])
  assert(answer.ok && 'message' in answer, JSON.stringify(answer))
  await link.close()
  panel.close()
}

async function load(bench: Bench, id: string): Promise<string | null> {
  const panel = await bench.panel()
  const block = keyBlockFor({ bdk, kbpk: bench.kbpk }, id)
  const { said } = await panel.loadKey(block)
  panel.close()
  return said
}
const { bdk } = hostOf(random)

const holdsKey = ({ memoryFile, kbpk }: Bench): boolean =>
  readFileSync(memoryFile).includes(Buffer.from(kbpk))

/** No number twice: neither the same message nor another one. */
function assertAllDifferent(bench: Bench, atLeast: number): void {
  const serials = bench.messages().map(({ ksn }) => ksn)
  assert.deepEqual(
    serials.filter((ksn, at) => serials.indexOf(ksn) !== at),
    [],
  )
  assert(serials.length >= atLeast, `only ${serials.length} messages were captured`)
}

suite('killed at every write and sync', () => {
  test('of sales', async () => {
    await using bench = await setUpDevice()
    await bench.start()
    assert.equal(await load(bench, ids[0] ?? ''), 'loaded')
    for (let nth = 1; nth <= 4; nth += 1)
      for (const moment of moments) {
        const child = await bench.start({ killAt: `${nth}:${moment}` })
        await sellUntilGone(bench, child)
        assert.equal(await child.exited, 'was ended by SIGKILL')
      }
    await bench.start()
    await sellOnce(bench)
    // One is sent before the second of two is killed.
    assertAllDifferent(bench, 1 + 2 * 3)
  })

  test('of loading a key: it is there or it is not, and can be had', async () => {
    await using bench = await setUpDevice()
    for (const [at, id] of ids.slice(0, 6).entries()) {
      const killAt = `${1 + (at % 2)}:${moments[Math.floor(at / 2)]}`
      const child = await bench.start({ killAt })
      await assert.rejects(load(bench, id))
      assert.equal(await child.exited, 'was ended by SIGKILL')
      await bench.start()
      assert.match((await load(bench, id)) ?? '', /^(loaded|key_loaded_before)$/)
      await sellOnce(bench)
    }
    assertAllDifferent(bench, 6)
  })

  test('of erasing: once it has begun, no key is left after the next start', async () => {
    for (const killAt of ['1:after', '2:before', '3:within', '4:before', '4:after']) {
      await using bench = await setUpDevice()
      await bench.start()
      await load(bench, ids[0] ?? '')
      const child = await bench.start({ killAt })
      const panel = await bench.panel()
      assert(holdsKey(bench), 'the key is there before')
      await assert.rejects(panel.tamper())
      panel.close()
      assert.equal(await child.exited, 'was ended by SIGKILL')
      await bench.start()
      assert(!holdsKey(bench))
      assert.equal(await load(bench, ids[1] ?? ''), 'tampered')
    }
  })
})

test('killed from outside, at any moment under load', async () => {
  await using bench = await setUpDevice()
  await bench.start()
  await load(bench, ids[0] ?? '')
  for (let times = 0; times < 12; times += 1) {
    const child = await bench.start()
    const selling = sellUntilGone(bench, child)
    await sleep(randomInt(20, 400))
    child.kill('SIGKILL')
    await selling
  }
  await bench.start()
  await sellOnce(bench)
  assertAllDifferent(bench, 10)
})
