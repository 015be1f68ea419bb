/** The receipt, as it is shown and as it is printed. */
import { Button } from '@mantine/core'
import { localeOf } from '@warifu/protocol/language'
import { Amount, OrderLines, useLanguage, useWords } from '@warifu/web/kit'
import { RefundLines } from './refunds.tsx'
import { wayWordOf } from './standing.tsx'
import { useCatalogue } from './use-catalogue.ts'
import type { Order } from './wire.ts'
import { words } from './words.ts'

export function Receipt({ order }: { readonly order: Order }) {
  const say = useWords(words)
  const { language } = useLanguage()
  const shop = useCatalogue('/api/catalogue')?.shop ?? ''
  const { currency, created_at, last4, payment, sale, number, transfer_reference } = order
  const when = new Intl.DateTimeFormat(localeOf[language], {
    dateStyle: 'medium',
    timeStyle: 'short',
  }).format(new Date(created_at))
  const id = payment ?? sale
  const facts: readonly (readonly [string, string])[] = [
    [say('orderNumber', { number: String(number) }), when],
    [say('paidBy'), say(wayWordOf(order))],
    ...(last4 === null ? [] : [[say('card'), `···· ${last4}`] as const]),
    ...(transfer_reference === null
      ? []
      : [[say('transferReference'), transfer_reference] as const]),
    ...(id === null ? [] : [[say('payment'), id] as const]),
  ]
  return (
    <section className="receipt" aria-label={say('receipt')}>
      {/* Until the name is here: a heading without words is read out as one. */}
      {shop === '' ? null : <h2 className="receipt-shop">{shop}</h2>}
      <OrderLines lines={order.lines} currency={order.currency} />
      <p className="receipt-total">
        <span>{say('total')}</span>
        <Amount amount={order.amount} currency={currency} size="medium" />
      </p>
      <Cash order={order} />
      <RefundLines order={order} />
      {order.refunded === 0 ? null : (
        <p className="receipt-total">
          <span>{say('net')}</span>
          <Amount amount={order.captured - order.refunded} currency={currency} size="medium" />
        </p>
      )}
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Button variant="default" className="print-button" onClick={() => print()}>
        {say('print')}
      </Button>
    </section>
  )
}

/** What was given, and what came back over the counter. */
function Cash({ order }: { readonly order: Order }) {
  const say = useWords(words)
  const { received, amount, currency } = order
  if (received === null) return null
  const one = (name: string, value: number) => (
    <p className="receipt-total">
      <span>{name}</span>
      <Amount amount={value} currency={currency} />
    </p>
  )
  return (
    <>
      {one(say('received'), received)}
      {one(say('change'), received - amount)}
    </>
  )
}
