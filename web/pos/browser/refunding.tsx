/** Giving money back, the whole or a part; the same draft is sent until it is answered. */
import { Button, TextInput } from '@mantine/core'
import { localeOf } from '@warifu/protocol/language'
import { formatMoney } from '@warifu/protocol/money'
import { useLanguage, useWords } from '@warifu/web/kit'
import { type FormEvent, useState } from 'react'
import { useGround } from './ground.tsx'
import { useTill } from './till-live.tsx'
import { orderIn } from './told.ts'
import { Trouble } from './trouble.tsx'
import { useAct } from './use-act.ts'
import type { Order } from './wire.ts'
import { words } from './words.ts'

type Props = {
  readonly order: Order
  /** One is under way, and nobody knows yet what became of it. */
  readonly isHeld: boolean
}

export function Refunding({ order, isHeld }: Props) {
  const say = useWords(words)
  const { language } = useLanguage()
  const { post, newDraft } = useGround()
  const { learn } = useTill()
  const { isBusy, problem, run } = useAct()
  const [draft, setDraft] = useState(newDraft)
  const [text, setText] = useState('')
  const [why, setWhy] = useState('')
  const left = order.captured - order.refunded
  const { currency } = order
  const money = (amount: number) => formatMoney({ amount, currency }, localeOf[language])
  const amount = text === '' ? left : Number(text)
  const isRight = (text === '' || /^[0-9]{1,12}$/.test(text)) && amount >= 1 && amount <= left
  const giveBack = (event: FormEvent) => {
    event.preventDefault()
    if (!isRight || isHeld) return
    void run(async () => {
      const path = `/api/orders/${order.number}/refunds`
      const reason = why.trim()
      const body = { draft, amount, ...(reason === '' ? {} : { reason }) }
      learn(orderIn(await post(path, body)))
      setDraft(newDraft())
      setText('')
      setWhy('')
    })
  }
  return (
    <details className="refunding">
      <summary>{say('refundTitle')}</summary>
      <form className="refunding-form" onSubmit={giveBack}>
        <TextInput
          label={say('refundAmount')}
          description={say('refundLeft', { amount: money(left) })}
          value={text}
          inputMode="numeric"
          maxLength={12}
          error={isRight ? undefined : say('badAmount', { amount: money(left) })}
          onChange={(event) => {
            setText(event.currentTarget.value)
            setDraft(newDraft())
          }}
        />
        <TextInput
          label={say('refundReason')}
          value={why}
          maxLength={80}
          list="refund-reasons"
          autoComplete="off"
          onChange={(event) => setWhy(event.currentTarget.value)}
        />
        <datalist id="refund-reasons">
          {(['reasonReturned', 'reasonWrong', 'reasonGoodwill'] as const).map((word) => (
            <option key={word} value={say(word)} />
          ))}
        </datalist>
        <Trouble problem={problem} />
        <Button type="submit" variant="default" loading={isBusy} disabled={!isRight || isHeld}>
          {say('refundNow', { amount: money(isRight ? amount : left) })}
        </Button>
      </form>
    </details>
  )
}
