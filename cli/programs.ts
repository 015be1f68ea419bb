/**
 * The programs of the house and the environment each one gets: the whole contract between the
 * supervisor and the processes is in this file. A process is told what it needs and no more: the
 * server never sees the vault's database, nor the vault the server's.
 */
import { join } from 'node:path'
import { builtFolder, type Page } from '@warifu/web/serving'
import { nodeProgram, type Program, runToEnd } from './child.ts'
import { root } from './state-folder.ts'

/** A database as its owner (who migrates) and as the process that lives on it see it. */
export type DatabaseUrls = { readonly url: string; readonly ownerUrl: string }

export type VaultSettings = {
  readonly databaseUrl: string
  readonly socket: string
  /** Of its audit chain: each of several vaults has its own. */
  readonly vaultName?: string
  readonly masterKeyFile: string
  readonly passphraseFile: string
  readonly walletOrigin: string
  readonly connector?: 'sandbox'
  /** Where the test kit tells the vault what time it is. */
  readonly sandboxFile?: string
  readonly logLevel: string
}
export type ServerSettings = {
  readonly databaseUrl: string
  /** Of each vault, with commas between them. */
  readonly vaultSocket: string
  readonly port: number
  /** Other server processes listen on the same port; the system spreads connections over them. */
  readonly sharesPort?: boolean
  readonly walletOrigin: string
  /** Where the start page leads the shop; without a till it leads nowhere. */
  readonly tillOrigin?: string
  /** Where the console's built page lies; without it nobody is served one. */
  readonly consoleFolder?: string
  readonly tourOrigin?: string
  readonly keyFile: string
  /** The pace of an API key that names none. */
  readonly requestsPerSecond?: number
  readonly batchSize?: number
  /** Where it tells vault and devices what time it is (the test kit). */
  readonly sandboxFile?: string
  readonly cardholders?: { readonly port: number; readonly tokenFile: string }
  readonly logLevel: string
}
/** A simulated device finds there what time it is for the platform; else it has the wall's. */
type OnSandboxTime = { readonly sandboxFile?: string }
export const timeOf = ({ sandboxFile }: OnSandboxTime): Readonly<Record<string, string>> =>
  sandboxFile === undefined ? {} : { SANDBOX_FILE: sandboxFile }

export type EntryDeviceSettings = {
  readonly memoryFile: string
  readonly panelPort: number
  /** Where a till reaches it: a port of the loopback, or the path of a serial line. */
  readonly link: { readonly port: number } | { readonly serial: string }
} & OnSandboxTime

/**
 * What takes part in payments keeps to so many MiB of old objects, and so tidies up in time; with
 * one thread beside its own, as V8's four took the processors from payments that came meanwhile.
 */
const lean = ({ args, ...program }: Program, more: readonly string[] = []): Program => ({
  ...program,
  args: ['--max-old-space-size=192', '--v8-pool-size=1', ...more, ...args],
})

/** The vault has few old objects: V8 would look through them twice a second for nothing. */
const SELDOM_TIDIED = ['--heap-growing-percent=200']

export const vaultProgram = (settings: VaultSettings): Promise<Program> =>
  nodeProgram('The vault', join(root, 'vault', 'main.ts'), {
    VAULT_DATABASE_URL: settings.databaseUrl,
    VAULT_SOCKET: settings.socket,
    ...(settings.vaultName === undefined ? {} : { VAULT_NAME: settings.vaultName }),
    VAULT_MASTER_KEY_FILE: settings.masterKeyFile,
    VAULT_PASSPHRASE_FILE: settings.passphraseFile,
    WALLET_ORIGIN: settings.walletOrigin,
    ...(settings.connector === undefined ? {} : { VAULT_CONNECTOR: settings.connector }),
    ...(settings.sandboxFile === undefined ? {} : { VAULT_SANDBOX_FILE: settings.sandboxFile }),
    LOG_LEVEL: settings.logLevel,
  }).then((program) => lean(program, SELDOM_TIDIED))

export const serverProgram = (settings: ServerSettings): Promise<Program> =>
  nodeProgram('The server', join(root, 'server', 'main.ts'), {
    DATABASE_URL: settings.databaseUrl,
    VAULT_SOCKET: settings.vaultSocket,
    HOST: '127.0.0.1',
    PORT: String(settings.port),
    ...(settings.sharesPort ? { SHARE_PORT: 'yes' } : {}),
    WALLET_ORIGIN: settings.walletOrigin,
    ...(settings.tillOrigin === undefined ? {} : { TILL_ORIGIN: settings.tillOrigin }),
    ...(settings.consoleFolder === undefined ? {} : { CONSOLE_FOLDER: settings.consoleFolder }),
    ...(settings.tourOrigin === undefined ? {} : { TOUR_ORIGIN: settings.tourOrigin }),
    MODE: 'sandbox',
    SERVER_KEY_FILE: settings.keyFile,
    ...(settings.requestsPerSecond === undefined
      ? {}
      : { REQUESTS_PER_SECOND: String(settings.requestsPerSecond) }),
    ...(settings.batchSize === undefined ? {} : { BATCH_SIZE: String(settings.batchSize) }),
    ...timeOf(settings),
    ...(settings.cardholders === undefined ? {} : cardholdersAt(settings.cardholders)),
    LOG_LEVEL: settings.logLevel,
  }).then(lean)

