/** What went back of an order, each time, and why; what nobody knows yet is told as that. */
import { localeOf } from '@warifu/protocol/language'
import { Amount, Said, useLanguage, useWords } from '@warifu/web/kit'
import type { Order } from './wire.ts'
import { words } from './words.ts'

export const hasOpenRefund = ({ refunds }: Order): boolean => refunds.some(({ isDone }) => !isDone)

export function Refunds({ order }: { readonly order: Order }) {
  const say = useWords(words)
  return (
    <>
      {hasOpenRefund(order) ? (
        <Said tone="waiting" title={say('refundOpenTitle')} urgent>
          {say('refundOpen')}
        </Said>
      ) : null}
      {order.refunded > 0 ? <Refunded order={order} /> : null}
    </>
  )
}

function Refunded({ order }: { readonly order: Order }) {
  const say = useWords(words)
  const [before = '', after = ''] = say('refundedTitle').split('{amount}')
  return (
    <p className="refunded" role="status">
      {before}
      <Amount amount={order.refunded} currency={order.currency} />
      {after} · {say(wayBack(order), { last4: order.last4 ?? '' })}
    </p>
  )
}

function wayBack({ asked }: Order) {
  if (asked === 'cash') return 'refundedCash'
  return asked === 'transfer' ? 'refundedTransfer' : 'refundedMore'
}

/** Each refund on a line of its own, as a receipt has it. */
export function RefundLines({ order }: { readonly order: Order }) {
  const say = useWords(words)
  const { language } = useLanguage()
  const format = new Intl.DateTimeFormat(localeOf[language], {
    dateStyle: 'medium',
    timeStyle: 'short',
  })
  const done = order.refunds.filter(({ isDone }) => isDone)
  if (done.length === 0) return null
  return (
    <ul className="order-lines" aria-label={say('refunded')}>
      {done.map(({ amount, reason, at }) => (
        <li key={at}>
          <span>
            {say('refunded')} · {format.format(new Date(at))}
            {reason === null ? '' : ` · ${reason}`}
          </span>
          <Amount amount={-(amount ?? 0)} currency={order.currency} />
        </li>
      ))}
    </ul>
  )
}
