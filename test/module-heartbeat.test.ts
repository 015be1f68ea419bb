// Goal: the platform sees a device while a till sees it, with the state that it says it is in, and
//   no longer when it is off.
// Method: a till's module that does nothing but beat; a real device, opened, then switched off.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Reply } from '@warifu/protocol/contract'
import { isId } from '@warifu/protocol/ids'
import { callApi } from '@warifu/sdk/api-call'
import { openCommunicationModule } from '@warifu/sdk/communication-module'
import { headersOf, setUpCounter } from './counter.ts'
import { startHouse } from './house.ts'

type Seen = Reply<'getEntryDevice'>

test('online and ready, tampered, offline', async () => {
  await using stack = new AsyncDisposableStack()
  const house = stack.use(await startHouse())
  const { bench } = await setUpCounter(house)
  stack.use(bench)
  const folder = await mkdtemp(join(tmpdir(), 'warifu-beat-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const { api_key: apiKey, merchant } = house.seed
  assert(isId('mer', merchant))
  const places = [{ kind: 'tcp', host: '127.0.0.1', port: bench.port }] as const
  const till = await openCommunicationModule({
    apiKey,
    apiUrl: house.url,
    merchant,
    folder,
    places,
  })
  stack.defer(() => till.close())

  const until = async (isSo: (seen: Seen) => boolean): Promise<Seen> => {
    for (let patience = 300; ; patience -= 1) {
      const input = { params: { id: bench.device }, headers: headersOf(house, 'look') }
      const seen = await callApi({ fetch, apiUrl: house.url }, 'getEntryDevice', input)
      if (isSo(seen)) return seen
      assert(patience > 0, JSON.stringify(seen))
      await sleep(100)
    }
  }
  await until(({ online, reported }) => online && reported === 'ready')
  const panel = await bench.panel()
  await panel.tamper()
  panel.close()
  const { alarms } = await until(({ reported }) => reported === 'tampered')
  assert(alarms.some(({ kind }) => kind === 'tamper'))
  const off = await bench.start()
  await off.stop()
  await until(({ online }) => !online)
})
