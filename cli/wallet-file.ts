/**
 * The software terminal's file: passkey, keys and state in clear, closed to others (0600).
 *
 * Written aside, flushed and renamed, so that a counter that was used is never forgotten. One
 * command at a time uses it: two with one counter would be two copies of a wallet, and the
 * platform would suspend the terminal.
 */
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { blankState, type TerminalStore, type Turns } from '@warifu/devices/terminal'
import type { PasskeyKeeper } from './software-terminal.ts'
import { codeOf, Sorry } from './sorry.ts'
import { packState, readWallet, unpackState, type WalletRecord } from './wallet-record.ts'

export type WalletFile = {
  readonly path: string
  readonly store: TerminalStore
  readonly keeper: PasskeyKeeper
  readonly turns: Turns
}

const folderOf = (home: string) => join(home, 'wallets')
const pathOf = (home: string, wallet: string) => join(folderOf(home), `${wallet}.json`)

/** The names of the wallets that are here. */
export async function listWallets(home: string): Promise<string[]> {
  const names = await readdir(folderOf(home)).catch(() => [])
  return names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5))
}

export function openWalletFile(home: string, wallet: string, origin: string): WalletFile {
  const path = pathOf(home, wallet)
  const blank = (): WalletRecord => ({ ...packed(origin), passkey: null, state: null })
  const load = async () => (await readRecord(path)) ?? blank()
  return {
    path,
    store: {
      load: async () => {
        const record = await load()
        if (record.origin !== origin)
          throw new Sorry(`The wallet in ${path} belongs to ${record.origin}, not to ${origin}.`)
        return record.state === null ? blankState : unpackState(record.state)
      },
      save: async (state) => write(path, { ...(await load()), state: await packState(state) }),
    },
    keeper: {
      load: async () => (await load()).passkey,
      save: async (passkey) => write(path, { ...(await load()), passkey }),
    },
    turns: fileTurns(`${path}.lock`),
  }
}

const packed = (origin: string) => ({
  what: 'software terminal, sandbox only: whoever reads this file can pay with it' as const,
  origin,
})

async function readRecord(path: string): Promise<WalletRecord | undefined> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined
    throw new Sorry(`The wallet ${path} cannot be read.`, { cause: error })
  })
  return text === undefined ? undefined : readWallet(text, path)
}

async function write(path: string, record: WalletRecord): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const aside = `${path}.new`
  await using file = await open(aside, 'w', 0o600)
  await file.writeFile(`${JSON.stringify(record, null, 2)}\n`)
  await file.sync()
  await rename(aside, path)
}

const WAIT_MS = 5_000

/** Turns among commands: a file that only one of them can make. */
const fileTurns =
  (lock: string): Turns =>
  async (work) => {
    await mkdir(dirname(lock), { recursive: true, mode: 0o700 })
    const deadline = Date.now() + WAIT_MS
    while (!(await take(lock))) {
      if (Date.now() > deadline)
        throw new Sorry(`Another command uses this wallet (if none does, remove ${lock}).`)
      await sleep(50)
    }
    try {
      return await work()
    } finally {
      await rm(lock, { force: true })
    }
  }

async function take(lock: string): Promise<boolean> {
  try {
    await using file = await open(lock, 'wx', 0o600)
    await file.writeFile(`${process.pid}\n`)
    return true
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  }
  const holder = await readFile(lock, 'utf8').catch(() => '')
  if (holder !== '' && !isAlive(Number(holder))) await rm(lock, { force: true })
  return false
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return codeOf(error) !== 'ESRCH'
  }
}
