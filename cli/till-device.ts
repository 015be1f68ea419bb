/**
 * The entry device that a sandbox runs for its merchant: made at the first start, its keys loaded,
 * and kept running until the sandbox stops.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openPanel } from '@warifu/devices/entry-device'
import { type Child, saidReady, startChild, untilReady } from './child.ts'
import {
  type EntryDevice,
  FIRST_DEVICE,
  findEntryDevice,
  makeEntryDevice,
  programOf,
} from './entry-devices.ts'
import { createKeeper } from './keeper.ts'
import type { Sandbox } from './sandbox.ts'

export type TillDevice = {
  readonly device: EntryDevice
  readonly child: Child
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

type At = Pick<Sandbox, 'home' | 'url' | 'seed' | 'operator' | 'logs' | 'ports'>

export async function startTillDevice(at: At): Promise<TillDevice> {
  const { home, url, seed, operator, logs, ports } = at
  const { api_key: apiKey, merchant } = seed
  // Where the till looks for it (cli/sandbox.ts).
  const port = ports.entry_device
  const place = { api: { fetch, apiUrl: url }, apiKey, merchant, operator, port }
  // What `warifu device` needs for an operator's act, beside the sandbox's other secrets.
  const file = join(home, 'secrets', 'operator.json')
  await writeFile(file, JSON.stringify(operator), { mode: 0o600 })
  const known = await findEntryDevice(home, FIRST_DEVICE)
  const isOurs = known?.merchant === merchant && known.port === port
  const device = isOurs ? known : await makeEntryDevice(home, FIRST_DEVICE, place)
  const keeper = createKeeper()
  const log = join(logs, `device-${device.name}.log`)
  const child = await startChild(await programOf(device), log, keeper)
  await untilReady(child, saidReady(child))
  await loadKeys(device)
  return {
    device,
    child,
    [Symbol.asyncDispose]: async () => {
      await child.stop()
      keeper.close()
    },
  }
}

/** Brings the key block to the device, where it has none yet. What it said, or null. */
export async function loadKeys({ panel_port, key_block }: EntryDevice): Promise<string | null> {
  const panel = await openPanel(panel_port)
  try {
    const { state } = await panel.look()
    return state === 'no_keys' ? (await panel.loadKey(key_block)).said : null
  } finally {
    panel.close()
  }
}
