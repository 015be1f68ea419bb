/** A payment as its merchant or the platform's people read it, and what may be done with it. */
import type { Reply } from '@warifu/protocol/contract'

export type Entry = Reply<'getTimeline'>['data'][number]
export type OwnPayment = Reply<'getPayment'>
export type AnyPayment = OwnPayment | Reply<'readPayment'>['payment']

type Standing = Pick<OwnPayment, 'amount_captured' | 'amount_refunded' | 'status'>

/** What became of it in the end, in a word: money that went back goes before money that came. */
export function standingOf({ amount_captured, amount_refunded, status }: Standing) {
  if (amount_refunded === 0) return status
  return amount_refunded < amount_captured ? 'partly_refunded' : 'refunded'
}

export type PaymentAct = 'capture' | 'cancel' | 'refund'

/** The acts that the payment's state allows, and up to which amount (the ledger decides again). */
export function actsOf(payment: OwnPayment): ReadonlyMap<PaymentAct, number> {
  const { status, amount, amount_capturable, amount_captured, amount_refunded } = payment
  const acts = new Map<PaymentAct, number>()
  if (amount_capturable > 0) acts.set('capture', amount_capturable)
  if (amount_captured > amount_refunded) acts.set('refund', amount_captured - amount_refunded)
  if (status === 'authorized' || status === 'requires_action') acts.set('cancel', amount)
  return acts
}
