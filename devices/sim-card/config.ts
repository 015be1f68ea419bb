/** What the card's process is told by its environment, read once. */
import { type KillMoment, killMoments } from '@warifu/devices/flash'

export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

export type Config = {
  readonly memoryFile: string
  /** Where pcscd's virtual reader waits for a card. */
  readonly readerPort: number
  /** For tests: dies at the n-th write or sync of its memory. */
  readonly killAt: { readonly nth: number; readonly moment: KillMoment } | undefined
}

type Env = Readonly<Record<string, string | undefined>>

export function readConfig(env: Env): Config {
  const { MEMORY_FILE: memoryFile = '', READER_PORT: port = '35963', KILL_AT: kill } = env
  if (memoryFile === '') throw new ConfigError('MEMORY_FILE: where the card keeps what it knows.')
  const readerPort = Number(port)
  if (!Number.isInteger(readerPort) || readerPort < 1 || readerPort > 65_535)
    throw new ConfigError('READER_PORT: a port from 1 to 65535.')
  return { memoryFile, readerPort, killAt: kill === undefined ? undefined : readKill(kill) }
}

function readKill(text: string): Config['killAt'] {
  const [nth, moment] = text.split(':')
  const found = killMoments.find((one) => one === moment)
  if (found === undefined || !/^[1-9][0-9]{0,5}$/.test(nth ?? ''))
    throw new ConfigError(`KILL_AT: such as 3:before; of ${killMoments.join(', ')}.`)
  return { nth: Number(nth), moment: found }
}
