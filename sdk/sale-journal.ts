/**
 * What a till must not forget, on disk: one file for each sale, written before anything is sent.
 *
 *   opened → sending (with the exact bytes) → settled        opened → settled (nothing was sent)
 *
 * A file is written aside, flushed, renamed, and its folder flushed: it is whole or not there. A
 * crash in `opened` means that nothing was sent; in `sending`, that it may have been. For Node.js.
 */
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Static, Type } from 'typebox'
import { Check } from 'typebox/value'

const outcome = Type.Union([
  Type.Object({ state: Type.Literal('approved'), payment: Type.String() }),
  Type.Object({
    state: Type.Literal('declined'),
    payment: Type.String(),
    code: Type.Union([Type.String(), Type.Null()]),
  }),
  Type.Object({ state: Type.Literal('cancelled') }),
  Type.Object({ state: Type.Literal('failed_nothing_charged'), code: Type.String() }),
])
/** How a sale ended. Only `approved` has moved money. */
export type Outcome = Static<typeof outcome>

const entry = Type.Object({
  v: Type.Literal(1),
  /** The idempotency key under which everything about this sale is asked. */
  key: Type.String({ pattern: '^[0-9a-f-]{36}$' }),
  device: Type.String(),
  amount: Type.Integer(),
  currency: Type.String(),
  reference: Type.Union([Type.String(), Type.Null()]),
  stage: Type.Union(['opened', 'sending', 'settled'].map((stage) => Type.Literal(stage))),
  /** The request's exact bytes, once there are any. Ciphertext of the card; no number is in it. */
  body: Type.Union([Type.String(), Type.Null()]),
  outcome: Type.Union([outcome, Type.Null()]),
})
export type JournalEntry = Omit<Static<typeof entry>, 'stage'> & {
  readonly stage: 'opened' | 'sending' | 'settled'
}

export type SaleJournal = {
  readonly write: (entry: JournalEntry) => Promise<void>
  readonly read: (key: string) => Promise<JournalEntry | undefined>
  /** Those that are not settled, in the order of their keys. */
  readonly unsettled: () => Promise<readonly JournalEntry[]>
  /** Forgets a settled sale. */
  readonly forget: (key: string) => Promise<void>
}

export class JournalError extends Error {
  override readonly name = 'JournalError'
  readonly code = 'journal_damaged'
}

export async function openJournal(folder: string): Promise<SaleJournal> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const pathOf = (key: string) => join(folder, `${key}.json`)
  const read = async (key: string): Promise<JournalEntry | undefined> => {
    const text = await readFile(pathOf(key), 'utf8').catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
      throw error
    })
    return text === undefined ? undefined : parse(text, pathOf(key))
  }
  return {
    read,
    write: async (next) => {
      const path = pathOf(next.key)
      const aside = `${path}.new`
      await flushed(aside, 'w', (file) => file.writeFile(`${JSON.stringify(next)}\n`))
      await rename(aside, path)
      await flushed(folder, 'r')
    },
    unsettled: async () => {
      const names = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort()
      const found = await Promise.all(names.map((name) => read(name.slice(0, -5))))
      return found.filter((one) => one !== undefined).filter(({ stage }) => stage !== 'settled')
    },
    forget: async (key) => await rm(pathOf(key), { force: true }),
  }
}

type Opened = Awaited<ReturnType<typeof open>>

async function flushed(
  path: string,
  mode: 'w' | 'r',
  work: (file: Opened) => Promise<void> = async () => {},
): Promise<void> {
  await using file = await open(path, mode, 0o600)
  await work(file)
  await file.sync()
}

function parse(text: string, path: string): JournalEntry {
  try {
    const value: unknown = JSON.parse(text)
    // Checked one line above its use: `stage` is one of the three words.
    if (Check(entry, value)) return value as JournalEntry
  } catch {
    // said below
  }
  throw new JournalError(`The journal of a sale cannot be read: ${path}`)
}
