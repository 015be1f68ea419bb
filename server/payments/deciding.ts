/**
 * Charges that are decided together: one statement claims their keys, opens the payments, decides
 * the money and keeps the answers (server/payments/migrations/0004-charge.sql). It is told what was
 * asked and answers only with what it found out, so no row travels back whole.
 */
import type { Refusal } from '@warifu/protocol/errors'
import { type Id, laneOf } from '@warifu/protocol/ids'
import type { TokenUse } from '#presentment'
import { rowsText } from '#store'
import { type NewPayment, orderDigest } from './creating.ts'
import type { At, PaymentNeeds } from './needs.ts'
import type { PaymentRow } from './row.ts'
import { timesOf } from './times.ts'
import type { ChargedWay } from './told-hops.ts'

/** What the request shows instead of a link: a card reference of the vault, or a token. */
export type Card = Partial<TokenUse> & {
  readonly device: Id<'edv'> | null
  readonly card: Id<'crd'> | null
  readonly network?: { readonly card: Id<'ncr'>; readonly last4: string } | undefined
  readonly declined: Refusal | null
  readonly way: ChargedWay
}

export type Ask = { readonly ask: NewPayment; readonly card: Card; readonly at: At }
export type Reply = { readonly code: string; readonly answer: PaymentRow }

/** `payments.charged`; where `code` is no `ok`, the rest means nothing. */
type Charged = {
  readonly ord: number
  readonly code: string
  /** The row, of a key that was answered before. */
  readonly answer: PaymentRow | null
  readonly payment: Id<'pay'>
  readonly declined: string | null
  readonly store: Id<'str'>
  readonly name: string
  readonly place: string
  readonly category: string
  readonly card: Id<'crd'> | Id<'ncr'> | null
  readonly token: Id<'tok'> | null
  readonly account: Id<'acc'> | null
  readonly last4: string | null
}

/** One round trip for the whole batch. */
export async function decide(needs: PaymentNeeds, asks: readonly Ask[]): Promise<Reply[]> {
  const { sql } = needs.store
  const { nowMs, holdUntilMs, day, month } = timesOf(Math.max(...asks.map(({ at }) => at.nowMs)))
  const rows = rowsText(
    asks.map((one, i) => plainOf(needs, one, i + 1)),
    asks.map(freeOf),
  )
  const found = await sql<Charged[]>`
    select * from payments.charge(
      ${rows}::text::payments.charging[], ${asks.some(isAbsent)}, ${asks.some(isNetwork)},
      ${nowMs}, ${holdUntilMs}, ${day}, ${month})`
  const replies: Reply[] = []
  for (const one of found) {
    const ask = asks[one.ord - 1]
    if (ask === undefined) throw new Error('payments.charge answered what nobody asked')
    replies[one.ord - 1] = { code: one.code, answer: one.answer ?? madeRow(ask, one, nowMs) }
  }
  return replies
}

const isAbsent = ({ card }: Ask) => card.initiator === 'merchant'
const isNetwork = ({ card }: Ask) => card.network !== undefined

/** The fields of `payments.charging`, in their order; `freeOf` are those behind them. */
const plainOf = (needs: PaymentNeeds, { ask, card, at }: Ask, ord: number) => {
  const lane = laneOf(ask.merchant)
  return [
    ord,
    lane,
    needs.mint('pay', lane),
    at.requestId,
    needs.mint('evt', lane),
    ask.merchant,
    Buffer.from(ask.digest).toString('hex'),
    ask.amount,
    ask.currency,
    ask.store ?? null,
    orderDigest(ask.lines),
    card.way.of,
    ask.captureMethod,
    deadlineOf(ask, at),
    card.device,
    card.token ?? null,
    card.token_lane ?? null,
    card.initiator ?? null,
    card.card,
    card.declined,
    card.network?.card ?? null,
    card.network?.last4 ?? null,
  ]
}

const freeOf = ({ ask, card }: Ask) => [
  ask.key,
  ask.merchantReference ?? null,
  ask.lines.length === 0 ? null : JSON.stringify(ask.lines),
  JSON.stringify(ask.metadata),
  JSON.stringify(card.way),
]

const deadlineOf = ({ expiresInS }: NewPayment, { nowMs }: At) => nowMs + expiresInS * 1000

/** The row as the statement wrote it. */
const madeRow = ({ ask, card, at }: Ask, found: Charged, nowMs: number): PaymentRow => ({
  lane: laneOf(ask.merchant),
  id: found.payment,
  merchant: ask.merchant,
  store: found.store,
  payee: { name: found.name, place: found.place },
  category: found.category,
  merchant_reference: ask.merchantReference ?? null,
  amount: ask.amount,
  currency: ask.currency,
  extent: 'exact',
  lines: [...ask.lines],
  order_digest: orderDigest(ask.lines),
  presentment: card.way.of,
  capture_method: ask.captureMethod,
  return_url: null,
  metadata: ask.metadata,
  status: found.declined === null ? 'authorized' : 'declined',
  declined_because: found.declined,
  action: null,
  action_by: null,
  action_deadline_ms: null,
  match_number: null,
  program: null,
  terminal: null,
  approval: null,
  card: found.card,
  card_last4: found.last4,
  account: found.account,
  device: card.device,
  token: found.token,
  initiator: card.initiator ?? null,
  captured: 0,
  refunded: 0,
  incremented: null,
  overcaptured: null,
  overcaptures: null,
  released: null,
  settled: null,
  version: 1,
  created_ms: nowMs,
  deadline_ms: deadlineOf(ask, at),
})
