/** Configuration, read once: every knob with its bounds. A bad value stops the process. */
import { readFileSync } from 'node:fs'
import { readAllowed } from '#events'
import { type StepSeconds, stepNames } from '#presentment'
import { type Outward, readOutward } from './outward.ts'

export type Config = {
  readonly host: string
  readonly port: number
  readonly databaseUrl: string
  readonly databaseConnections: number
  readonly vault:
    | { readonly kind: 'unix'; readonly socket: string }
    | {
        readonly kind: 'tls'
        readonly host: string
        readonly port: number
        readonly cert: Buffer
        readonly key: Buffer
        readonly ca: Buffer
      }
  readonly walletOrigin: string
  /** Where the sandbox's till is, to lead people there. */
  readonly tillOrigin: string | undefined
  readonly apiOrigin: string
  readonly docsOrigin: string
  readonly mode: 'sandbox' | 'live'
  /** 32 bytes: what the server derives link secrets and card references from. */
  readonly serverKey: Buffer
  readonly waits: Waits
  /** How a person gives the number that the till shows; null: as each way's table says. */
  readonly numberBy: 'enter' | 'pick' | null
  /** A new phone without the old one: how long proofs lie, how long the cap holds, the cap. */
  readonly arrivals: { readonly waitMs: number; readonly limitedMs: number; readonly cap: bigint }
  /** How often a merchant may ask for people by number, in a minute. */
  readonly asksPerMinute: number
  /** How fast a key may ask that names no pace of its own. */
  readonly requestsPerSecond: number
  /** Private addresses that webhooks may go to, as `10.1.0.0/16, 10.2.0.7/32`; else none. */
  readonly webhookAllow: string
  readonly outward: Outward
  /** Whether another cardholder's card may pay over somebody's phone (S3). */
  readonly anyCardholder: boolean
  readonly logLevel: string
}

/** How long is waited for others. */
export type Waits = {
  /** A terminal's receipt for a question that it was to show. */
  readonly receiptMs: number
  /** Other seconds than the table's, by `presentment.step`. */
  readonly steps: StepSeconds
}

