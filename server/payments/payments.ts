/**
 * Payments: the only conductor. It asks a presentment to read a card, and one SQL statement to
 * decide; it owns a payment's state and timeline. Nothing waits in memory: whatever dies between
 * two steps, the same request sent again goes on from the rows.
 */
import { toBase64url } from '@warifu/crypto/base64url'
import type { Id } from '@warifu/protocol/ids'
import type { Db } from '#store'
import { activities, activityOf } from './activity.ts'
import { createCharger } from './charging.ts'
import { claimPayment, denyPayment } from './claiming.ts'
import { createPayment, linkSecret } from './creating.ts'
import { anyPayment, findPayments } from './finding.ts'
import { incrementPayment, listIncrements, resumeIncrement } from './incrementing.ts'
import { cancelPayment, capturePayment, refundPayment } from './merchant-actions.ts'
import type { PaymentNeeds } from './needs.ts'
import { createPresenter, turnAway } from './presenting.ts'
import { readerSaleOf } from './reader-sales.ts'
import { merchantTimelineOf, paymentOf, timelineOf } from './reading.ts'
import { createReferences } from './references.ts'
import { resumePayment } from './resuming.ts'
import type { PaymentRow } from './row.ts'
import { sweep } from './sweeping.ts'
import { createToken } from './tokenizing.ts'

export type { Activity } from './activity.ts'
export { saleOf } from './charging.ts'
export { type NewPayment, orderDigest, type Waited } from './creating.ts'
export { createLatency, type Latency, percentile } from './latency.ts'
export {
  type Counted,
  countMinutes,
  type Metrics,
  minutesOf,
  type Period,
  readMetrics,
} from './metrics.ts'
export { isPushed } from './needs.ts'
export type { IncrementRow, PaymentRow, PresentedRow, RefundRow, TimelineRow } from './row.ts'
export { nextActionOf } from './stepping.ts'
export { isWay, toldOf } from './told-hops.ts'
export type Payments = ReturnType<typeof createPayments>

type Rest<F> = F extends (first: Db, ...rest: infer R) => unknown ? R : never

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
    increment: bound(incrementPayment),
    increments: bound(listIncrements),
    resumeIncrement: bound(resumeIncrement),
    sweep: bound(sweep),
    paymentOf: (owned: Parameters<typeof paymentOf>[1]) => paymentOf(needs.store.sql, owned),
    activities: bound(activities),
    activityOf: bound(activityOf),
    find: (...asked: Rest<typeof findPayments>) => findPayments(needs.store.sql, ...asked),
    any: (payment: Id<'pay'>) => anyPayment(needs.store.sql, payment),
    timelineOf: (payment: Id<'pay'>) => timelineOf(needs.store.sql, payment),
    merchantTimelineOf: (row: PaymentRow) => merchantTimelineOf(needs.store.sql, row),
    /** The secret part of a payment's link, base64url. */
    linkOf: (payment: Id<'pay'>) => toBase64url(linkSecret(needs, payment)),
    cardReference: createReferences(needs.derive),
  }
}
