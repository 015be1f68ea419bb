/** A payment in short: the amount, how it stands and why, what is known of it, its order. */
import { Amount, OrderLines, useWords } from '@warifu/web/kit'
import { type Fact, Facts } from './facts.tsx'
import { type AnyPayment, standingOf } from './payment.ts'
import { useReason } from './reasons.ts'
import { Standing } from './states.tsx'
import { paymentWords } from './words-payment.ts'

export function Summary({ payment }: { readonly payment: AnyPayment }) {
  const say = useWords(paymentWords)
  const reason = useReason()
  const { amount, currency, declined_because: code } = payment
  return (
    <section className="summary" aria-label={say('summary')}>
      <p className="summary-amount">
        <Amount amount={amount} currency={currency} size="large" />
        <Standing state={standingOf(payment)} />
      </p>
      {code === null ? null : (
        <p className="summary-why">
          {reason(code)} <code>{code}</code>
        </p>
      )}
      <Facts facts={factsOf(payment)} />
      {'order' in payment && payment.order.lines.length > 0 ? (
        <OrderLines lines={payment.order.lines} currency={currency} label={say('lines')} />
      ) : null}
    </section>
  )
}

function factsOf(payment: AnyPayment): readonly Fact[] {
  const { currency, merchant, store, card } = payment
  const money = (amount: number) => ({ amount, currency })
  const { amount_captured: captured, amount_refunded: refunded } = payment
  return [
    ['payment', { code: payment.id }],
    ['time', { time: payment.created_at }],
    ['presentment', { word: payment.presentment }],
    ['merchant', typeof merchant === 'string' ? { code: merchant } : { text: merchant.name }],
    ['place', typeof store === 'string' ? { code: store } : { text: store.place }],
    ['reference', { text: payment.merchant_reference }],
    ['card', { text: card === null ? null : `···· ${card.last4}` }],
    ['captured', { money: captured === 0 ? null : money(captured) }],
    ['refunded', { money: refunded === 0 ? null : money(refunded) }],
    ['deadline', { time: payment.status === 'requires_action' ? payment.deadline_at : null }],
  ]
}
