/**
 * Shops that ask for a standing yes: to charge this card later, without asking each time. Shown is
 * all that the passkey vouches for: the most for each period, until when, which card, and whose.
 */
import { Button } from '@mantine/core'
import type { Question } from '@warifu/devices/terminal'
import { isMandate, type MandateContent } from '@warifu/protocol/approval-content'
import { localeOf } from '@warifu/protocol/language'
import { Amount, Countdown, useLanguage, useWords } from '@warifu/web/kit'
import { act } from './acting.ts'
import { useQuestions, useTerminalState } from './asking.ts'
import { useDoing } from './doing.ts'
import { TroubleSaid } from './trouble-said.tsx'
import { words } from './words.ts'
import { useWorld } from './world.tsx'

export function Consents() {
  const { data: questions = [] } = useQuestions()
  return questions
    .filter(({ status }) => status === 'pending')
    .map((question) =>
      isMandate(question.content) ? (
        <Consent key={question.id} question={question} content={question.content} />
      ) : null,
    )
}

type ConsentProps = { readonly question: Question; readonly content: MandateContent }

function Consent({ question, content }: ConsentProps) {
  const say = useWords(words)
  const { language } = useLanguage()
  const { data: state } = useTerminalState()
  const last4 = state?.cards.find(({ card }) => card === content.card)?.last4 ?? '????'
  const day = new Intl.DateTimeFormat(localeOf[language], { dateStyle: 'long' })
  const { answer, error } = useAnswer(question)
  return (
    <article className="consent">
      <h2>{say('consent.asks', { shop: content.payee.name })}</h2>
      <p className="consent-amount">
        <span className="quiet">{say('pay.up_to')}</span>{' '}
        <Amount amount={content.amount} currency={content.currency} size="large" />
      </p>
      <p>
        {say(`consent.${content.mandate.period}`)} ·{' '}
        {say('consent.until', { date: day.format(new Date(content.mandate.until)) })}
      </p>
      <p>{content.payee.place}</p>
      <p>
        {say('pay.with')} <strong>{say('pay.ending', { last4 })}</strong>
      </p>
      <p className="quiet">{say('consent.more')}</p>
      <Countdown deadline={content.deadline_at} />
      {error === null ? null : <TroubleSaid error={error} />}
      <Button size="md" fullWidth loading={answer.runs} onClick={() => answer.begin('approve')}>
        {say('consent.yes')}
      </Button>
      <Button
        variant="default"
        size="md"
        fullWidth
        disabled={answer.runs}
        onClick={() => answer.begin('deny')}
      >
        {say('pay.deny')}
      </Button>
    </article>
  )
}

function useAnswer(question: Question) {
  const world = useWorld()
  const answer = useDoing((said: 'approve' | 'deny') =>
    act(world, () => world.terminal.answer(question, said)),
  )
  return { answer, error: answer.error }
}
