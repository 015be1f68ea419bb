/**
 * A payment whose card comes with the request: from an entry device, or by a token. At most one
 * call to the vault (two for another company's card), and one statement to PostgreSQL, batched
 * (deciding.ts).
 */
import { hash } from 'node:crypto'
import { type Answer, done, type Refusal, refused } from '@warifu/protocol/errors'
import { laneOf } from '@warifu/protocol/ids'
import type { PresentmentAsked } from '@warifu/protocol/merchant-objects'
import { readEntry, useToken } from '#presentment'
import { type Batcher, createBatcher, retried } from '#store'
import type { NewPayment } from './creating.ts'
import { type Ask, type Card, decide, type Reply } from './deciding.ts'
import type { At, PaymentNeeds } from './needs.ts'
import type { PaymentRow } from './row.ts'

export type Shown = Extract<PresentmentAsked, { readonly kind: 'token' | 'entry_device' | 'moto' }>

export type Charger = (ask: NewPayment, shown: Shown, at: At) => Promise<Answer<PaymentRow>>

/** What the entered card must have been entered for: this request of this merchant, once. */
export const saleOf = (key: string): string => hash('sha256', key, 'base64url')

export function createCharger(needs: PaymentNeeds): Charger {
  const batcher: Batcher<Ask, Reply> = createBatcher({
    maxSize: needs.batchSize,
    maxInFlight: 2,
    keysOf: ({ ask, card }) => [
      `${ask.merchant}/${ask.key}`,
      // A consent is counted under the token's lock, once in a batch.
      ...(card.token !== undefined && card.initiator === 'merchant' ? [card.token] : []),
    ],
    send: (asks) => retried(() => decide(needs, asks)),
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
  const channel = shown.kind === 'moto' ? shown.kind : null
  const sold = { merchant, sale: saleOf(key), amount, currency }
  const expected = { purpose: 'payment', ...sold, channel } as const
  const read = await readEntry(needs.vault, message, expected)
  if (!read.ok) {
    await needs.alarm({ merchant, device: message.device, refusal: read.refusal, nowMs: at.nowMs })
    return read
  }
  const { card, network: named, last4, declined, openedWith } = read.value
  const network = named === null ? undefined : { card: named, last4 }
  const ms = Math.max(0, needs.now() - at.nowMs)
  const asked = named === null ? {} : ({ network: true } as const)
  const way = { of: shown.kind, ksn: message.ksn, key: openedWith, ms, ...asked } as const
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
