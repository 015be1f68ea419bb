/** For journeys: a shop with an entry device whose keys are the vault's, and cards to type. */
import { createHash, randomUUID } from 'node:crypto'
import {
  equipMerchant,
  type Injection,
  type Plastic,
  plasticOf,
} from '@warifu/cli/entry-device-keys'
import type { Body, Reply } from '@warifu/protocol/contract'
import type { EntryContext, EntryMessage } from '@warifu/protocol/entry-device'
import { isId } from '@warifu/protocol/ids'
import { callApi } from '@warifu/sdk/api-call'
import { type Device, type Entry, inject, send } from '@warifu/vault/rehearsal-device'
import type { House } from './house.ts'
import type { Holder, People } from './people.ts'

export type Till = {
  readonly device: Device
  readonly injection: Injection
  /** What a person could type: number, expiry and code of a holder's plastic card. */
  readonly typed: (holder: Holder, pin?: string) => Promise<Entry & { readonly plastic: Plastic }>
  readonly headers: (key: string) => Record<string, string>
  readonly message: (entry: Entry, ask: Asked) => EntryMessage
  readonly charge: (
    presentment: Body<'createPayment'>['presentment'],
    ask: Asked,
  ) => Promise<Reply<'createPayment'>>
}
export type Asked = {
  readonly key: string
  readonly amount: number
  readonly purpose?: 'payment' | 'token'
  /** What the device was told of the sale, and how the card came into it. */
  readonly context?: Partial<Pick<EntryContext, 'channel' | 'entry'>>
}

export const askFor = (amount = 1200, context: Asked['context'] = {}): Asked => ({
  key: randomUUID(),
  amount,
  context,
})

/** The protocol's own double of an entry device; its keys come from the vault as a device's do. */
export async function openTill(house: House, { api }: People): Promise<Till> {
  const { folder, operator, seed } = house
  const place = { api, apiKey: seed.api_key, operator, folder }
  const injection = await equipMerchant(place, 'Till 1')
  const kbpk = Uint8Array.from(Buffer.from(injection.kbpk, 'hex'))
  const blank = { key: new Uint8Array(0), keyId: '', counter: 1 }
  const device: Device = { id: injection.device, suite: 'aes-dukpt', kbpk, ...blank }
  inject(device, injection)
  const { merchant } = seed
  if (!isId('mer', merchant)) throw new Error('the seed names no merchant')
  const headers = (key: string) => ({
    authorization: `Bearer ${seed.api_key}`,
    'idempotency-key': key,
  })
  return {
    device,
    injection,
    headers,
    typed: async ({ card }) => {
      const plastic = await plasticOf({ operator, folder }, card)
      const { pan, expiry, security_code: code } = plastic
      return { pan, expiry, code, plastic }
    },
    message: (entry, { key, amount, purpose = 'payment', context: more }) => {
      const sale = createHash('sha256').update(key).digest('base64url')
      const isPayment = purpose === 'payment'
      const money = { amount: isPayment ? amount : null, currency: isPayment ? 'jpy' : null }
      const context = { sale, purpose, ...money, merchant, entry: 'keyed', ...more } as const
      return send(device, entry, { context })
    },
    charge: (presentment, { key, amount }) => {
      const body = { amount, currency: 'jpy', capture_method: 'manual' } as const
      const shown = presentment === undefined ? {} : { presentment }
      return callApi(api, 'createPayment', { body: { ...body, ...shown }, headers: headers(key) })
    },
  }
}
