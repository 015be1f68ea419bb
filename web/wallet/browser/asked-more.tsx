/**
 * A shop asks for more than was approved before: what is added, what it comes to in all, and on
 * which card. It is answered by the passkey over exactly that; only then more is held.
 */
import { Button } from '@mantine/core'
import type { Question } from '@warifu/devices/terminal'
import type { IncrementContent } from '@warifu/protocol/approval-content'
import { localeOf } from '@warifu/protocol/language'
import { formatMoney } from '@warifu/protocol/money'
import { Amount, Countdown, Mark, refusalWords, Said, useLanguage, useWords } from '@warifu/web/kit'
import { useState } from 'react'
import { act } from './acting.ts'
import { useMoment } from './asked-moment.ts'
import { useTerminalState } from './asking.ts'
import { useDoing } from './doing.ts'
import { TroubleSaid } from './trouble-said.tsx'
import { words } from './words.ts'
import { statementWords } from './words-statement.ts'
import { useWorld } from './world.tsx'

export type AskedMore = Question & { readonly content: IncrementContent }
type Props = { readonly asked: AskedMore; readonly leave: () => void }

export function AskedMoreQuestion({ asked, leave }: Props) {
  const world = useWorld()
  const say = useWords(words)
  const tell = useWords(statementWords)
  const { language } = useLanguage()
  const { data: state } = useTerminalState()
  const [ended, setEnded] = useState<Question | null>(null)
  const isReady = useMoment()
  const answer = useDoing(async (said: 'approve' | 'deny') =>
    setEnded(await act(world, () => world.terminal.answer(asked, said))),
  )
  const { content } = asked
  const { currency, payee } = content
  if (ended !== null || (asked.status !== 'pending' && !answer.runs))
    return <Ended asked={{ ...asked, ...ended, content }} leave={leave} />
  const moneyOf = (amount: number) => formatMoney({ amount, currency }, localeOf[language])
  const last4 = state?.cards.find(({ card }) => card === content.card)?.last4 ?? '????'
  return (
    <section className="view pay">
      <Mark size={48} state={answer.runs ? 'waiting' : 'apart'} />
      <h1 id="asked-shop" className="pay-shop">
        {tell('more.title', { shop: payee.name })}
      </h1>
      <p className="pay-amount">
        <Amount amount={content.amount} currency={currency} size="large" />
      </p>
      <p>{tell('more.before', { total: moneyOf(content.total) })}</p>
      <p className="pay-place">{payee.place}</p>
      <p>
        {say('pay.with')} <strong>{say('pay.ending', { last4 })}</strong>
      </p>
      <Countdown deadline={content.deadline_at} />
      {answer.error === null ? null : <TroubleSaid error={answer.error} />}
      <div className="acts">
        <Button
          size="lg"
          fullWidth
          loading={answer.runs}
          disabled={!isReady}
          onClick={() => answer.begin('approve')}
        >
          {tell('more.approve', { amount: moneyOf(content.amount) })}
        </Button>
        <Button
          variant="default"
          size="lg"
          fullWidth
          disabled={!isReady || answer.runs}
          onClick={() => answer.begin('deny')}
        >
          {say('pay.deny')}
        </Button>
      </div>
    </section>
  )
}

/** A yes that brought nothing says why: `ended_because`. */
function Ended({ asked: { content, status, ended_because: code }, leave }: Props) {
  const say = useWords(words)
  const tell = useWords(statementWords)
  const { language } = useLanguage()
  const { payee, currency, amount } = content
  const isGiven = status === 'approved' && code === null
  const total = formatMoney({ amount: content.total, currency }, localeOf[language])
  return (
    <section className="view pay">
      <Mark size={72} state={isGiven ? 'met' : 'apart'} />
      <h1 id="asked-shop" className="pay-shop">
        {payee.name}
      </h1>
      <p className="pay-amount" data-moved={isGiven}>
        <Amount amount={amount} currency={currency} size="large" />
      </p>
      <Said
        tone={isGiven ? 'arrived' : code === null ? 'plain' : 'refused'}
        title={tell(isGiven ? 'more.approved' : 'more.failed')}
        urgent
      >
        {code === null ? null : <p>{refusalWords(code, language)}</p>}
        <p>
          {isGiven
            ? tell('more.approved_more', { shop: payee.name, total })
            : tell('more.failed_more')}
        </p>
      </Said>
      <div className="acts">
        <Button size="lg" fullWidth onClick={leave}>
          {say('ended.done')}
        </Button>
      </div>
    </section>
  )
}
