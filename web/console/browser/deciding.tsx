/** Decisions of the issuer's people. Above a program's threshold another must say the same. */
import { Button, TextInput } from '@mantine/core'
import type { Body, Params } from '@warifu/protocol/contract'
import { decisionReasons } from '@warifu/protocol/issuing-objects'
import { localeOf } from '@warifu/protocol/language'
import { formatMoney } from '@warifu/protocol/money'
import { Said, useLanguage, useWords } from '@warifu/web/kit'
import { type FormEvent, useId, useState } from 'react'
import { Fault, useAct } from './act.tsx'
import { amountIn } from './amount-in.ts'
import { useCall } from './calling.ts'
import type { Review } from './review.ts'
import { useStale } from './stale.ts'
import { useStateWord } from './states.tsx'
import { cardWords } from './words-cards.ts'

type Reason = Body<'decideReview'>['reason']
type Props = { readonly review: Review; readonly onDone: () => void }

export function DecideApplication({ review, onDone }: Props) {
  const say = useWords(cardWords)
  const { language } = useLanguage()
  const call = useCall()
  const stale = useStale()
  const { isBusy, fault, run } = useAct()
  const [limit, setLimit] = useState('')
  const [reason, setReason] = useState<Reason>('policy')
  const [isWaiting, setWaiting] = useState(false)
  const { currency, second_above: above } = review.program
  const amount = amountIn(limit, currency)
  const decide = (body: Body<'decideReview'>) =>
    run(async () => {
      const params = { id: review.application }
      const { waiting } = await call('decideReview', { params, body })
      await stale()
      if (waiting === null) onDone()
      else setWaiting(true)
    })
  const approve = (event: FormEvent) => {
    event.preventDefault()
    void decide(amount === undefined ? { result: 'approve' } : { result: 'approve', limit: amount })
  }
  if (isWaiting) return <Said tone="waiting" title={say('waitsForSecond')} />
  return (
    <form className="dialog-form" onSubmit={approve}>
      <TextInput
        label={say('limit')}
        description={
          above === null
            ? say('limitLead')
            : say('secondAbove', {
                amount: formatMoney({ amount: above, currency }, localeOf[language]),
              })
        }
        value={limit}
        inputMode="decimal"
        maxLength={16}
        onChange={(event) => setLimit(event.currentTarget.value)}
      />
      <ReasonChoice reason={reason} onChoose={setReason} />
      <Fault fault={fault} />
      <div className="acts">
        <Button type="submit" loading={isBusy} disabled={limit !== '' && amount === undefined}>
          {say('approve')}
        </Button>
        <Button
          color="crimson"
          loading={isBusy}
          onClick={() => decide(reason ? { result: 'refuse', reason } : { result: 'refuse' })}
        >
          {say('refuse')}
        </Button>
      </div>
    </form>
  )
}

type ChoiceProps = { readonly reason: Reason; readonly onChoose: (reason: Reason) => void }

function ReasonChoice({ reason, onChoose }: ChoiceProps) {
  const say = useWords(cardWords)
  const word = useStateWord()
  const id = useId()
  return (
    <div className="form-field">
      <label htmlFor={id}>{say('reason')}</label>
      <select
        id={id}
        className="field"
        value={reason}
        onChange={({ currentTarget: { value } }) =>
          onChoose(decisionReasons.find((one) => one === value))
        }
      >
        {decisionReasons.map((one) => (
          <option key={one} value={one}>
            {word(one)}
          </option>
        ))}
      </select>
    </div>
  )
}

type JudgeProps = {
  readonly verification: Params<'judgeDocument'>['id']
  readonly onDone: () => void
}

export function JudgeDocument({ verification, onDone }: JudgeProps) {
  const say = useWords(cardWords)
  const call = useCall()
  const stale = useStale()
  const { isBusy, fault, run } = useAct()
  const judge = (body: Body<'judgeDocument'>) =>
    run(async () => {
      await call('judgeDocument', { params: { id: verification }, body })
      await stale()
      onDone()
    })
  return (
    <>
      <Fault fault={fault} />
      <div className="acts">
        <Button loading={isBusy} onClick={() => judge({ result: 'accept' })}>
          {say('accept')}
        </Button>
        <Button
          color="crimson"
          loading={isBusy}
          onClick={() => judge({ result: 'refuse', reason: 'not_the_person' })}
        >
          {say('notThePerson')}
        </Button>
        <Button
          color="crimson"
          loading={isBusy}
          onClick={() => judge({ result: 'refuse', reason: 'document_refused' })}
        >
          {say('documentRefused')}
        </Button>
      </div>
    </>
  )
}
