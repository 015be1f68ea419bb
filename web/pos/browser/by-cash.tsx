/** Cash: what the customer gives, and what they get back. */
import { TextInput } from '@mantine/core'
import { localeOf } from '@warifu/protocol/language'
import { formatMoney } from '@warifu/protocol/money'
import { Amount, useLanguage, useWords } from '@warifu/web/kit'
import { useEffect, useState } from 'react'
import { type Choosing, notYet } from './chosen.ts'
import { words } from './words.ts'

type Props = Choosing & { readonly amount: number; readonly currency: string }

export function ByCash({ amount, currency, choose }: Props) {
  const say = useWords(words)
  const { language } = useLanguage()
  const [text, setText] = useState('')
  const received = text === '' ? amount : Number(text)
  const isRight = (text === '' || /^[0-9]{1,12}$/.test(text)) && received >= amount
  useEffect(() => {
    choose(isRight ? { pay: { kind: 'cash', received }, isMissing: false } : notYet)
  }, [choose, isRight, received])
  const least = formatMoney({ amount, currency }, localeOf[language])
  return (
    <>
      <TextInput
        size="md"
        label={say('received')}
        description={say('receivedHint')}
        inputMode="numeric"
        maxLength={12}
        autoComplete="off"
        value={text}
        error={isRight ? undefined : say('receivedBad', { amount: least })}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <p className="change" role="status">
        <span>{say('change')}</span>
        <Amount amount={isRight ? received - amount : 0} currency={currency} size="medium" />
      </p>
    </>
  )
}
