/** The lines of an order with their amounts. */
import { Amount } from './amount.tsx'

type Line = { readonly quantity: number; readonly description: string; readonly amount: number }
type Props = {
  readonly lines: readonly Line[]
  readonly currency: string
  readonly label?: string
}

export const OrderLines = ({ lines, currency, label }: Props) => (
  <ul className="order-lines" aria-label={label}>
    {lines.map(({ quantity, description, amount }, at) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: the lines of an order never change
      <li key={at}>
        <span>
          {quantity} × {description}
        </span>
        <Amount amount={amount} currency={currency} />
      </li>
    ))}
  </ul>
)
