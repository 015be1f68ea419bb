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
  const { api, apiKey, operator } = place
  const headers = (key: string) => ({ authorization: `Bearer ${apiKey}`, 'idempotency-key': key })
  const body = { name, serial_number: randomUUID(), holder: 'Till 1' }
  const registered = await callApi(api, 'createEntryDevice', {
    body,
    headers: headers(body.serial_number),
  })
  const { id } = registered
  await operateVault(operator, ['make-base-key'])
  const act = ['admit-device', '--device', id]
  const injection = await readingOnce<Injection>(place, (out) =>
    operateVault(operator, [...act, '--out', out]),
  )
  const params = { id }
  const moved = { status: 'active', reason: 'its keys are loaded' } as const
  await callApi(api, 'moveEntryDevice', { params, body: moved, headers: headers(id) })
  return injection
}

/** A card of ours on plastic, with this PIN if one is given: what a person could type or insert. */
export async function plasticOf(
  place: Omit<Place, 'api' | 'apiKey'>,
  card: string,
  pinFile?: string,
): Promise<Plastic> {
  if (!isId('crd', card)) throw new RangeError('card: an id of a card')
  const pin = pinFile === undefined ? [] : ['--pin-file', pinFile]
  return readingOnce<Plastic>(place, (out) =>
    operateVault(place.operator, ['personalise-card', '--card', card, ...pin, '--out', out]),
  )
}

/** The secret is on the disk for as long as it takes to read it. */
async function readingOnce<T>(
  { folder }: Pick<Place, 'folder'>,
  act: (out: string) => Promise<unknown>,
): Promise<T> {
  const out = join(folder, `${randomUUID()}.secret`)
  try {
    await act(out)
    // Written by vault/operate in this very form.
    return JSON.parse(await readFile(out, 'utf8')) as T
  } finally {
    await rm(out, { force: true })
  }
}
