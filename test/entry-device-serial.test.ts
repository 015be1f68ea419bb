// Goal: over a serial line the device does what it does over TCP, also when a till was stopped in
//   the middle of a frame and left what was for it in the line.
// Method: a pseudo-terminal pair (socat) between the real process and our link; frames cut by hand.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { appendFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { keyBlockFor } from '@warifu/devices/entry-host'
import { openLink } from '@warifu/sdk/device-link'
import { frameOf } from '@warifu/sdk/link-frames'
import { ownRuntime } from '@warifu/sdk/runtime'
import { keyCard, random, saleOf, setUpDevice } from './entry-device.ts'
import { testWith } from './needs.ts'

/** Two ends of one line. */
async function layLine(folder: string) {
  const [till, device] = [join(folder, 'till'), join(folder, 'device')]
  const ends = [till, device].map((path) => `pty,raw,echo=0,link=${path}`)
  const socat: ChildProcess = spawn('socat', ends, { stdio: 'ignore' })
  while (!existsSync(till) || !existsSync(device)) await sleep(10)
  return { till, device, cut: () => socat.kill('SIGKILL') }
}

testWith(['socat'], 'a sale over a serial line, and one after half a frame', async () => {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'warifu-serial-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const line = await layLine(folder)
  stack.defer(() => void line.cut())
  const bench = stack.use(await setUpDevice({ serial: line.device }))
  await bench.start()
  const panel = await bench.panel()
  const { kbpk } = bench
  await panel.loadKey(keyBlockFor({ bdk: random(32), kbpk }, '0123456789abcdef'))

  const place = { kind: 'serial', path: line.till } as const
  const first = await openLink(place, ownRuntime)
  const [sold] = await Promise.all([first.ask(saleOf(), 20_000), keyCard(panel)])
  assert(sold.ok && 'message' in sold)
  assert.equal(sold.message.ksn.slice(16), '00000001')
  await first.close()

  // A till that was stopped: half a request, and an answer that nobody reads.
  await appendFile(line.till, frameOf({ id: 1, command: 'status' }))
  await appendFile(line.till, frameOf({ id: 2, command: 'status' }).subarray(0, 9))
  await sleep(1_500)
  const second = await openLink(place, ownRuntime)
  const hello = await second.ask({ command: 'hello' }, 5_000)
  assert(hello.ok && 'status' in hello)
  assert.equal(hello.status.ksn_next?.slice(16), '00000002')
  const [again] = await Promise.all([second.ask(saleOf(), 20_000), keyCard(panel)])
  assert(again.ok && 'message' in again)
  assert.equal(again.message.ksn.slice(16), '00000002')
  await second.close()
  panel.close()
})