const cardholdersAt = ({ port, tokenFile }: { port: number; tokenFile: string }) => ({
  CARDHOLDERS_URL: `http://127.0.0.1:${port}`,
  CARDHOLDERS_TOKEN_FILE: tokenFile,
})

export type CardholdersSettings = {
  readonly apiUrl: string
  readonly walletOrigin: string
  /** The keys and the state of their phones. */
  readonly folder: string
  readonly port: number
  readonly tokenFile: string
}

/** Simulated people with phones of their own. Told of no database, no vault and no API key. */
export const cardholdersProgram = (settings: CardholdersSettings): Promise<Program> =>
  nodeProgram('The test cardholders', join(root, 'cli', 'cardholders', 'main.ts'), {
    API_URL: settings.apiUrl,
    WALLET_ORIGIN: settings.walletOrigin,
    FOLDER: settings.folder,
    PORT: String(settings.port),
    TOKEN_FILE: settings.tokenFile,
  })

/** Builds a page where its sources have changed; in a process of its own, as bundlers are big. */
export async function buildPage(page: Page): Promise<void> {
  const entry = join(root, 'web', 'serving', 'main.ts')
  const { args, ...program } = await nodeProgram(`Building the page ${page}`, entry, {})
  await runToEnd({ ...program, args: [...args, page] })
}

/** The console's page; its files are served by the server itself. Answers with their folder. */
export async function buildConsole(): Promise<string> {
  await buildPage('console')
  return builtFolder('console')
}

export type WalletSettings = {
  readonly port: number
  readonly apiOrigin: string
  /** The cardholder's own devices by name: `ws://127.0.0.1:PORT` (web/wallet/device-origins.ts). */
  readonly deviceOrigins?: Readonly<Record<string, string>>
}

/** The wallet's files, served apart from the API. It is told no secret at all. */
export const walletProgram = ({
  port,
  apiOrigin,
  deviceOrigins = {},
}: WalletSettings): Promise<Program> =>
  nodeProgram('The wallet', join(root, 'web', 'wallet', 'main.ts'), {
    HOST: '127.0.0.1',
    PORT: String(port),
    API_ORIGIN: apiOrigin,
    DEVICE_ORIGINS: Object.entries(deviceOrigins)
      .map(([name, origin]) => `${name}=${origin}`)
      .join(','),
  })

/** A simulator of the merchant's encrypting keypad. It is told of no database and no server. */
export const entryDeviceProgram = (settings: EntryDeviceSettings): Promise<Program> =>
  nodeProgram('The entry device', join(root, 'devices', 'entry-device', 'main.ts'), {
    MEMORY_FILE: settings.memoryFile,
    PANEL_PORT: String(settings.panelPort),
    ...timeOf(settings),
    ...('port' in settings.link
      ? { PORT: String(settings.link.port) }
      : { SERIAL_PATH: settings.link.serial }),
  })

export type BureauSettings = {
  readonly apiUrl: string
  readonly folder: string
  /** Where its letters can be seen. */
  readonly port: number
  /** How long its post takes. */
  readonly postMs?: number
}

/** A simulator of a card bureau and its post. It is told of no database, no vault and no key. */
export const bureauProgram = (settings: BureauSettings): Promise<Program> =>
  nodeProgram('The bureau', join(root, 'devices', 'bureau', 'main.ts'), {
    API_URL: settings.apiUrl,
    FOLDER: settings.folder,
    PORT: String(settings.port),
    ...(settings.postMs === undefined ? {} : { POST_MS: String(settings.postMs) }),
  })

export type ProximitySettings = {
  readonly memoryFile: string
  readonly linkPort: number
  readonly walletOrigin: string
  /** `udp:GROUP:PORT` or `hci:SOCKET`. */
  readonly air: string
} & OnSandboxTime

/** A simulator of a proximity device: its chip's memory lies in the file, its air is UDP. */
export const proximityProgram = (settings: ProximitySettings): Promise<Program> =>
  nodeProgram('The proximity device', join(root, 'devices', 'proximity-device', 'main.ts'), {
    MEMORY_FILE: settings.memoryFile,
    LINK_PORT: String(settings.linkPort),
    WALLET_ORIGIN: settings.walletOrigin,
    AIR: settings.air,
    ...timeOf(settings),
  })

export type ReaderSettings = {
  readonly memoryFile: string
  readonly settingsFile: string
  readonly panelPort: number
  readonly port: number
  readonly walletOrigin: string
} & OnSandboxTime

