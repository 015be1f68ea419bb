/** What a merchant does with a payment: capture, cancel, refund. Each under its own key, once. */
import { type Answer, done, type Refusal, refused } from '@warifu/protocol/errors'
import { type Id, laneOf } from '@warifu/protocol/ids'
import { paymentMoves, sourcesOf } from '@warifu/protocol/moves'
import { merchantActs, platformActs } from './merchant-hops.ts'
import { type At, instantOf, type PaymentNeeds } from './needs.ts'
import { paymentOf } from './reading.ts'
import type { PaymentRow, RefundRow } from './row.ts'

/** A merchant's act on one of its payments, under its idempotency key. */
export type Act = At & {
  readonly merchant: Id<'mer'>
  readonly payment: Id<'pay'>
  readonly key: string
  readonly digest: Uint8Array
  readonly amount?: number
  /** Of a capture: nothing more is to come, the rest is let go. */
  readonly final?: boolean
}

type Reply<T> = readonly { readonly code: string; readonly answer: T }[]

export function meant<T>([reply]: Reply<T>): Answer<T> {
  if (!reply) throw new Error('the statement answered nothing')
  // `ok`, `seen` with the first answer, or a code of the errors table: nothing else is written.
  if (reply.code !== 'ok') return refused(reply.code as Refusal)
  return done(reply.answer)
}

export const entry = (needs: PaymentNeeds, act: At, name: string) =>
  needs.store.sql`(${act.requestId}, ${name},
    ${needs.store.sql.json(merchantActs(instantOf(act.nowMs), name))})::payments.entry`

export async function capturePayment(needs: PaymentNeeds, act: Act): Promise<Answer<PaymentRow>> {
  const { sql } = needs.store
  const lane = laneOf(act.payment)
  if (!(await paymentOf(sql, act))) return refused('not_found')
  return meant(
    await sql<{ code: string; answer: PaymentRow }[]>`
      select code, answer from payments.capture(
        ${lane}::smallint, ${act.payment}, ${act.merchant}, ${act.key}, ${act.digest},
        ${needs.mint('cap', lane)}, ${act.amount ?? null}, ${act.final ?? true},
        ${sourcesOf(paymentMoves, 'captured')},
        ${needs.mint('evt', lane)}, ${entry(needs, act, 'capturePayment')}, ${act.nowMs})`,
  )
}

export async function cancelPayment(needs: PaymentNeeds, act: Act): Promise<Answer<PaymentRow>> {
  const { sql } = needs.store
  const lane = laneOf(act.payment)
  if (!(await paymentOf(sql, act))) return refused('not_found')
  return meant(
    await sql<{ code: string; answer: PaymentRow }[]>`
      select code, answer from payments.cancel(
        ${lane}::smallint, ${act.payment}, ${act.merchant}, ${act.key}, ${act.digest},
        ${sourcesOf(paymentMoves, 'cancelled')}, ${needs.mint('evt', lane)},
        ${entry(needs, act, 'cancelPayment')}, ${act.nowMs})`,
  )
}

export async function refundPayment(needs: PaymentNeeds, act: Act): Promise<Answer<RefundRow>> {
  const { sql } = needs.store
  const lane = laneOf(act.payment)
  if (!(await paymentOf(sql, act))) return refused('not_found')
  return meant(
    await sql<{ code: string; answer: RefundRow }[]>`
      select code, answer from payments.refund(
        ${lane}::smallint, ${act.payment}, ${act.merchant}, ${act.key}, ${act.digest},
        ${needs.mint('ref', lane)}, ${act.amount ?? null}, ${['authorized', 'captured', 'settled']},
        ${needs.mint('evt', lane)}, ${entry(needs, act, 'refundPayment')}, ${act.nowMs})`,
  )
}

/** The platform's own capture of a sale that asked for it; the status lets it happen once. */
export async function captureAutomatically(
  needs: PaymentNeeds,
  row: Pick<PaymentRow, 'id' | 'merchant' | 'lane'>,
  at: At,
): Promise<void> {
  const { sql } = needs.store
  await sql`
    select code from payments.capture(
      ${row.lane}::smallint, ${row.id}, ${row.merchant}, null, null, ${needs.mint('cap', row.lane)},
      null, true, ${sourcesOf(paymentMoves, 'captured')}, ${needs.mint('evt', row.lane)},
      (${at.requestId}, 'automaticCapture',
       ${sql.json(platformActs(instantOf(at.nowMs), 'automaticCapture'))})::payments.entry,
      ${at.nowMs})`
}
