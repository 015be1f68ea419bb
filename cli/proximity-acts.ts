/** What `warifu device proximity` does, act by act; each answers with its exit code. */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { carriers } from '@warifu/protocol/device-objects'
import { listenForBeacons } from '@warifu/sdk/beacon-listener'
import { Misunderstood } from './arguments.ts'
import { saidReady, startChild, untilReady } from './child.ts'
import { type At, operatorOf } from './device-acts.ts'
import { codeOfSignal, listenForEnding } from './ending.ts'
import { createKeeper } from './keeper.ts'
import { readPorts } from './ports.ts'
import { proximityProgram } from './programs.ts'
import { airOf } from './proximity-air.ts'
import {
  findProximityDevice,
  labelOf,
  listProximityDevices,
  makeDeviceOf,
  type ProximityDevice,
  proximityFolder,
} from './proximity-devices.ts'
import { Sorry } from './sorry.ts'
import { sandboxFileOf } from './state-folder.ts'

/** The usual name of a sandbox's first one. */
const FIRST = 'car'

const portOf = async ({ home }: At) =>
  readPorts(await readFile(join(home, 'ports.json'), 'utf8')).proximity

const found = async ({ home }: At, name: string): Promise<ProximityDevice> => {
  const device = await findProximityDevice(home, name)
  if (device !== undefined) return device
  throw new Sorry(`There is no proximity device ${name}: warifu device proximity make ${name}.`)
}

type Act = (at: At, words: readonly string[]) => Promise<number>

const acts: Readonly<Record<string, Act>> = {
  list: async (at) => {
    const names = await listProximityDevices(at.home)
    at.tell({ names }, names.length === 0 ? 'None yet.' : names.join('\n'))
    return 0
  },
  make: async (at, [name = FIRST, kind = 'obd_plug']) => {
    const carrier = carriers.find((one) => one === kind)
    if (carrier === undefined)
      throw new Misunderstood(`a carrier is one of ${carriers.join(', ')}.`)
    if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(name))
      throw new Misunderstood('a name is small letters, digits and hyphens.')
    const { home } = at
    if ((await findProximityDevice(home, name)) !== undefined)
      throw new Sorry(`There is a proximity device ${name} already.`)
    const made = await makeDeviceOf({ home, name, carrier, operator: await operatorOf(at) })
    at.tell({ name, device: made.device, carrier }, `Made ${name} (${carrier}): ${made.device}`)
    return 0
  },
  label: async (at, [name = FIRST]) => {
    const label = labelOf(await found(at, name))
    at.tell({ label }, label)
    return 0
  },
  run: async (at, [name = FIRST]) => {
    const device = await found(at, name)
    const { asked } = listenForEnding()
    const keeper = createKeeper()
    const port = await portOf(at)
    const { walletOrigin } = at
    const sandboxFile = sandboxFileOf(at.home)
    const settings = { memoryFile: device.memoryFile, linkPort: port, walletOrigin, sandboxFile }
    const program = await proximityProgram({ ...settings, air: airOf(port) })
    const log = join(proximityFolder(at.home), name, 'device.log')
    const child = await startChild(program, log, keeper)
    await untilReady(child, saidReady(child))
    at.tell({ name, port }, `${name} broadcasts, and answers at ws://127.0.0.1:${port}. Ctrl-C.`)
    const signal = await Promise.race([asked, child.exited.then(() => undefined)])
    await child.stop()
    keeper.close()
    return signal === undefined ? 1 : codeOfSignal(signal)
  },
  hear: async (at) => {
    const port = await portOf(at)
    const [, group = ''] = airOf(port).split(':')
    const ear = await listenForBeacons({ air: { kind: 'udp', group, port } })
    await sleep(1_500)
    const codes = ear.nearby().map(({ code }) => code)
    await ear.close()
    at.tell({ codes }, codes.length === 0 ? 'Nothing is near.' : codes.join('\n'))
    return codes.length === 0 ? 1 : 0
  },
}

export async function proximity(at: At, [verb = '', ...words]: readonly string[]): Promise<number> {
  const act = Object.hasOwn(acts, verb) ? acts[verb] : undefined
  if (act === undefined)
    throw new Misunderstood(`proximity: an act is one of ${Object.keys(acts).join(', ')}.`)
  return await act(at, words)
}
