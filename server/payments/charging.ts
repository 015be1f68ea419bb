/**
 * A payment whose card comes with the request: from an entry device, or by a token. At most one
 * call to the vault (two for another company's card), and one statement to PostgreSQL that claims
 * the key, opens the payment, decides the money and keeps the answer, batched
 * (server/payments/migrations/0009-charge-network.sql).
 */
import { createHash } from 'node:crypto'
import { toBase64url } from '@warifu/crypto/base64url'
import { type Answer, done, type Refusal, refused } from '@warifu/protocol/errors'
import { type Id, laneOf } from '@warifu/protocol/ids'
import type { PresentmentAsked } from '@warifu/protocol/merchant-objects'
import { readEntry, type TokenUse, useToken } from '#presentment'
import { type Batcher, createBatcher, retried } from '#store'
import { type NewPayment, orderDigest } from './creating.ts'
import type { Way } from './hops.ts'
import type { At, PaymentNeeds } from './needs.ts'
import type { PaymentRow } from './row.ts'
import { timesOf } from './times.ts'

export type Shown = Extract<PresentmentAsked, { readonly kind: 'token' | 'entry_device' }>

/** What the request shows instead of a link: a card reference of the vault, or a token. */
type Card = Partial<TokenUse> & {
  readonly device: Id<'edv'> | null
  readonly card: Id<'crd'> | null
  readonly network?: { readonly card: Id<'ncr'>; readonly last4: string } | undefined
  readonly declined: Refusal | null
  readonly way: Way
}

type Ask = { readonly ask: NewPayment; readonly card: Card; readonly at: At }
type Reply = { readonly code: string; readonly answer: PaymentRow }

export type Charger = (ask: NewPayment, shown: Shown, at: At) => Promise<Answer<PaymentRow>>

/** What the entered card must have been entered for: this request of this merchant, once. */
export const saleOf = (key: string): string =>
  toBase64url(createHash('sha256').update(key).digest())

export function createCharger(needs: PaymentNeeds): Charger {
  const batcher: Batcher<Ask, Reply> = createBatcher({
    maxSize: 64,
    maxInFlight: 2,
    keysOf: ({ ask, card }) => [
      `${ask.merchant}/${ask.key}`,
      // A consent is counted under the token's lock, once in a batch.
      ...(card.token !== undefined && card.initiator === 'merchant' ? [card.token] : []),
    ],
    send: (asks) => retried(() => charge(needs, asks)),
  })
  return async (ask, shown, at) => {
    const card = await cardOf(needs, ask, shown, at)
    if (!card.ok) return (await firstAnswer(needs, ask)) ?? card
    const { code, answer } = await batcher.ask({ ask, card: card.value, at })
    // The statement answers with `ok` or codes of the errors table only.
    return code === 'ok' ? done(answer) : refused(code as Refusal)
  }
}

async function cardOf(
  needs: PaymentNeeds,
  ask: NewPayment,
  shown: Shown,
  at: At,
): Promise<Answer<Card>> {
  if (shown.kind === 'token') {
    const use = useToken(shown.token, shown.initiator)
    return done({ ...use, device: null, card: null, declined: null, way: { of: 'token' } })
  }
  const { message } = shown
  const { merchant, key, amount, currency } = ask
  const expected = { purpose: 'payment', merchant, sale: saleOf(key), amount, currency } as const
  const read = await readEntry(needs.vault, message, expected)
  if (!read.ok) {
    await needs.alarm({ merchant, device: message.device, refusal: read.refusal, nowMs: at.nowMs })
    return read
  }
  const { card, network: named, last4, declined, openedWith } = read.value
  const network = named === null ? undefined : { card: named, last4 }
  const way = { of: 'entry_device', ksn: message.ksn, key: openedWith } as const
  return done({ device: message.device, card, network, declined, way })
}

/** A key that was answered before is answered so again, whatever has become of the device. */
async function firstAnswer(
  { store }: PaymentNeeds,
  ask: NewPayment,
): Promise<Answer<PaymentRow> | undefined> {
  const [row] = await store.sql<{ answer: PaymentRow }[]>`
    select payments.first_answer(c.resource, c.answer) as answer
      from store.seen(${laneOf(ask.merchant)}::smallint, ${ask.merchant}, ${ask.key},
                      ${ask.digest}) c`
  return row && done(row.answer)
}

/** One round trip for the whole batch. */
async function charge(needs: PaymentNeeds, asks: readonly Ask[]): Promise<Reply[]> {
  const { sql } = needs.store
  const { nowMs, holdUntilMs, day, month } = timesOf(Math.max(...asks.map(({ at }) => at.nowMs)))
  return sql<(Reply & { ord: number })[]>`
    select ord, code, answer from payments.charge(
      ${sql.json(asks.map((one, i) => asRow(needs, one, i + 1)))}, ${nowMs}, ${holdUntilMs},
      ${day}, ${month})
     order by ord`
}

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
    store: ask.store ?? null,
    merchant_reference: ask.merchantReference ?? null,
    lines: [...ask.lines],
    order_digest: orderDigest(ask.lines),
    presentment: card.way.of,
    capture_method: ask.captureMethod,
    metadata: { ...ask.metadata },
    deadline_ms: at.nowMs + ask.expiresInS * 1000,
    device: card.device,
    token: card.token ?? null,
    token_lane: card.token_lane ?? null,
    initiator: card.initiator ?? null,
    card: card.card,
    network: card.network?.card ?? null,
    last4: card.network?.last4 ?? null,
    declined: card.declined,
    way: card.way,
  }
}
