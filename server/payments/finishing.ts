/** Ends a payment without taking money: denied, cancelled or expired. A hold is released. */
import { type Answer, done, type Refusal, refused } from '@warifu/protocol/errors'
import { type Id, laneOf } from '@warifu/protocol/ids'
import type { PaymentStatus } from '@warifu/protocol/moves'
import type { Hop } from '@warifu/protocol/objects'
import type { Db } from '#store'
import type { At, PaymentNeeds } from './needs.ts'
import type { PaymentRow } from './row.ts'

export type Ending = {
  readonly payment: Id<'pay'>
  readonly to: 'declined' | 'cancelled' | 'expired'
  readonly because: Refusal | null
  readonly from: readonly PaymentStatus[]
  /** It is silence that ends it: only a step that is still overdue. */
  readonly overdue?: true
  readonly name: string
  readonly hops: readonly Hop[]
  readonly at: At
}

export async function finish(
  db: Db,
  needs: Pick<PaymentNeeds, 'mint'>,
  ending: Ending,
): Promise<Answer<PaymentRow>> {
  const lane = laneOf(ending.payment)
  const [reply] = await db<{ code: string; answer: PaymentRow }[]>`
    select code, answer from payments.finish(
      ${lane}::smallint, ${ending.payment}, ${ending.to}, ${ending.because}, ${[...ending.from]},
      ${ending.overdue === true}, ${needs.mint('evt', lane)},
      (${ending.at.requestId}, ${ending.name}, ${db.json([...ending.hops])})::payments.entry,
      ${ending.at.nowMs})`
  if (!reply) throw new Error('payments.finish answered nothing')
  // The function answers with `ok` or codes of this table only.
  return reply.code === 'ok' ? done(reply.answer) : refused(reply.code as Refusal)
}
