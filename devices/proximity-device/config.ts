/** What the device's process is told by its environment, read once. */
import { type KillMoment, killMoments } from '@warifu/devices/flash'

export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

export type Air =
  /** The sandbox's air: the advertisement's bytes as UDP multicast on the loopback. */
  | { readonly kind: 'udp'; readonly group: string; readonly port: number }
  /** A Bluetooth controller behind a socket that speaks H4 (a real one's, or an emulated one's). */
  | { readonly kind: 'hci'; readonly socket: string }

export type Config = {
  /** SIMULATORS: where the sandbox says what time it is. */
  readonly sandboxFile: string | undefined
  readonly memoryFile: string
  /** Where its phone reaches it, and from which page. */
  readonly linkPort: number
  readonly walletOrigin: string
  readonly air: Air
  /** For tests: dies at the n-th write or sync of its memory. */
  readonly killAt: { readonly nth: number; readonly moment: KillMoment } | undefined
}

type Env = Readonly<Record<string, string | undefined>>

export function readConfig(env: Env): Config {
  const { MEMORY_FILE: memoryFile = '', WALLET_ORIGIN: origin = '', AIR: air = '' } = env
  if (memoryFile === '') throw new ConfigError('MEMORY_FILE: where the device keeps its keys.')
  if (URL.parse(origin)?.origin !== origin)
    throw new ConfigError('WALLET_ORIGIN: the origin of the wallet’s page.')
  const linkPort = Number(env['LINK_PORT'])
  if (!isPort(linkPort)) throw new ConfigError('LINK_PORT: a port from 1 to 65535.')
  const { KILL_AT: kill } = env
  const killAt = kill === undefined ? undefined : readKill(kill)
  const place = { memoryFile, linkPort, walletOrigin: origin, air: readAir(air) }
  return { ...place, killAt, sandboxFile: env['SANDBOX_FILE'] }
}

const isPort = (port: number) => Number.isInteger(port) && port >= 1 && port <= 65_535

/** `udp:239.255.0.1:8733` or `hci:/run/controller.sock`. */
export function readAir(text: string): Air {
  const udp = /^udp:((?:22[4-9]|23[0-9])(?:\.[0-9]{1,3}){3}):([0-9]{1,5})$/.exec(text)
  const [, group = '', port = ''] = udp ?? []
  if (udp !== null && isPort(Number(port))) return { kind: 'udp', group, port: Number(port) }
  const [, socket] = /^hci:(\/.+)$/.exec(text) ?? []
  if (socket !== undefined) return { kind: 'hci', socket }
  throw new ConfigError('AIR: udp:GROUP:PORT (a multicast group) or hci:SOCKET.')
}

function readKill(text: string): NonNullable<Config['killAt']> {
  const [, nth, said] = /^([1-9][0-9]*):(.+)$/.exec(text) ?? []
  const moment = killMoments.find((one) => one === said)
  if (moment === undefined) throw new ConfigError('KILL_AT: NTH:before|within|after.')
  return { nth: Number(nth), moment }
}
