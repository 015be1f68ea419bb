/**
 * Proximity devices of a sandbox, by name: made once (an operator admits the chip, the factory puts
 * its keys in, the label is kept beside), then run as processes of their own.
 *
 * The label lies in a file for its person to read: whoever has it may pair with the device.
 */
import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeProximityDevice } from '@warifu/devices/proximity-device'
import { type ChipLink, openChipLink } from '@warifu/devices/terminal'
import { type Carrier, carriers } from '@warifu/protocol/device-objects'
import { type Id, idOf, mintId } from '@warifu/protocol/ids'
import { type DeviceLabel, labelText } from '@warifu/protocol/proximity'
import { closed, oneOf } from '@warifu/protocol/shapes'
import { Type } from 'typebox'
import { Check } from 'typebox/value'
import { type OperatorSettings, operateVault } from './programs.ts'
import { codeOf, Sorry } from './sorry.ts'

export type ProximityDevice = {
  readonly name: string
  readonly device: Id<'pxd'>
  readonly carrier: Carrier
  readonly label: DeviceLabel
  readonly memoryFile: string
}

const text = Type.String()
const injectionShape = closed({
  device: idOf('pxd'),
  carrier: oneOf(carriers),
  kbpk: text,
  kbpk_check_value: text,
  blocks: closed({ txn: text, eid: text, label: text }),
  label_secret: text,
})
const keptShape = closed({
  what: text,
  device: idOf('pxd'),
  carrier: oneOf(carriers),
  label_secret: text,
})

export const proximityFolder = (home: string): string => join(home, 'proximity')

export const listProximityDevices = async (home: string): Promise<string[]> =>
  (await readdir(proximityFolder(home)).catch(() => [])).sort()

export async function findProximityDevice(
  home: string,
  name: string,
): Promise<ProximityDevice | undefined> {
  const folder = join(proximityFolder(home), name)
  const kept = await readFile(join(folder, 'device.json'), 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  })
  if (kept === undefined) return undefined
  const value: unknown = JSON.parse(kept)
  if (!Check(keptShape, value)) throw new Sorry(`${folder}/device.json cannot be understood.`)
  const { device, carrier, label_secret: secret } = value
  const memoryFile = join(folder, 'chip-memory')
  return { name, device, carrier, label: { device, secret }, memoryFile }
}

export type Making = {
  readonly home: string
  readonly name: string
  readonly carrier: Carrier
  readonly operator: OperatorSettings
}

/** Admits a chip and makes its device; what the factory was told is gone afterwards. */
export async function makeDeviceOf(making: Making): Promise<ProximityDevice> {
  const { home, name, carrier, operator } = making
  const folder = join(proximityFolder(home), name)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const chance = new Uint8Array(randomBytes(14))
  const id = mintId({ prefix: 'pxd', lane: 0, nowMs: Date.now(), chance })
  const out = join(folder, 'injection.json')
  await operateVault(operator, ['admit-chip', '--device', id, '--carrier', carrier, '--out', out])
  const injection: unknown = JSON.parse(await readFile(out, 'utf8'))
  await rm(out)
  if (!Check(injectionShape, injection)) throw new Sorry('The vault’s injection is not readable.')
  const memoryFile = join(folder, 'chip-memory')
  const { device, blocks, label_secret } = injection
  const kbpk = Uint8Array.from(Buffer.from(injection.kbpk, 'hex'))
  if (!makeProximityDevice(memoryFile, { device, carrier, kbpk, blocks }))
    throw new Sorry('The chip did not take its key blocks.')
  const what = 'SIMULATOR of a proximity device, sandbox only; label_secret is what its label says'
  const kept = JSON.stringify({ what, device, carrier, label_secret }, null, 2)
  await writeFile(join(folder, 'device.json'), `${kept}\n`, { mode: 0o600 })
  const label = { device, secret: label_secret }
  return { name, device, carrier, label, memoryFile }
}

/** As its label would be scanned. */
export const labelOf = ({ label }: ProximityDevice): string => labelText(label)

export type Linking = {
  readonly port: number
  readonly walletOrigin: string
  readonly timeoutMs?: number
}

/** The link of a phone without a page: no browser says the origin, so the phone does. */
export function openLinkTo({ port, walletOrigin, timeoutMs = 3_000 }: Linking): Promise<ChipLink> {
  return openChipLink({
    url: `ws://127.0.0.1:${port}`,
    signal: AbortSignal.timeout(timeoutMs),
    // Node's own client takes headers where a browser would set them itself.
    open: (url) => Reflect.construct(WebSocket, [url, { headers: { origin: walletOrigin } }]),
  })
}