/** A simulator of the reader on a cardholder's phone. It is told of no database and no server. */
export const readerProgram = (settings: ReaderSettings): Promise<Program> =>
  nodeProgram('The reader', join(root, 'devices', 'reader', 'main.ts'), {
    MEMORY_FILE: settings.memoryFile,
    SETTINGS_FILE: settings.settingsFile,
    PANEL_PORT: String(settings.panelPort),
    PORT: String(settings.port),
    CABLE_ORIGINS: settings.walletOrigin,
    ...timeOf(settings),
  })

export type TillSettings = {
  readonly port: number
  readonly apiUrl: string
  readonly apiKeyFile: string
  readonly dataFolder: string
  /** Where it hears proximity devices; without it the till has no ear. */
  readonly beaconAir?: string
  /** Whose entry devices it drives, and the ports of the loopback where they may be. */
  readonly devices?: { readonly merchant: string; readonly ports: readonly number[] }
}

/** The till's back end: a merchant's own process, which alone is told where the API key lies. */
export const tillProgram = (settings: TillSettings): Promise<Program> =>
  nodeProgram('The till', join(root, 'web', 'pos', 'main.ts'), {
    HOST: '127.0.0.1',
    PORT: String(settings.port),
    API_URL: settings.apiUrl,
    API_KEY_FILE: settings.apiKeyFile,
    DATA_FOLDER: settings.dataFolder,
    ...(settings.beaconAir === undefined ? {} : { BEACON_AIR: settings.beaconAir }),
    ...(settings.devices === undefined
      ? {}
      : {
          MERCHANT: settings.devices.merchant,
          ENTRY_DEVICES: settings.devices.ports.map((port) => `tcp:127.0.0.1:${port}`).join(' '),
        }),
  })

export type TourSettings = OperatorSettings & {
  readonly port: number
  readonly apiUrl: string
  readonly walletOrigin: string
  /** The server's database, in which a SIM's maker is let in as an operator. */
  readonly serverDatabaseUrl: string
  readonly stateFolder: string
  readonly logs: string
  readonly seedFile: string
}

/** The tour of a sandbox: simulated people and devices, and an operator's acts that they need. */
export const tourProgram = (settings: TourSettings): Promise<Program> =>
  nodeProgram('The tour', join(root, 'cli', 'tour.ts'), {
    HOST: '127.0.0.1',
    PORT: String(settings.port),
    API_URL: settings.apiUrl,
    WALLET_ORIGIN: settings.walletOrigin,
    DATABASE_URL: settings.serverDatabaseUrl,
    VAULT_DATABASE_URL: settings.databaseUrl,
    MASTER_KEY_FILE: settings.masterKeyFile,
    PASSPHRASE_FILE: settings.passphraseFile,
    STATE_FOLDER: settings.stateFolder,
    LOGS: settings.logs,
    SEED_FILE: settings.seedFile,
  })

export async function migrateVault(ownerUrl: string): Promise<void> {
  const entry = join(root, 'vault', 'migrate.ts')
  const env = { VAULT_DATABASE_OWNER_URL: ownerUrl }
  await runToEnd(await nodeProgram('Migrating the vault’s database', entry, env))
}

export type OperatorSettings = Pick<
  VaultSettings,
  'databaseUrl' | 'masterKeyFile' | 'passphraseFile'
>

/** An operator's act in the secure room; answers with what may be told of it. */
export async function operateVault(
  settings: OperatorSettings,
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
  onError?: (text: string) => void,
): Promise<string> {
  const entry = join(root, 'vault', 'operate', 'main.ts')
  const program = await nodeProgram('The operator of the vault', entry, {
    VAULT_DATABASE_URL: settings.databaseUrl,
    VAULT_MASTER_KEY_FILE: settings.masterKeyFile,
    VAULT_PASSPHRASE_FILE: settings.passphraseFile,
    ...more,
  })
  return await runToEnd({ ...program, args: [...program.args, ...args] }, onError)
}

export async function migrateServer(ownerUrl: string): Promise<void> {
  const entry = join(root, 'server', 'migrate.ts')
  const env = { DATABASE_OWNER_URL: ownerUrl }
  await runToEnd(await nodeProgram('Migrating the server’s database', entry, env))
}

/** What the seed made: the first merchant's ids and API key, and the card program. */
export type Seed = {
  readonly merchant: string
  readonly store: string
  readonly api_key: string
  readonly program: string
}

export async function seedServer(databaseUrl: string): Promise<Seed> {
  const entry = join(root, 'server', 'seed.ts')
  const program = await nodeProgram('Seeding the server', entry, { DATABASE_URL: databaseUrl })
  const line = (await runToEnd(program)).split('\n').findLast((text) => text.startsWith('{'))
  return readSeed(line ?? '')
}

export function readSeed(json: string): Seed {
  const value: unknown = JSON.parse(json)
  const field = (name: keyof Seed): string => {
    const found: unknown = Object.entries(value ?? {}).find(([key]) => key === name)?.[1]
    if (typeof found !== 'string') throw new TypeError(`the seed has no ${name}`)
    return found
  }
  return {
    merchant: field('merchant'),
    store: field('store'),
    api_key: field('api_key'),
    program: field('program'),
  }
}
