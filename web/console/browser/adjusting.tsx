/** To give to a merchant or a card's account, or take from it: for a reason, by two people. */
import type { Id } from '@warifu/protocol/ids'
import { useWords } from '@warifu/web/kit'
import { signedIn } from './amount-in.ts'
import { type Asked, AskForm } from './asking.tsx'
import { useCall } from './calling.ts'
import { currencyIn } from './currency-in.ts'
import { fieldWords } from './words-fields.ts'
import { moneyWords } from './words-money.ts'

type Whose = { readonly merchant: Id<'mer'> } | { readonly card: Id<'crd'> }
type Props = {
  readonly whose: Whose
  /** Of a card's account; a merchant's may be any. */
  readonly currency?: string
  readonly onDone: () => void
}

export function Adjust({ whose, currency, onDone }: Props) {
  const say = useWords(moneyWords)
  const sayField = useWords(fieldWords)
  const call = useCall()
  const bodyOf = (asked: Asked) => {
    const known = currency ?? currencyIn(asked['currency'])
    const amount = known === undefined ? undefined : signedIn(asked['amount'] ?? '', known)
    const [reason, reference] = [asked['reason']?.trim() ?? '', asked['reference']?.trim() ?? '']
    if (known === undefined || amount === undefined || reason === '' || reference === '')
      return undefined
    return { ...whose, amount, currency: known, reason, reference }
  }
  return (
    <AskForm
      act={say('adjust')}
      lead={say('adjustLead')}
      fields={[
        {
          name: 'amount',
          label: sayField('amount'),
          hint: say('signed'),
          isNumber: true,
          most: 16,
        },
        ...(currency === undefined
          ? [{ name: 'currency', label: say('currency'), hint: say('currencyLead'), most: 3 }]
          : []),
        { name: 'reason', label: sayField('reason'), most: 200 },
        { name: 'reference', label: sayField('reference'), hint: say('onceLead') },
      ]}
      bodyOf={bodyOf}
      send={(body, once) => call('makeAdjustment', { body }, once)}
      onDone={onDone}
    />
  )
}
