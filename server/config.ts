/** Configuration, read once: every knob with its bounds. A bad value stops the process. */
import { readFileSync } from 'node:fs'
import { readAllowed } from '#events'
import { type StepSeconds, stepNames } from '#presentment'
import { type Outward, readOutward } from './outward.ts'

export type Config = {
  readonly host: string
  readonly port: number
  /** Whether other server processes of this machine listen on the same port. */
  readonly sharesPort: boolean
  readonly databaseUrl: string
  readonly databaseConnections: number
  /** All vault processes, each on the vault's one database. */
  readonly vaults: readonly VaultPlace[]
  readonly walletOrigin: string
  /** Where the sandbox's till is, to lead people there. */
  readonly tillOrigin: string | undefined
  /** Where the console's built page lies; undefined: this server serves none. */
  readonly consoleFolder: string | undefined
  /** Of the sandbox's tour, where it runs. */
  readonly tourOrigin: string | undefined
  readonly apiOrigin: string
  readonly docsOrigin: string
  /** Where the console's page is; its passkeys and cookies are for this origin alone. */
  readonly consoleOrigin: string
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
  /** How many payments one statement decides at most; with 1 each is decided by itself. */
  readonly batchSize: number
  /** How fast a key may ask that names no pace of its own. */
  readonly requestsPerSecond: number
  /** How many requests this process works on at once; the rest is told to come back. */
  readonly openRequests: number
  /** Private addresses that webhooks may go to, as `10.1.0.0/16, 10.2.0.7/32`; else none. */
  readonly webhookAllow: string
  readonly outward: Outward
  /** Whether another cardholder's card may pay over somebody's phone (S3). */
  readonly anyCardholder: boolean
  readonly logLevel: string
  /** Sandbox only: where its test cardholders are asked, with which token. */
  readonly cardholders: { readonly url: string; readonly token: string } | undefined
  /** Sandbox only: where its vault reads what the test kit tells it. */
  readonly sandboxFile: string | undefined
}

export type VaultPlace =
  | { readonly kind: 'unix'; readonly socket: string }
  | {
      readonly kind: 'tls'
      readonly host: string
      readonly port: number
      readonly cert: Buffer
      readonly key: Buffer
      readonly ca: Buffer
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
    sharesPort: flagOf(env, 'SHARE_PORT'),
    databaseUrl: needed(env, 'DATABASE_URL', 'the connection to the server’s PostgreSQL'),
    databaseConnections: wholeNumber(env, 'DATABASE_CONNECTIONS', { from: 2, to: 100, or: 8 }),
    vaults: vaultsOf(env),
    walletOrigin: originOf(env, 'WALLET_ORIGIN'),
    tillOrigin: env['TILL_ORIGIN'] === undefined ? undefined : originOf(env, 'TILL_ORIGIN'),
    consoleFolder: env['CONSOLE_FOLDER'],
    tourOrigin: env['TOUR_ORIGIN'] === undefined ? undefined : originOf(env, 'TOUR_ORIGIN'),
    apiOrigin: env['API_ORIGIN'] ?? `http://api.localhost:${port}`,
    docsOrigin: env['DOCS_ORIGIN'] ?? `http://docs.localhost:${port}`,
    consoleOrigin: env['CONSOLE_ORIGIN'] ?? `http://console.localhost:${port}`,
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
    batchSize: wholeNumber(env, 'BATCH_SIZE', { from: 1, to: 64, or: 64 }),
    requestsPerSecond: wholeNumber(env, 'REQUESTS_PER_SECOND', {
      from: 1,
      to: 1_000_000,
      or: 1000,
    }),
    openRequests: wholeNumber(env, 'OPEN_REQUESTS', { from: 8, to: 10_000, or: 256 }),
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
    cardholders: cardholdersOf(env, mode),
    sandboxFile: sandboxOnly(env, mode, 'SANDBOX_FILE'),
  })
}

function needed(env: Env, name: string, what: string): string {
  const value = env[name]
  if (value === undefined || value === '') throw new ConfigError(`${name} is not set: ${what}.`)
  return value
}

function sandboxOnly(env: Env, mode: Config['mode'], name: string): string | undefined {
  if (mode === 'live' && env[name]) throw new ConfigError(`${name}: in sandbox mode only.`)
  return env[name] || undefined
}

function cardholdersOf(env: Env, mode: Config['mode']): Config['cardholders'] {
  const url = sandboxOnly(env, mode, 'CARDHOLDERS_URL')
  if (url === undefined) return undefined
  if (!/^http:\/\/127\.0\.0\.1:[0-9]+$/.test(url))
    throw new ConfigError('CARDHOLDERS_URL: http://127.0.0.1 and a port expected.')
  const tokenFile = needed(env, 'CARDHOLDERS_TOKEN_FILE', 'what they know the server by')
  return { url, token: file(tokenFile).toString('utf8').trim() }
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

/** One or several, with commas between them; over TLS all know this server by one certificate. */
function vaultsOf(env: Env): readonly VaultPlace[] {
  const sockets = listOf(env['VAULT_SOCKET'] ?? '')
  if (sockets.length > 0) return sockets.map((socket) => ({ kind: 'unix', socket }))
  const addresses = needed(
    env,
    'VAULT_CONNECT',
    'VAULT_SOCKET (a path) or VAULT_CONNECT (host:port)',
  )
  const files = {
    cert: file(needed(env, 'VAULT_TLS_CERT', 'this server’s certificate')),
    key: file(needed(env, 'VAULT_TLS_KEY', 'its key')),
    ca: file(needed(env, 'VAULT_TLS_CA', 'the authority that signed the vault’s certificate')),
  }
  return listOf(addresses).map((address) => {
    const [, host, port] = /^(.+):(\d{1,5})$/.exec(address) ?? []
    if (host === undefined) throw new ConfigError('VAULT_CONNECT: host:port expected.')
    return { kind: 'tls', host, port: Number(port), ...files }
  })
}

const listOf = (text: string): string[] =>
  text.split(',').flatMap((one) => (one.trim() === '' ? [] : [one.trim()]))

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
