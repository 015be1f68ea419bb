/** Proximity devices for a journey: real processes on real files, and an air of their own. */

import { type Child, saidReady, startChild, untilReady } from '@warifu/cli/child'
import { createKeeper } from '@warifu/cli/keeper'
import { choosePort } from '@warifu/cli/ports'
import { proximityProgram } from '@warifu/cli/programs'
import { airOf } from '@warifu/cli/proximity-air'
import { makeDeviceOf, openLinkTo, type ProximityDevice } from '@warifu/cli/proximity-devices'
import { sandboxFileOf } from '@warifu/cli/state-folder'
import type { ChipLink } from '@warifu/devices/terminal'
import type { Carrier } from '@warifu/protocol/device-objects'
import { type BeaconListener, listenForBeacons, type Nearby } from '@warifu/sdk/beacon-listener'
import type { House } from './house.ts'

export type Beacon = ProximityDevice & {
  readonly port: number
  readonly stop: () => Promise<void>
  /** Starts it anew; `clockMs`: by so much its clock is wrong. */
  readonly start: (options?: { readonly clockMs?: number }) => Promise<void>
  readonly link: () => Promise<ChipLink>
}

export type AirOf = {
  readonly make: (name: string, carrier?: Carrier) => Promise<Beacon>
  /** A till's ear. */
  readonly ear: () => Promise<BeaconListener>
  /** The code that is heard now and was not before. */
  readonly hearNew: (known?: readonly string[]) => Promise<string>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

/** Loaded before a process's own code: its clock. */
const clockOf = (byMs: number): string =>
  `data:text/javascript,const now=Date.now;Date.now=()=>now()+(${byMs})`

export async function openAir(
  { folder, operator, walletOrigin }: Pick<House, 'folder' | 'operator' | 'walletOrigin'>,
  ports: { readonly air?: number; readonly link?: number } = {},
): Promise<AirOf> {
  const stack = new AsyncDisposableStack()
  const keeper = createKeeper()
  stack.defer(() => keeper.close())
  const airPort = ports.air ?? (await choosePort())
  const air = airOf(airPort)
  const [, group = '', port = ''] = air.split(':')
  const place = { kind: 'udp', group, port: Number(port) } as const
  const ear = async (onHeard?: (nearby: Nearby) => void) => {
    const one = await listenForBeacons({ air: place, ...(onHeard ? { onHeard } : {}) })
    stack.defer(() => one.close())
    return one
  }
  return {
    ear: () => ear(),
    hearNew: (known = []) =>
      new Promise((done) => {
        void ear(({ code }) => (known.includes(code) ? undefined : done(code)))
      }),
    make: async (name, carrier = 'obd_plug') => {
      const device = await makeDeviceOf({ home: folder, name, carrier, operator })
      const linkPort = ports.link ?? (await choosePort())
      const { memoryFile } = device
      const time = { sandboxFile: sandboxFileOf(folder) }
      const program = await proximityProgram({ memoryFile, linkPort, walletOrigin, air, ...time })
      let child: Child | undefined
      const start = async ({ clockMs = 0 } = {}) => {
        await child?.stop()
        const args = clockMs === 0 ? program.args : ['--import', clockOf(clockMs), ...program.args]
        child = await startChild({ ...program, args }, `${folder}/${name}.log`, keeper)
        await untilReady(child, saidReady(child))
      }
      const stop = async () => await child?.stop()
      await start()
      stack.defer(stop)
      const link = () => openLinkTo({ port: linkPort, walletOrigin })
      return { ...device, port: linkPort, start, stop, link }
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}
