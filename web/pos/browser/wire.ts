/**
 * What the till's page and the shop's page say to their back end, and what they are told. Amounts
 * are the back end's business: a page names articles and quantities, and never a price of the shop.
 */
import { broadcastCode } from '@warifu/protocol/beacon'
import { idOf } from '@warifu/protocol/ids'
import { phoneNumber } from '@warifu/protocol/merchant-objects'
import { minorUnits } from '@warifu/protocol/money'
import type { PaymentStatus } from '@warifu/protocol/moves'
import { payCode } from '@warifu/protocol/pay-code'
import type { OrderLine } from '@warifu/protocol/sealed'
import { closed, plainText } from '@warifu/protocol/shapes'
import { type Static, Type } from 'typebox'

const quantity = Type.Integer({ minimum: 1, maximum: 999 })
/** The page's own name for what it is about to do: twice the same is done once. */
const draft = Type.String({ pattern: '^[0-9a-f-]{36}$', description: 'a UUID' })
const language = Type.Union([Type.Literal('en'), Type.Literal('ja'), Type.Literal('ko')])

const article = Type.String({ maxLength: 40 })
const articleLine = closed({ article, quantity })
/** An article; or, at the till only, whatever its list does not have, with a price. */
const anyLine = closed({
  article: Type.Optional(article),
  description: Type.Optional(plainText(80)),
  price: Type.Optional(minorUnits),
  quantity,
})

/** How a customer at the till, or on the telephone, is asked to pay; left out: by a link. */
export const payWay = Type.Union([
  closed({ kind: Type.Literal('code'), code: payCode }),
  closed({ kind: Type.Literal('phone'), phone: phoneNumber }),
  /** The customer reads their card at the reader on their own phone. */
  closed({ kind: Type.Literal('reader'), phone: phoneNumber }),
  /** A device of theirs that the till hears. */
  closed({ kind: Type.Literal('beacon'), code: broadcastCode }),
  /** The card that this number paid with before. */
  closed({ kind: Type.Literal('saved'), phone: phoneNumber }),
  /** A card in the customer's hand, at the shop's entry device. */
  closed({ kind: Type.Literal('device') }),
  /** By telephone: the agent keys the card there. With a number it is kept for next time. */
  closed({ kind: Type.Literal('moto'), phone: Type.Optional(phoneNumber) }),
  /** Into the drawer; what the customer gave tells the change. */
  closed({ kind: Type.Literal('cash'), received: Type.Optional(minorUnits) }),
  /** To the shop's account: expected until somebody has seen it there. */
  closed({ kind: Type.Literal('transfer') }),
])
export type PayWay = Static<typeof payWay>

export const newOrder = closed({
  draft,
  language,
  lines: Type.Array(anyLine, { minItems: 1, maxItems: 50 }),
  pay: Type.Optional(payWay),
})
export type NewOrder = Static<typeof newOrder>

export const newShopOrder = closed({
  draft,
  language,
  lines: Type.Array(articleLine, { minItems: 1, maxItems: 50 }),
})

/** Without an amount: all that is left. */
export const newRefund = closed({
  draft,
  amount: Type.Optional(minorUnits),
  reason: Type.Optional(plainText(80)),
})
/** What the bank's statement calls the transfer. */
export const newArrival = closed({ reference: Type.Optional(plainText(64)) })

/**
 * `asking`: the platform has not answered yet; `refused`: it will not have this payment;
 * `expected`: a transfer that has not come.
 */
export type OrderStatus = PaymentStatus | 'asking' | 'refused' | 'expected'

/** What the shop's entry device is at. Its prompt never tells a digit, nor how many there are. */
export type Entered =
  | { readonly state: 'waiting_for_card'; readonly prompt: string }
  | { readonly state: 'sending' | 'finding_out' }

export type Refunded = {
  readonly amount: number | null
  readonly reason: string | null
  readonly at: string
  /** False while nobody knows. */
  readonly isDone: boolean
}

export type Order = {
  readonly number: number
  readonly place: 'till' | 'shop'
  readonly lines: readonly OrderLine[]
  readonly amount: number
  readonly currency: string
  readonly created_at: string
  /** The shop's day on which it was made: `YYYY-MM-DD`. */
  readonly day: string
  readonly status: OrderStatus
  /** How the customer is asked; null: by the link. */
  readonly asked: PayWay['kind'] | null
  /** Two digits that the customer enters on their phone, while they are asked. */
  readonly match_number: string | null
  /** This shop may charge the card again for this customer: there is a token for it. */
  readonly isKept: boolean
  /** Something was asked of the platform and has no answer yet: what is shown may be old. */
  readonly doubt: boolean
  /** What the platform said no to last, by its code. */
  readonly refusal: string | null
  readonly entered: Entered | null
  readonly payment: Static<typeof paymentId> | null
  /** Cash and transfers: the platform's name for them, once it has them in its list. */
  readonly sale: string | null
  readonly link: string | null
  readonly deadline_at: string | null
  readonly captured: number
  readonly refunded: number
  readonly refunds: readonly Refunded[]
  /** Cash that the customer gave. */
  readonly received: number | null
  readonly transfer_reference: string | null
  readonly arrived_at: string | null
  readonly last4: string | null
  readonly declined_because: string | null
}
const paymentId = idOf('pay')

export type Tally = { readonly count: number; readonly amount: number }
/** How the money came. */
export type Kind = 'card' | 'cash' | 'transfer'
export type KindTally = { readonly kind: Kind; readonly sold: Tally; readonly refunded: Tally }
/** What one day brought, by when the money moved. */
export type Day = {
  /** `YYYY-MM-DD`, as the shop's calendar has it. */
  readonly day: string
  readonly currency: string
  readonly sold: Tally
  readonly refunded: Tally
  /** The same by kind; those of which nothing moved are left out. */
  readonly kinds: readonly KindTally[]
  /** Transfers that have not come yet, of any day. */
  readonly expected: Tally
}
export type DaySales = Day & { readonly orders: readonly Order[] }

export type Article = {
  readonly id: string
  readonly name: Readonly<Record<'en' | 'ja' | 'ko', string>>
  readonly price: number
}
export type Catalogue = {
  readonly shop: string
  readonly currency: string
  readonly articles: readonly Article[]
}

/** The streams' messages, by their `event:` name. */
export type TillMessage = {
  readonly day: DaySales
  readonly order: { readonly order: Order; readonly day: Day }
  readonly platform: { readonly reachable: boolean }
}
export type ShopMessage = { readonly order: Order }

/** What is known of a customer by their number. */
export type KnownCustomer = { readonly last4: string }
/** A card that is kept for a customer, as the list of them shows it. */
export type SavedCard = KnownCustomer & {
  readonly phone: string
  readonly kept_at: string
  /** The order by which it came. */
  readonly number: number
}
/** An entry device that answers now. */
export type EntryDevice = { readonly device: string; readonly state: string }

/** Something that broadcasts near the till; its code says nothing more. */
export type NearbyDevice = { readonly code: string }

/** How the back end says no. */
export type Refused = {
  readonly error: { readonly code: string; readonly message: string; readonly param: string | null }
}
