/**
 * Payments: the only conductor. It asks a presentment to read a card, and one SQL statement to
 * decide; it owns a payment's state and timeline. Nothing waits in memory: whatever dies between
 * two steps, the same request sent again goes on from the rows.
 */
import { toBase64url } from '@warifu/crypto/base64url'
import type { Id } from '@warifu/protocol/ids'
import { activities, activityOf } from './activity.ts'
import { createCharger } from './charging.ts'
import { claimPayment, denyPayment } from './claiming.ts'
import { createPayment, linkSecret } from './creating.ts'
import { cancelPayment, capturePayment, refundPayment } from './merchant-actions.ts'
import type { PaymentNeeds } from './needs.ts'
import { createPresenter, turnAway } from './presenting.ts'
import { readerSaleOf } from './reader-sales.ts'
import {
  listPayments,
  merchantTimelineOf,
  newestPayments,
  paymentOf,
  timelineOf,
} from './reading.ts'
import { resumePayment } from './resuming.ts'
import type { PaymentRow } from './row.ts'
import { sweep } from './sweeping.ts'
import { createToken } from './tokenizing.ts'

export type { Activity } from './activity.ts'
export { saleOf } from './charging.ts'
export type { NewPayment, Waited } from './creating.ts'
export { isWay, toldOf } from './hops.ts'
export { isPushed } from './needs.ts'
export type { PaymentRow, PresentedRow, RefundRow, TimelineRow } from './row.ts'
export { nextActionOf } from './stepping.ts'
export type Payments = ReturnType<typeof createPayments>

export function createPayments(needs: PaymentNeeds) {
  const bound =
    <Rest extends unknown[], T>(work: (needs: PaymentNeeds, ...rest: Rest) => T) =>
    (...rest: Rest): T =>
      work(needs, ...rest)
  return {
    create: bound(createPayment),
    charge: createCharger(needs),
    createToken: bound(createToken),
    claim: bound(claimPayment),
    deny: bound(denyPayment),
    present: createPresenter(needs),
    turnAway: bound(turnAway),
    resume: bound(resumePayment),
    readerSale: bound(readerSaleOf),
    capture: bound(capturePayment),
    cancel: bound(cancelPayment),
    refund: bound(refundPayment),
    sweep: bound(sweep),
    paymentOf: (owned: Parameters<typeof paymentOf>[1]) => paymentOf(needs.store.sql, owned),
    list: (merchant: Id<'mer'>, page: Parameters<typeof listPayments>[2]) =>
      listPayments(needs.store.sql, merchant, page),
    activities: bound(activities),
    activityOf: bound(activityOf),
    newest: (id?: Id<'pay'>) => newestPayments(needs.store.sql, id),
    timelineOf: (payment: Id<'pay'>) => timelineOf(needs.store.sql, payment),
    merchantTimelineOf: (row: PaymentRow) => merchantTimelineOf(needs.store.sql, row),
    /** The secret part of a payment's link, base64url. */
    linkOf: (payment: Id<'pay'>) => toBase64url(linkSecret(needs, payment)),
    /** The name under which one merchant, and nobody else, knows a card. */
    cardReference: (merchant: Id<'mer'>, card: Id<'crd'> | Id<'ncr'>) =>
      `cr_${toBase64url(needs.derive('card-reference/1', merchant, card).subarray(0, 16))}`,
  }
}
