/** Money as people of this language write it, with figures of one width. */

import { localeOf } from '@warifu/protocol/language'
import { formatMoney, type MoneyJson } from '@warifu/protocol/money'
import { useLanguage } from './language-provider.tsx'

type Props = MoneyJson & { readonly size?: 'large' | 'medium' | 'inline' }

export function Amount({ amount, currency, size = 'inline' }: Props) {
  const { language } = useLanguage()
  return (
    <span className={`amount amount-${size}`}>
      {formatMoney({ amount, currency }, localeOf[language])}
    </span>
  )
}
