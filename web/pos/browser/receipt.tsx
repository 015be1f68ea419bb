/** The receipt, as it is shown and as it is printed. */
import { Button } from '@mantine/core'
import { Amount, localeOf, useLanguage, useWords } from '@warifu/web/kit'
import { OrderLines } from './standing.tsx'
import { useCatalogue } from './use-catalogue.ts'
import type { Order } from './wire.ts'
import { words } from './words.ts'

export function Receipt({ order }: { readonly order: Order }) {
  const say = useWords(words)
  const { language } = useLanguage()
  const shop = useCatalogue('/api/catalogue')?.shop ?? ''
  const { currency, created_at, last4, payment, number } = order
  const when = new Intl.DateTimeFormat(localeOf[language], {
    dateStyle: 'medium',
    timeStyle: 'short',
  }).format(new Date(created_at))
  const facts: readonly (readonly [string, string])[] = [
    [say('orderNumber', { number: String(number) }), when],
    ...(last4 === null ? [] : [[say('card'), `···· ${last4}`] as const]),
    ...(payment === null ? [] : [[say('payment'), payment] as const]),
  ]
  return (
    <section className="receipt" aria-label={say('receipt')}>
      <h2 className="receipt-shop">{shop}</h2>
      <OrderLines order={order} />
      <p className="receipt-total">
        <span>{say('total')}</span>
        <Amount amount={order.amount} currency={currency} size="medium" />
      </p>
      {order.refunded === 0 ? null : (
        <p className="receipt-total">
          <span>{say('refunded')}</span>
          <Amount amount={-order.refunded} currency={currency} />
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
