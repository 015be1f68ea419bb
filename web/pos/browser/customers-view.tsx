/** Cards that are kept for customers: looked for, charged, deleted. */
import { Button, TextInput } from '@mantine/core'
import { localeOf } from '@warifu/protocol/language'
import { Mark, Said, useLanguage, useWords } from '@warifu/web/kit'
import { useState } from 'react'
import { matching } from './by-saved.tsx'
import { useGround } from './ground.tsx'
import { Trouble } from './trouble.tsx'
import { useAct } from './use-act.ts'
import { useSaved } from './use-saved.ts'
import { useView } from './views.tsx'
import type { SavedCard } from './wire.ts'
import { words } from './words.ts'

export function CustomersView() {
  const say = useWords(words)
  const { saved, read } = useSaved()
  const [text, setText] = useState('')
  const [isForgotten, setForgotten] = useState(false)
  if (saved === null) return <Mark size={64} state="waiting" label={say('asking')} />
  const over = () => {
    setForgotten(true)
    void read()
  }
  return (
    <section className="customers">
      <h1>{say('savedCards')}</h1>
      {isForgotten ? <Said tone="plain" title={say('forgotten')} /> : null}
      {saved.length === 0 ? (
        <Said tone="plain" title={say('savedNone')}>
          {say('savedNoneMore')}
        </Said>
      ) : (
        <TextInput
          size="md"
          label={say('savedFind')}
          autoComplete="off"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      )}
      <ul className="saved-cards">
        {matching(saved, text).map((card) => (
          <Saved key={card.phone} card={card} onForgotten={over} />
        ))}
      </ul>
    </section>
  )
}

type Props = { readonly card: SavedCard; readonly onForgotten: () => void }

function Saved({ card, onForgotten }: Props) {
  const say = useWords(words)
  const { language } = useLanguage()
  const { go } = useView()
  const [isAsking, setAsking] = useState(false)
  const { phone, last4, kept_at, number } = card
  const format = new Intl.DateTimeFormat(localeOf[language], { dateStyle: 'medium' })
  const date = format.format(new Date(kept_at))
  return (
    <li className="saved-card">
      <p className="saved-who">
        <strong>{phone}</strong> <span className="saved-last4">···· {last4}</span>
      </p>
      <p className="hint">{say('savedKept', { date, number: String(number) })}</p>
      {isAsking ? (
        <Forgetting card={card} onForgotten={onForgotten} onKept={() => setAsking(false)} />
      ) : (
        <div className="saved-acts">
          <Button
            aria-label={say('chargeWho', { phone })}
            onClick={() => go('/phone', { customer: phone })}
          >
            {say('charge')}
          </Button>
          <Button
            variant="default"
            aria-label={say('forgetWho', { phone })}
            onClick={() => setAsking(true)}
          >
            {say('forget')}
          </Button>
        </div>
      )}
    </li>
  )
}

/** Asked once more: it cannot be taken back, the customer would have to give the card again. */
function Forgetting({ card, onForgotten, onKept }: Props & { readonly onKept: () => void }) {
  const say = useWords(words)
  const { post } = useGround()
  const { isBusy, problem, run } = useAct()
  const forget = () =>
    run(async () => {
      await post(`/api/customers/${encodeURIComponent(card.phone)}/forget`, {})
      onForgotten()
    })
  return (
    <>
      <p role="alert">{say('forgetSure', { last4: card.last4 })}</p>
      <Trouble problem={problem} />
      <div className="saved-acts">
        <Button color="crimson" loading={isBusy} onClick={() => void forget()}>
          {say('forgetYes')}
        </Button>
        <Button variant="default" onClick={onKept}>
          {say('forgetNo')}
        </Button>
      </div>
    </>
  )
}