/** A value that cannot be used, told in one sentence. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

type Env = Readonly<Record<string, string | undefined>>

export function readConfig(env: Env): Config {
  const port = wholeNumber(env, 'PORT', { from: 1, to: 65535 })
  const mode = env['MODE'] ?? 'sandbox'
  if (mode !== 'sandbox' && mode !== 'live') throw new ConfigError('MODE: sandbox or live.')
  return Object.freeze({
    host: env['HOST'] ?? '127.0.0.1',
    port,
    databaseUrl: needed(env, 'DATABASE_URL', 'the connection to the server’s PostgreSQL'),
    databaseConnections: wholeNumber(env, 'DATABASE_CONNECTIONS', { from: 2, to: 100, or: 8 }),
    vault: vaultOf(env),
    walletOrigin: originOf(env, 'WALLET_ORIGIN'),
    tillOrigin: env['TILL_ORIGIN'] === undefined ? undefined : originOf(env, 'TILL_ORIGIN'),
    apiOrigin: env['API_ORIGIN'] ?? `http://api.localhost:${port}`,
    docsOrigin: env['DOCS_ORIGIN'] ?? `http://docs.localhost:${port}`,
    mode,
    serverKey: keyOf(needed(env, 'SERVER_KEY_FILE', 'a file of 32 random bytes')),
    waits: {
      receiptMs: 1000 * wholeNumber(env, 'RECEIPT_SECONDS', { from: 1, to: 600, or: 10 }),
      steps: stepSecondsOf(env),
    },
    numberBy: numberByOf(env),
    arrivals: {
      waitMs: 1000 * wholeNumber(env, 'RECOVERY_WAIT_S', { from: 0, to: 2_592_000, or: 3600 }),
      limitedMs:
        1000 * wholeNumber(env, 'RECOVERY_LIMITED_S', { from: 0, to: 2_592_000, or: 86_400 }),
      cap: BigInt(wholeNumber(env, 'RECOVERY_LIMIT', { from: 0, to: 1_000_000_000, or: 3000 })),
    },
    asksPerMinute: wholeNumber(env, 'ASKS_PER_MINUTE', { from: 1, to: 100_000, or: 30 }),
    requestsPerSecond: wholeNumber(env, 'REQUESTS_PER_SECOND', {
      from: 1,
      to: 1_000_000,
      or: 1000,
    }),
    webhookAllow: rangesOf(env['WEBHOOK_ALLOW'] ?? ''),
    outward: readOutward({
      env,
      sandboxUrl: mode === 'live' ? undefined : `http://127.0.0.1:${port}`,
      secret: (name) => (env[name] ? file(env[name]).toString('utf8').trim() : undefined),
      number: (name, bounds) => wholeNumber(env, name, bounds),
      fault: (sentence) => new ConfigError(sentence),
    }),
    anyCardholder: flagOf(env, 'READER_ANY_CARDHOLDER'),
    logLevel: env['LOG_LEVEL'] ?? 'info',
  })
}

function needed(env: Env, name: string, what: string): string {
  const value = env[name]
  if (value === undefined || value === '') throw new ConfigError(`${name} is not set: ${what}.`)
  return value
}

function flagOf(env: Env, name: string): boolean {
  const text = env[name] ?? 'no'
  if (text !== 'yes' && text !== 'no') throw new ConfigError(`${name}: yes or no.`)
  return text === 'yes'
}

type Bounds = { readonly from: number; readonly to: number; readonly or?: number }
function wholeNumber(env: Env, name: string, { from, to, or }: Bounds): number {
  const text = env[name] ?? (or === undefined ? '' : String(or))
  const value = Number(text)
  if (text === '' || !Number.isInteger(value) || value < from || value > to)
    throw new ConfigError(`${name}: a whole number from ${from} to ${to} expected.`)
  return value
}

function numberByOf(env: Env): Config['numberBy'] {
  const text = env['NUMBER_BY'] ?? null
  if (text !== null && text !== 'enter' && text !== 'pick')
    throw new ConfigError('NUMBER_BY: enter or pick expected.')
  return text
}

/** `STEP_SECONDS=phone.approve=90,reader.enter_pin=30`: a house's own limits of single steps. */
function stepSecondsOf(env: Env): StepSeconds {
  const pairs = (env['STEP_SECONDS'] ?? '').split(',').filter((text) => text !== '')
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name = '', text = ''] = /^([a-z_.]+)=([0-9]{1,4})$/.exec(pair.trim()) ?? []
      if (!stepNames.includes(name) || Number(text) < 1)
        throw new ConfigError(`STEP_SECONDS: ${stepNames.join(' | ')} = 1 to 9999 expected.`)
      return [name, Number(text)]
    }),
  )
}

function originOf(env: Env, name: string): string {
  const text = needed(env, name, 'the origin that its pages are served from')
  if (!URL.canParse(text) || new URL(text).origin !== text)
    throw new ConfigError(`${name}: an origin such as http://wallet.localhost:7802 expected.`)
  return text
}

function vaultOf(env: Env): Config['vault'] {
  const socket = env['VAULT_SOCKET']
  if (socket) return { kind: 'unix', socket }
  const address = needed(env, 'VAULT_CONNECT', 'VAULT_SOCKET (a path) or VAULT_CONNECT (host:port)')
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(address) ?? []
  if (host === undefined) throw new ConfigError('VAULT_CONNECT: host:port expected.')
  return {
    kind: 'tls',
    host,
    port: Number(port),
    cert: file(needed(env, 'VAULT_TLS_CERT', 'this server’s certificate')),
    key: file(needed(env, 'VAULT_TLS_KEY', 'its key')),
    ca: file(needed(env, 'VAULT_TLS_CA', 'the authority that signed the vault’s certificate')),
  }
}

function rangesOf(text: string): string {
  try {
    readAllowed(text)
    return text
  } catch (fault) {
    throw new ConfigError(`WEBHOOK_ALLOW: ${fault instanceof RangeError ? fault.message : ''}.`)
  }
}

function keyOf(path: string): Buffer {
  const key = file(path)
  if (key.length !== 32) throw new ConfigError('SERVER_KEY_FILE: a file of 32 bytes expected.')
  return key
}

function file(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch {
    throw new ConfigError(`${path} cannot be read.`)
  }
}
