/** Capture, refund, cancel: what this payment and this person's role allow, and nothing else. */
import { Button, TextInput } from '@mantine/core'
import type { CallName } from '@warifu/protocol/contract'
import { localeOf } from '@warifu/protocol/language'
import { formatMoney } from '@warifu/protocol/money'
import { useLanguage, useWords } from '@warifu/web/kit'
import { type FormEvent, useState } from 'react'
import { Fault, useAsking } from './act.tsx'
import { amountIn, amountText } from './amount-in.ts'
import { Dialog } from './dialog.tsx'
import { actsOf, type OwnPayment, type PaymentAct } from './payment.ts'
import { useSession } from './session.tsx'
import { paymentWords } from './words-payment.ts'

type Props = { readonly payment: OwnPayment; readonly onDone: () => Promise<void> }

const calls: Readonly<Record<PaymentAct, CallName>> = {
  capture: 'capturePayment',
  refund: 'refundPayment',
  cancel: 'cancelPayment',
}

export function PaymentActs({ payment, onDone }: Props) {
  const say = useWords(paymentWords)
  const { may } = useSession()
  const [chosen, choose] = useState<PaymentAct | null>(null)
  const allowed = [...actsOf(payment)].filter(([act]) => may(calls[act]))
  if (allowed.length === 0) return null
  const most = actsOf(payment).get(chosen ?? 'capture') ?? 0
  const done = async () => {
    await onDone()
    choose(null)
  }
  return (
    <section className="acts" aria-label={say('acts')}>
      {allowed.map(([act]) => (
        <Button key={act} variant="default" aria-haspopup="dialog" onClick={() => choose(act)}>
          {say(act)}
        </Button>
      ))}
      {chosen === null ? null : (
        <Dialog title={say(`${chosen}Title`)} onClose={() => choose(null)}>
          <ActForm act={chosen} most={most} payment={payment} onDone={done} />
        </Dialog>
      )}
    </section>
  )
}

type FormProps = Props & { readonly act: PaymentAct; readonly most: number }

const doWords = { capture: 'doCapture', refund: 'doRefund', cancel: 'doCancel' } as const

function ActForm({ act, most, payment: { id, currency }, onDone }: FormProps) {
  const say = useWords(paymentWords)
  const { language } = useLanguage()
  const { call, keyFor, isBusy, fault, run } = useAsking()
  const [text, setText] = useState(amountText(most, currency))
  const money = (amount: number) => formatMoney({ amount, currency }, localeOf[language])
  const amount = amountIn(text, currency)
  const isRight = amount !== undefined && amount >= 1 && amount <= most
  const send = (event: FormEvent) => {
    event.preventDefault()
    if (!isRight) return
    void run(async () => {
      const params = { id }
      const once = keyFor(amount)
      if (act === 'cancel') await call('cancelPayment', { params }, once)
      if (act === 'capture') await call('capturePayment', { params, body: { amount } }, once)
      if (act === 'refund') await call('refundPayment', { params, body: { amount } }, once)
      await onDone()
    })
  }
  const bounds = { least: money(1), most: money(most) }
  return (
    <form className="dialog-form" onSubmit={send}>
      <p>{say(`${act}Lead`, { amount: money(most) })}</p>
      {act === 'cancel' ? null : (
        <TextInput
          label={say('amount')}
          value={text}
          inputMode="decimal"
          maxLength={16}
          error={isRight ? undefined : say('amountWrong', bounds)}
          onChange={({ currentTarget: { value } }) => setText(value)}
        />
      )}
      <Fault fault={fault} />
      <Button
        type="submit"
        color={act === 'capture' ? 'indigo' : 'crimson'}
        loading={isBusy}
        disabled={!isRight}
      >
        {say(doWords[act], { amount: money(amount ?? most) })}
      </Button>
    </form>
  )
}
