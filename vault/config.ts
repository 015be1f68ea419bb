/**
 * The vault's settings, read once at the start from the environment and passed on by value.
 * A setting that is missing or wrong stops the process with one sentence.
 */
import { ConfigError } from './config-error.ts'
import type { Wallet } from './given.ts'
import { type HsmPlace, readHsmPlace } from './hsm-place.ts'
import { type Level, levels } from './log.ts'

export type EndpointConfig =
  | { readonly kind: 'unix'; readonly path: string }
  | {
      readonly kind: 'tls'
      readonly host: string
      readonly port: number
      readonly certFile: string
      readonly keyFile: string
      readonly caFile: string
    }

/** Where the root key is. */
export type RootPlace =
  | { readonly masterKeyFile: string; readonly passphraseFile: string }
  | { readonly hsm: HsmPlace }

/** What whoever opens the vault's keys must know: the process, and an operator's hand. */
export type Keeping = RootPlace & {
  readonly databaseUrl: string
  /** The name of this vault's audit chain; each vault process that runs for long has its own. */
  readonly chain: string
}

export type Config = Keeping & {
  readonly endpoint: EndpointConfig
  readonly wallet: Wallet
  /** Who takes other companies' cards; `sandbox` is a simulator and moves no money. */
  readonly connector: 'none' | 'sandbox'
  readonly logLevel: Level
  /** How long the proofs for a lost phone lie before they let a new one in. */
  readonly recoveryWaitMs: number
  /** Sandbox only: what its test kit tells (sandbox-file.ts). */
  readonly sandboxFile: string | undefined
}

export function readKeeping(env: Environment): Keeping {
  return {
    databaseUrl: required(env, 'VAULT_DATABASE_URL'),
    ...readRootPlace(env),
    chain: readChain(env['VAULT_NAME'] ?? 'vault-1'),
  }
}

function readRootPlace(env: Environment): RootPlace {
  const hsm = env['VAULT_HSM'] || undefined
  if (hsm === undefined)
    return {
      masterKeyFile: required(env, 'VAULT_MASTER_KEY_FILE'),
      passphraseFile: required(env, 'VAULT_PASSPHRASE_FILE'),
    }
  if (env['VAULT_MASTER_KEY_FILE'] || env['VAULT_PASSPHRASE_FILE'])
    throw new ConfigError('Set either VAULT_HSM or the master key file and its passphrase.')
  return { hsm: readHsmPlace(hsm) }
}

type Environment = Readonly<Record<string, string | undefined>>

export function readConfig(env: Environment): Config {
  return {
    ...readKeeping(env),
    endpoint: readEndpoint(env),
    wallet: readWallet(required(env, 'WALLET_ORIGIN')),
    connector: readConnector(env['VAULT_CONNECTOR'] ?? 'none'),
    logLevel: readLevel(env['LOG_LEVEL'] ?? 'info'),
    recoveryWaitMs: readSeconds(env, 'VAULT_RECOVERY_WAIT_S', 3600) * 1000,
    sandboxFile: env['VAULT_SANDBOX_FILE'] || undefined,
  }
}

function readSeconds(env: Environment, name: string, otherwise: number): number {
  const value = Number(env[name] ?? otherwise)
  if (!Number.isInteger(value) || value < 0) throw new ConfigError(`${name} is whole seconds.`)
  return value
}

function required(env: Environment, name: string): string {
  const value = env[name]
  if (value === undefined || value === '') throw new ConfigError(`${name} is not set.`)
  return value
}

function readEndpoint(env: Environment): EndpointConfig {
  const path = env['VAULT_SOCKET'] || undefined
  const address = env['VAULT_LISTEN'] || undefined
  if ((path === undefined) === (address === undefined))
    throw new ConfigError('Set either VAULT_SOCKET or VAULT_LISTEN, and not both.')
  if (path !== undefined) return { kind: 'unix', path }
  const [, host, port] = /^(.+):([0-9]{1,5})$/.exec(address ?? '') ?? []
  if (host === undefined || Number(port) > 65535)
    throw new ConfigError('VAULT_LISTEN is HOST:PORT, for example 127.0.0.1:7443.')
  return {
    kind: 'tls',
    host,
    port: Number(port),
    certFile: required(env, 'VAULT_TLS_CERT'),
    keyFile: required(env, 'VAULT_TLS_KEY'),
    caFile: required(env, 'VAULT_TLS_CA'),
  }
}

/** The origin exactly as a browser writes it; the RP ID of its passkeys is its host name. */
export function readWallet(origin: string): Wallet {
  const url = URL.canParse(origin) ? new URL(origin) : undefined
  const isWeb = url?.protocol === 'http:' || url?.protocol === 'https:'
  if (url === undefined || !isWeb || url.origin !== origin)
    throw new ConfigError('WALLET_ORIGIN is an origin, for example http://wallet.localhost:4010.')
  return { origin, rpId: url.hostname }
}

function readChain(name: string): string {
  if (!/^[a-z0-9-]{1,40}$/.test(name))
    throw new ConfigError('VAULT_NAME is 1 to 40 lower-case letters, digits and hyphens.')
  return name
}

function readConnector(text: string): Config['connector'] {
  if (text === 'none' || text === 'sandbox') return text
  throw new ConfigError('VAULT_CONNECTOR is none or sandbox.')
}

function readLevel(text: string): Level {
  const level = levels.find((known) => known === text)
  if (level === undefined) throw new ConfigError(`LOG_LEVEL is one of ${levels.join(', ')}.`)
  return level
}
