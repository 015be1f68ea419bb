/**
 * The device's broadcast by a Bluetooth controller: a non-connectable advertisement from a random
 * address. Address and code change while nothing is on the air, so that no advertisement ever
 * carries one of before and one of after.
 */
import { openController } from '@warifu/sdk/hci'
import type { Advertiser } from './advertiser.ts'

/** In units of 0.625 ms: 100 ms, the least that a non-connectable advertisement may have. */
const INTERVAL = 0x00a0
const NONCONNECTABLE = 3
const RANDOM_ADDRESS = 1
const ALL_CHANNELS = 7
/** Advertising data as a controller takes them: their length, and always 31 bytes. */
const DATA_BYTES = 31

export async function openHciAir({ socket }: { readonly socket: string }): Promise<Advertiser> {
  const { send, close } = await openController(socket)
  let [last, isOn] = [Promise.resolve(), false]
  return {
    advertise: ({ address, data }) => {
      const padded = new Uint8Array(1 + DATA_BYTES)
      padded[0] = data.length
      padded.set(data, 1)
      last = last.then(async () => {
        if (isOn) await send('setAdvertisingEnable', Uint8Array.of(0))
        await send('setRandomAddress', address.slice().reverse())
        await send('setAdvertisingParameters', parameters)
        await send('setAdvertisingData', padded)
        await send('setAdvertisingEnable', Uint8Array.of(1))
        isOn = true
      })
      return last
    },
    tick: () => {},
    close: async () => close(),
  }
}

const parameters = Uint8Array.from([
  ...[INTERVAL & 0xff, INTERVAL >> 8, INTERVAL & 0xff, INTERVAL >> 8],
  ...[NONCONNECTABLE, RANDOM_ADDRESS, 0],
  ...[0, 0, 0, 0, 0, 0],
  ...[ALL_CHANNELS, 0],
])
