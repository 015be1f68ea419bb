/** Under a cart, at the till and in the shop: the total, what went wrong, and the one action. */
import { Button } from '@mantine/core'
import { localeOf } from '@warifu/protocol/language'
import { formatMoney } from '@warifu/protocol/money'
import { useLanguage, useWords } from '@warifu/web/kit'
import { type Cart, totalOf } from './cart.ts'
import { Total } from './cart-view.tsx'
import { Trouble } from './trouble.tsx'
import type { Problem } from './use-act.ts'
import type { Catalogue } from './wire.ts'
import { words } from './words.ts'

type CartFootProps = {
  readonly cart: Cart
  readonly catalogue: Catalogue
  readonly act: { readonly isBusy: boolean; readonly problem: Problem | null }
  readonly label: 'ask' | 'checkout' | 'takeCash' | 'expect'
  /** Something is still missing beside the cart. */
  readonly isMissing?: boolean
  readonly onPress: () => Promise<void>
}

export function CartFoot({ cart, catalogue, act, label, isMissing, onPress }: CartFootProps) {
  const say = useWords(words)
  const { language } = useLanguage()
  const { currency, articles } = catalogue
  const amount = totalOf(cart, articles)
  return (
    <div className="slip-foot">
      <Total amount={amount} currency={currency} />
      <Trouble problem={act.problem} />
      <Button
        size="lg"
        fullWidth
        loading={act.isBusy}
        disabled={cart.lines.length === 0 || isMissing === true}
        onClick={() => void onPress()}
      >
        {say(label, { amount: formatMoney({ amount, currency }, localeOf[language]) })}
      </Button>
    </div>
  )
}
