/**
 * Charges that are decided together: one statement claims their keys, opens the payments, decides
 * the money and keeps the answers (server/payments/migrations/0004-charge.sql). It is told what was
 * asked and answers only with what it found out, so no row travels back whole.
 */
import type { Refusal } from '@warifu/protocol/errors'
import { type Id, laneOf } from '@warifu/protocol/ids'
import type { TokenUse } from '#presentment'
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
  const rows = asks.map((one, i) => asRow(needs, one, i + 1))
  const found = await sql<Charged[]>`
    select * from payments.charge(
      ${JSON.stringify(rows)}::text::json, ${asks.some(isAbsent)}, ${asks.some(isNetwork)},
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

/** What is null is left out: PostgreSQL reads it as null again. */
const asRow = (needs: PaymentNeeds, { ask, card, at }: Ask, ord: number) => {
  const lane = laneOf(ask.merchant)
  return {
    ord,
    lane,
    payment: needs.mint('pay', lane),
    request: at.requestId,
    event: needs.mint('evt', lane),
    merchant: ask.merchant,
    key: ask.key,
    digest: Buffer.from(ask.digest).toString('hex'),
    amount: ask.amount,
    currency: ask.currency,
    store: ask.store,
    merchant_reference: ask.merchantReference,
    lines: ask.lines.length === 0 ? undefined : ask.lines,
    order_digest: orderDigest(ask.lines),
    presentment: card.way.of,
    capture_method: ask.captureMethod,
    metadata: ask.metadata,
    deadline_ms: deadlineOf(ask, at),
    device: card.device ?? undefined,
    token: card.token,
    token_lane: card.token_lane,
    initiator: card.initiator,
    card: card.card ?? undefined,
    network: card.network?.card,
    last4: card.network?.last4,
    declined: card.declined ?? undefined,
    way: card.way,
  }
}

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
