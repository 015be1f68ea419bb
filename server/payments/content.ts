/** What a person is shown of a payment, and signs: from the payment's row and the registry. */
import type { ApprovedPresentment, Extent, PaymentContent } from '@warifu/protocol/approval-content'
import type { Id } from '@warifu/protocol/ids'
import type { Db } from '#store'
import { instantOf, type PaymentNeeds } from './needs.ts'
import type { PaymentRow } from './row.ts'

type Asked = {
  readonly cardholder: Id<'chl'>
  readonly presentment: ApprovedPresentment
  readonly card?: Id<'crd'>
  readonly deadlineMs: number
}

/** What of a payment is told; it may be about to be entered. */
export type Told = Pick<
  PaymentRow,
  | 'lane'
  | 'id'
  | 'amount'
  | 'currency'
  | 'extent'
  | 'merchant'
  | 'payee'
  | 'store'
  | 'order_digest'
  | 'match_number'
>

export async function contentFor(
  needs: PaymentNeeds,
  db: Db,
  row: Told,
  { cardholder, presentment, card, deadlineMs }: Asked,
): Promise<PaymentContent> {
  const alone = await needs.signatureOnlyMax(db, cardholder)
  const extent: Extent = row.extent
  return {
    approval: needs.mint('apr', row.lane),
    subject: { kind: 'payment', id: row.id },
    amount: row.amount,
    currency: row.currency,
    extent,
    payee: { id: row.merchant, name: row.payee.name, store: row.store, place: row.payee.place },
    order_digest: row.order_digest,
    card: card ?? 'own_card',
    presentment,
    factors:
      BigInt(row.amount) <= alone
        ? ['terminal_signature']
        : ['terminal_signature', 'user_verification'],
    match_number: row.match_number,
    mandate: null,
    deadline_at: instantOf(deadlineMs),
  }
}
