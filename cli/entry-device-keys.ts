/**
 * An entry device for a merchant, from registration to its first keys: the merchant registers it,
 * an operator admits it in the vault, and the injection file is what a device is made with
 * (devices/entry-device, makeDevice). Then it may take cards.
 */
import { randomUUID } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Id, isId } from '@warifu/protocol/ids'
import { type Api, callApi } from '@warifu/sdk/api-call'
import { type OperatorSettings, operateVault } from './programs.ts'

/** As an operator's act writes it (vault/operator-acts.ts): secret, for one device. */
export type Injection = {
  readonly device: Id<'edv'>
  readonly suite: string
  readonly kbpk: string
  readonly key_block: string
  readonly initial_key_id: string
}

/** All that is on a plastic card; secret. */
export type Plastic = {
  readonly pan: string
  readonly expiry: string
  readonly security_code: string
  readonly track2: string
  readonly pan_sequence: string
  readonly chip_key: string
}

export type Place = {
  readonly api: Api
  readonly apiKey: string
  readonly operator: OperatorSettings
  /** A folder that is closed to others. */
  readonly folder: string
}

/** Registers a device, has it admitted, and sets it active. */
export async function equipMerchant(place: Place, name: string): Promise<Injection> {
  const device = await register(place, name)
  const [injection] = await secretsOf(place, admitting(device))
  await activate(place, device)
  return injection as Injection
}

/** The same, with a card on plastic to show there: the vault's operator does both in one go. */
export async function equipWithCard(
  place: Place,
  name: string,
  card: Id<'crd'>,
): Promise<{ readonly injection: Injection; readonly plastic: Plastic }> {
  const device = await register(place, name)
  const [injection, plastic] = await secretsOf(place, admitting(device), personalising(card))
  await activate(place, device)
  return { injection: injection as Injection, plastic: plastic as Plastic }
}

/** A card of ours on plastic, with this PIN if one is given: what a person could type or insert. */
export async function plasticOf(
  place: Omit<Place, 'api' | 'apiKey'>,
  card: string,
  pinFile?: string,
): Promise<Plastic> {
  if (!isId('crd', card)) throw new RangeError('card: an id of a card')
  const pin = pinFile === undefined ? [] : ['--pin-file', pinFile]
  const [plastic] = await secretsOf(place, [...personalising(card), ...pin])
  return plastic as Plastic
}

const headers = ({ apiKey }: Place, key: string) => ({
  authorization: `Bearer ${apiKey}`,
  'idempotency-key': key,
})

async function register(place: Place, name: string): Promise<Id<'edv'>> {
  const body = { name, serial_number: randomUUID(), holder: 'Till 1' }
  const named = { body, headers: headers(place, body.serial_number) }
  return (await callApi(place.api, 'createEntryDevice', named)).id
}

async function activate(place: Place, id: Id<'edv'>): Promise<void> {
  const body = { status: 'active', reason: 'its keys are loaded' } as const
  const moved = { params: { id }, body, headers: headers(place, id) }
  await callApi(place.api, 'moveEntryDevice', moved)
}

const admitting = (device: Id<'edv'>) => [
  ...['make-base-key', 'then'],
  ...['admit-device', '--device', device],
]
const personalising = (card: Id<'crd'>) => ['personalise-card', '--card', card]

/**
 * What each of these acts kept secret, in a form that vault/operate writes: it is on the disk for
 * as long as it takes to read it.
 */
async function secretsOf(
  { operator, folder }: Pick<Place, 'operator' | 'folder'>,
  ...acts: readonly (readonly string[])[]
): Promise<unknown[]> {
  const asked = acts.map((act) => ({ act, out: join(folder, `${randomUUID()}.secret`) }))
  const words = asked.flatMap(({ act, out }) => ['then', ...act, '--out', out])
  try {
    await operateVault(operator, words.slice(1))
    const read = async ({ out }: { out: string }) => JSON.parse(await readFile(out, 'utf8'))
    return await Promise.all(asked.map(read))
  } finally {
    for (const { out } of asked) await rm(out, { force: true })
  }
}
