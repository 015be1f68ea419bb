/**
 * The sandbox's entry devices: each a folder with its key memory, the key block it was given and
 * where it listens; and plastic cards of the sandbox's people, to key, swipe or insert.
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeDevice } from '@warifu/devices/entry-device'
import { idOf } from '@warifu/protocol/ids'
import { closed } from '@warifu/protocol/shapes'
import { type Static, Type } from 'typebox'
import { Check } from 'typebox/value'
import type { Program } from './child.ts'
import { equipMerchant, type Place, type Plastic, plasticOf } from './entry-device-keys.ts'
import { choosePort } from './ports.ts'
import { entryDeviceProgram } from './programs.ts'
import { codeOf, Sorry } from './sorry.ts'
import { sandboxFileOf } from './state-folder.ts'

const kept = closed({
  what: Type.Literal('SIMULATOR of an entry device, sandbox only'),
  device: idOf('edv'),
  /** Whose it is. */
  merchant: Type.String(),
  /** X9.143; only this device can open it. */
  key_block: Type.String(),
  port: Type.Integer(),
  panel_port: Type.Integer(),
})
export type EntryDevice = Omit<Static<typeof kept>, 'what'> & {
  readonly name: string
  readonly folder: string
  readonly sandboxFile: string
}

const folderOf = (home: string) => join(home, 'devices')
/** Where the device of this name lies; the till's own is the first. */
export const FIRST_DEVICE = 'till-1'

export async function listEntryDevices(home: string): Promise<string[]> {
  return (await readdir(folderOf(home)).catch(() => [])).sort()
}

export async function findEntryDevice(
  home: string,
  name: string,
): Promise<EntryDevice | undefined> {
  const folder = join(folderOf(home), name)
  const text = await readFile(join(folder, 'device.json'), 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return undefined
  const value: unknown = JSON.parse(text)
  if (!Check(kept, value)) throw new Sorry(`${folder}/device.json cannot be understood.`)
  return { ...value, name, folder, sandboxFile: sandboxFileOf(home) }
}

/**
 * Registers a device, has an operator admit it, and makes it. The key that protects its key blocks
 * goes from the operator's file into the device and nowhere else.
 */
export async function makeEntryDevice(
  home: string,
  name: string,
  place: Omit<Place, 'folder'> & { readonly merchant: string; readonly port?: number },
): Promise<EntryDevice> {
  const folder = join(folderOf(home), name)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const { device, kbpk, key_block } = await equipMerchant({ ...place, folder }, name)
  const key = Uint8Array.from(Buffer.from(kbpk, 'hex'))
  makeDevice(join(folder, 'key-memory'), { device, kbpk: key })
  key.fill(0)
  const ports = { port: place.port ?? (await choosePort()), panel_port: await choosePort() }
  const made = { device, merchant: place.merchant, key_block, ...ports }
  const what = 'SIMULATOR of an entry device, sandbox only'
  const text = `${JSON.stringify({ what, ...made }, null, 2)}\n`
  await writeFile(join(folder, 'device.json'), text, { mode: 0o600 })
  return { ...made, name, folder, sandboxFile: sandboxFileOf(home) }
}

export const programOf = (
  { folder, port, panel_port, sandboxFile }: EntryDevice,
  serial?: string,
): Promise<Program> =>
  entryDeviceProgram({
    memoryFile: join(folder, 'key-memory'),
    panelPort: panel_port,
    sandboxFile,
    link: serial === undefined ? { port } : { serial },
  })

// ── plastic ──────────────────────────────────────────────────────────────────────────────────

/** A card in a drawer: what is on it, and how often its chip has paid. */
export type KeptPlastic = Plastic & { readonly atc: number }

const plasticPath = (home: string, card: string) => join(home, 'plastic', `${card}.json`)

/** Has a card put on plastic, once. */
export async function plasticFor(
  home: string,
  card: string,
  { operator, pinFile }: Pick<Place, 'operator'> & { readonly pinFile?: string | undefined },
): Promise<KeptPlastic> {
  const known = await readPlastic(home, card)
  if (known !== undefined && pinFile === undefined) return known
  const folder = join(home, 'plastic')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const made = { ...(await plasticOf({ operator, folder }, card, pinFile)), atc: known?.atc ?? 0 }
  await keepPlastic(home, card, made)
  return made
}

export async function readPlastic(home: string, card: string): Promise<KeptPlastic | undefined> {
  const text = await readFile(plasticPath(home, card), 'utf8').catch(() => undefined)
  // Written below in this very form.
  return text === undefined ? undefined : (JSON.parse(text) as KeptPlastic)
}

export const keepPlastic = (home: string, card: string, plastic: KeptPlastic): Promise<void> =>
  writeFile(plasticPath(home, card), `${JSON.stringify(plastic, null, 2)}\n`, { mode: 0o600 })

/** As it is embossed and keyed: MMYY. */
export const embossed = ({ expiry }: Plastic): string => expiry.slice(2) + expiry.slice(0, 2)
