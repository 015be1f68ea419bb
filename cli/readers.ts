/**
 * The sandbox's readers: each a folder with its key memory, its settings, the key block it was
 * given and where it listens. An operator admits it in the vault, as with hardware a factory would.
 */
import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openPanel } from '@warifu/devices/entry-device'
import { makeReader, readerFiles } from '@warifu/devices/reader'
import { type Id, idOf, mintId } from '@warifu/protocol/ids'
import { closed } from '@warifu/protocol/shapes'
import { type Static, Type } from 'typebox'
import { Check } from 'typebox/value'
import type { Program } from './child.ts'
import { choosePort } from './ports.ts'
import { type OperatorSettings, operateVault, readerProgram } from './programs.ts'
import { codeOf, Sorry } from './sorry.ts'
import { sandboxFileOf } from './state-folder.ts'

const kept = closed({
  what: Type.Literal('SIMULATOR of a reader, sandbox only'),
  reader: idOf('rdr'),
  /** X9.143; only this reader can open it. */
  key_block: Type.String(),
  port: Type.Integer(),
  panel_port: Type.Integer(),
})
export type SandboxReader = Omit<Static<typeof kept>, 'what'> & {
  readonly name: string
  readonly folder: string
  readonly sandboxFile: string
}

/** The one that npm start runs. */
export const FIRST_READER = 'phone-1'
const folderOf = (home: string, name: string) => join(home, 'readers', name)

export async function findReader(home: string, name: string): Promise<SandboxReader | undefined> {
  const folder = folderOf(home, name)
  const text = await readFile(join(folder, 'reader.json'), 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return undefined
  const value: unknown = JSON.parse(text)
  if (!Check(kept, value)) throw new Sorry(`${folder}/reader.json cannot be understood.`)
  return { ...value, name, folder, sandboxFile: sandboxFileOf(home) }
}

/** As an operator's act writes it (vault/operator-acts.ts): secret, for one reader. */
type Injection = {
  readonly kbpk: string
  readonly key_block: string
  readonly host_key: Parameters<typeof makeReader>[1]['host_key']
}

type Place = {
  readonly operator: OperatorSettings
  /** The port of the cable; else any. */
  readonly port?: number
}

/** Admits a reader in the vault and makes it; its protection key goes nowhere else. */
export async function makeSandboxReader(
  home: string,
  name: string,
  { operator, port }: Place,
): Promise<SandboxReader> {
  const folder = folderOf(home, name)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const reader = newReaderId()
  const out = join(folder, `${randomUUID()}.secret`)
  try {
    const admitting = ['admit-device', '--device', reader, '--out', out]
    await operateVault(operator, ['make-base-key', 'then', ...admitting])
    // Written by vault/operate in this very form.
    const { kbpk, key_block, host_key } = JSON.parse(await readFile(out, 'utf8')) as Injection
    const key = Uint8Array.from(Buffer.from(kbpk, 'hex'))
    makeReader(folder, { reader, kbpk: key, host_key })
    key.fill(0)
    const ports = { port: port ?? (await choosePort()), panel_port: await choosePort() }
    const made = { reader, key_block, ...ports }
    const what = 'SIMULATOR of a reader, sandbox only'
    const text = `${JSON.stringify({ what, ...made }, null, 2)}\n`
    await writeFile(join(folder, 'reader.json'), text, { mode: 0o600 })
    return { ...made, name, folder, sandboxFile: sandboxFileOf(home) }
  } finally {
    await rm(out, { force: true })
  }
}

const newReaderId = (): Id<'rdr'> => {
  const chance = crypto.getRandomValues(new Uint8Array(14))
  return mintId({ prefix: 'rdr', lane: 0, nowMs: Date.now(), chance })
}

export const readerProgramOf = (
  { folder, port, panel_port: panelPort, sandboxFile }: SandboxReader,
  walletOrigin: string,
): Promise<Program> =>
  readerProgram({ ...readerFiles(folder), port, panelPort, walletOrigin, sandboxFile })

/** Brings it its key block, where it has none yet. What it said, or null. */
export async function loadReaderKeys({
  panel_port,
  key_block,
}: SandboxReader): Promise<string | null> {
  const panel = await openPanel(panel_port)
  try {
    const { state } = await panel.look()
    return state === 'no_keys' ? (await panel.loadKey(key_block)).said : null
  } finally {
    panel.close()
  }
}
