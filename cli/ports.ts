/**
 * The ports of a sandbox. Chosen once (for the clone's own sandbox the usual numbers if they are
 * free, else free ones, so that others started at the same time do not meet) and kept: a wallet's
 * keys belong to its origin, and a changed port would be another origin.
 */
import { randomInt } from 'node:crypto'
import { listenFailure } from './cluster.ts'
import type { Kept } from './state-folder.ts'

const usual = {
  api: 8730,
  wallet: 8731,
  pos: 8732,
  proximity: 8733,
  reader: 8734,
  sim_bridge: 8735,
  letterbox: 8736,
  entry_device: 8737,
  cardholders: 8740,
  tour: 8741,
  server_database: 8738,
  vault_database: 8739,
} as const
export type PortName = keyof typeof usual
export type Ports = Readonly<Record<PortName, number>>

export const keptPorts = (preferUsual: boolean): Kept<Ports> => {
  const choose = (name: PortName) => choosePort(preferUsual ? usual[name] : undefined)
  return {
    read: readPorts,
    make: async () => ({
      api: await choose('api'),
      wallet: await choose('wallet'),
      pos: await choose('pos'),
      proximity: await choose('proximity'),
      reader: await choose('reader'),
      sim_bridge: await choose('sim_bridge'),
      letterbox: await choose('letterbox'),
      entry_device: await choose('entry_device'),
      cardholders: await choose('cardholders'),
      tour: await choose('tour'),
      server_database: await choose('server_database'),
      vault_database: await choose('vault_database'),
    }),
    write: (ports) => `${JSON.stringify(ports, null, 2)}\n`,
  }
}

/** The ports as a state folder keeps them; throws where one is missing. */
export function readPorts(text: string): Ports {
  const value: unknown = JSON.parse(text)
  const port = (name: PortName, elder?: number): number => {
    const found: unknown = Object.entries(value ?? {}).find(([key]) => key === name)?.[1] ?? elder
    if (typeof found !== 'number' || !Number.isInteger(found) || found < 1 || found > 65535)
      throw new TypeError(`no port for ${name}`)
    return found
  }
  return {
    api: port('api'),
    wallet: port('wallet'),
    // A folder of before there were these has no port for them yet.
    pos: port('pos', usual.pos),
    proximity: port('proximity', usual.proximity),
    reader: port('reader', usual.reader),
    sim_bridge: port('sim_bridge', usual.sim_bridge),
    letterbox: port('letterbox', usual.letterbox),
    entry_device: port('entry_device', usual.entry_device),
    cardholders: port('cardholders', usual.cardholders),
    tour: port('tour', usual.tour),
    server_database: port('server_database'),
    vault_database: port('vault_database'),
  }
}

/** This port if it is free, else a free one below those the system hands out by itself. */
export async function choosePort(wanted = randomInt(20_000, 32_000)): Promise<number> {
  return (await listenFailure(wanted)) === undefined ? wanted : await choosePort()
}
