/** What the reader's process is told by its environment, read once. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

export type Config = {
  /** SIMULATORS: where the sandbox says what time it is. */
  readonly sandboxFile: string | undefined
  readonly memoryFile: string
  readonly settingsFile: string
  readonly panelPort: number
  /** Where the cable is plugged in: a port of the loopback. */
  readonly port: number
  /** Pages that may plug in at all; the paired one is one of them. */
  readonly origins: readonly string[]
}

type Env = Readonly<Record<string, string | undefined>>

function port(env: Env, name: string): number {
  const value = Number(env[name])
  if (!Number.isInteger(value) || value < 1 || value > 65_535)
    throw new ConfigError(`${name}: a port from 1 to 65535.`)
  return value
}

function text(env: Env, name: string, what: string): string {
  const value = env[name]
  if (value === undefined || value === '') throw new ConfigError(`${name}: ${what}.`)
  return value
}

export function readConfig(env: Env): Config {
  const origins = text(env, 'CABLE_ORIGINS', 'the wallet’s origin').split(',')
  if (origins.some((one) => !URL.canParse(one) || new URL(one).origin !== one))
    throw new ConfigError('CABLE_ORIGINS: origins, for example http://wallet.localhost:8731.')
  return {
    sandboxFile: env['SANDBOX_FILE'],
    memoryFile: text(env, 'MEMORY_FILE', 'where the reader keeps its keys'),
    settingsFile: text(env, 'SETTINGS_FILE', 'where it keeps the host’s key and its pairing'),
    panelPort: port(env, 'PANEL_PORT'),
    port: port(env, 'PORT'),
    origins,
  }
}
