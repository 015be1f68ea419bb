/**
 * What `warifu trigger` does for an event: real objects are made in the sandbox, as a shop and a
 * test cardholder would, until the real event leaves. Nothing is fabricated.
 */
import type { Body } from '@warifu/protocol/contract'
import type { EventType } from '@warifu/protocol/event-types'
import type { Id } from '@warifu/protocol/ids'
import { type Api, callApi } from '@warifu/sdk/api-call'
import type { Warifu } from '@warifu/sdk/sdk'

export type Shop = {
  readonly api: Api
  readonly merchant: Warifu
  /** Over what a payment would be asked for otherwise. */
  readonly override: object
}
/** Makes what is needed; answers with the object that the event is about. */
export type Trigger = (shop: Shop) => Promise<string>

const ask = async ({ merchant, override }: Shop, body: Partial<Body<'createPayment'>> = {}) => {
  const plain = { amount: 1200, currency: 'jpy', capture_method: 'manual' } as const
  // What was typed over it is judged by the platform, which names a field that is wrong.
  const { id } = await merchant.payments.create({ ...plain, ...body, ...override })
  return id
}

const pay = async (shop: Shop, id: Id<'pay'>) => {
  await callApi(shop.api, 'presentTestCard', { params: { id }, body: {} })
  return id
}

const paid = async (shop: Shop) => pay(shop, await ask(shop))

const captured = async (shop: Shop) => {
  const { id } = await shop.merchant.payments.capture(await paid(shop))
  return id
}

const kept = async (shop: Shop) => {
  const source = { kind: 'payment', payment: await paid(shop) } as const
  return (await shop.merchant.tokens.create({ source })).id
}

export const triggers = {
  'payment.created': (shop) => ask(shop),
  'payment.claimed': paid,
  'payment.authorized': paid,
  'payment.captured': captured,
  'payment.refunded': async (shop) => {
    const id = await captured(shop)
    await shop.merchant.payments.refund(id)
    return id
  },
  'payment.cancelled': async (shop) => {
    const { id } = await shop.merchant.payments.cancel(await ask(shop))
    return id
  },
  // Above what Aiko's card pays at once.
  'payment.declined': async (shop) => pay(shop, await ask(shop, { amount: 60_000 })),
  'payment.expired': (shop) => ask(shop, { expires_in: 1 }),
  'token.created': kept,
  'token.deleted': async (shop) => {
    const { data } = await shop.merchant.tokens.list({ limit: 1 }).page()
    const id = data[0]?.id ?? (await kept(shop))
    await shop.merchant.tokens.delete(id)
    return id
  },
} as const satisfies Partial<Record<EventType, Trigger>>
export type Triggered = keyof typeof triggers
