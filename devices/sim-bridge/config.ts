/** What the bridge's process is told by its environment, read once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

export type Config = {
  /** SIMULATORS: where the sandbox says what time it is. */
  readonly sandboxFile: string | undefined
  readonly port: number
  /** The only page that may ask. */
  readonly walletOrigin: string
  /** Its own key and the pages that were allowed. */
  readonly stateFile: string
  /** A real reader, by part of its name; or the memory of the simulated SIM in this process. */
  readonly card: { readonly reader: string } | { readonly memoryFile: string }
  readonly idleMs: number
}

type Env = Readonly<Record<string, string | undefined>>

export function readConfig(env: Env): Config {
  const { PORT = '', WALLET_ORIGIN = '', STATE_FILE = '', READER, SIM_FILE } = env
  const port = Number(PORT)
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new ConfigError('PORT: a port from 1 to 65535, on the loopback.')
  const walletOrigin = URL.parse(WALLET_ORIGIN)?.origin
  if (walletOrigin !== WALLET_ORIGIN || walletOrigin === 'null')
    throw new ConfigError('WALLET_ORIGIN: such as http://wallet.localhost:8731.')
  if (STATE_FILE === '') throw new ConfigError('STATE_FILE: where the bridge keeps its own key.')
  if ((READER === undefined) === (SIM_FILE === undefined))
    throw new ConfigError(
      'READER (a PC/SC reader, or empty for the first) or SIM_FILE: one of both.',
    )
  const card = READER === undefined ? { memoryFile: SIM_FILE ?? '' } : { reader: READER }
  const idle = Number(env['PIN_IDLE_SECONDS'] ?? '300')
  if (!Number.isInteger(idle) || idle < 0 || idle > 86_400)
    throw new ConfigError('PIN_IDLE_SECONDS: seconds from 0 to 86400.')
  const place = { port, walletOrigin, stateFile: STATE_FILE, card }
  return { ...place, idleMs: idle * 1000, sandboxFile: env['SANDBOX_FILE'] }
}
