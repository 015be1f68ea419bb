/** The lines of an order, as they are signed. */
import type { OrderLine } from '@warifu/protocol/sealed'
import { Amount, useWords } from '@warifu/web/kit'
import { words } from './words.ts'

type Props = { readonly lines: readonly OrderLine[]; readonly currency: string }

export function OrderLines({ lines, currency }: Props) {
  const say = useWords(words)
  if (lines.length === 0) return null
  return (
    <table className="order">
      <caption className="order-caption">{say('pay.order')}</caption>
      <tbody>
        {lines.map(({ description, quantity, amount }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an order's lines never change
          <tr key={at}>
            <td className="order-quantity">{say('pay.times', { quantity: String(quantity) })}</td>
            <th scope="row" className="order-what">
              {description}
            </th>
            <td className="order-amount">
              <Amount amount={amount} currency={currency} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
