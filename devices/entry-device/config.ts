/** What the device's process is told by its environment, read once. */
import { type KillMoment, killMoments } from '@warifu/devices/flash'

export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

export type Config = {
  /** SIMULATORS: where the sandbox says what time it is. */
  readonly sandboxFile: string | undefined
  readonly memoryFile: string
  readonly panelPort: number
  readonly link: { readonly tcp: number } | { readonly serial: string }
  /** For tests: dies at the n-th write or sync of its memory. */
  readonly killAt: { readonly nth: number; readonly moment: KillMoment } | undefined
}

type Env = Readonly<Record<string, string | undefined>>

function port(env: Env, name: string): number {
  const value = Number(env[name])
  if (!Number.isInteger(value) || value < 1 || value > 65_535)
    throw new ConfigError(`${name}: a port from 1 to 65535.`)
  return value
}

export function readConfig(env: Env): Config {
  const { MEMORY_FILE: memoryFile = '', SERIAL_PATH: serial, KILL_AT: kill } = env
  if (memoryFile === '') throw new ConfigError('MEMORY_FILE: where the device keeps its keys.')
  return {
    sandboxFile: env['SANDBOX_FILE'],
    memoryFile,
    panelPort: port(env, 'PANEL_PORT'),
    link: serial === undefined ? { tcp: port(env, 'PORT') } : { serial },
    killAt: kill === undefined ? undefined : readKill(kill),
  }
}

function readKill(text: string): Config['killAt'] {
  const [nth, moment] = text.split(':')
  const found = killMoments.find((one) => one === moment)
  if (found === undefined || !/^[1-9][0-9]{0,5}$/.test(nth ?? ''))
    throw new ConfigError(`KILL_AT: such as 3:before; of ${killMoments.join(', ')}.`)
  return { nth: Number(nth), moment: found }
}
