/** Up to which amount a code may pay without a question: said, and approved with the passkey. */
import { Button, TextInput } from '@mantine/core'
import type { Id } from '@warifu/protocol/ids'
import { exponentOf } from '@warifu/protocol/money'
import { useWords } from '@warifu/web/kit'
import { type FormEvent, useState } from 'react'
import { useCards, useTerminalState } from './asking.ts'
import { CardChoice } from './card-choice.tsx'
import { askedWords } from './words-asked.ts'

export type Cap = { readonly amount: number; readonly currency: string; readonly card: Id<'crd'> }

type Props = { readonly runs: boolean; readonly capped: (cap: Cap) => void }

export function CapForm({ runs, capped }: Props) {
  const ask = useWords(askedWords)
  const { data: state } = useTerminalState()
  const { data: cards } = useCards(true)
  const [text, setText] = useState('')
  const [isWrong, setWrong] = useState(false)
  const [chosen, choose] = useState<Id<'crd'> | null>(null)
  const isActive = (id: Id<'crd'>) =>
    cards?.some((one) => one.id === id && one.status === 'active') === true
  const usable = (state?.cards ?? []).filter((one) => one.is_confirmed && isActive(one.card))
  const card = chosen ?? usable[0]?.card
  const currency = cards?.find((one) => one.id === card)?.currency
  if (card === undefined || currency === undefined) return null
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const digits = text.replace(/[,\s]/g, '')
    const isAmount = /^[1-9][0-9]{0,8}$/.test(digits)
    setWrong(!isAmount)
    if (isAmount) capped({ amount: Number(digits) * 10 ** exponentOf(currency), currency, card })
  }
  return (
    <form onSubmit={submit} noValidate>
      <TextInput
        size="md"
        inputMode="numeric"
        label={ask('show.cap')}
        description={ask('show.cap_more', { currency: currency.toUpperCase() })}
        error={isWrong ? ask('show.cap_wrong') : null}
        value={text}
        onChange={({ currentTarget: { value } }) => setText(value)}
      />
      <CardChoice cards={usable} chosen={card} choose={choose} isFixed={runs} />
      <Button type="submit" variant="default" mt={12} fullWidth loading={runs}>
        {ask('show.cap_go')}
      </Button>
    </form>
  )
}
