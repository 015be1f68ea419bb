/** One card, as the platform's people see it: bounds, money and history, and never its number. */
import { Button } from '@mantine/core'
import type { Body, Reply } from '@warifu/protocol/contract'
import { useWords } from '@warifu/web/kit'
import { type FormEvent, useState } from 'react'
import { Fault, useAct } from './act.tsx'
import { OpenButton } from './act-button.tsx'
import { useCall } from './calling.ts'
import { CardMoney } from './card-money.tsx'
import { Facts } from './facts.tsx'
import { Log } from './log.tsx'
import { OnePage, Panel } from './one.tsx'
import { useSession } from './session.tsx'
import { useStale } from './stale.ts'
import { useStateWord } from './states.tsx'
import { type CardWord, cardWords } from './words-cards.ts'
import { shellWords } from './words-shell.ts'

type Card = Reply<'readCard'>
type Status = Body<'stopCard'>['status']
type Reason = Body<'stopCard'>['reason']

export function CardPage({ id }: { readonly id: string }) {
  const say = useWords(shellWords)
  const sayCard = useWords(cardWords)
  const word = useStateWord()
  const back = { to: '/cards', name: say('cards') }
  return (
    <OnePage name="readCard" id={id} back={back} title={({ last4 }) => `···· ${last4 ?? '····'}`}>
      {(card) => {
        const money = (amount: number) => ({ amount, currency: card.currency })
        return (
          <>
            <Panel title={sayCard('bounds')}>
              <Facts
                facts={[
                  ['status', { state: card.status }],
                  ['limit', { money: card.credit_limit > 0 ? money(card.credit_limit) : null }],
                  ['available', { money: money(card.available) }],
                  ['expires', { month: card.expires }],
                  ['usage', { word: card.usage }],
                  ['funding', { word: card.funding }],
                  ['program', { code: card.program, to: `/rules/${card.program}` }],
                  ['created', { time: card.created_at }],
                  ['id', { code: card.id }],
                  ['replacedBy', codeTo(card.replaced_by)],
                  ['replaces', codeTo(card.replaces)],
                ]}
              />
              <Acts card={card} />
            </Panel>
            <Log
              title={sayCard('history')}
              rows={card.history.map(({ at, to, reason, by }) => ({
                at,
                text: `${word(reason)} · ${word(by)}`,
                state: to,
              }))}
            />
          </>
        )
      }}
    </OnePage>
  )
}

const codeTo = (id: string | null) => ({ code: id, to: `/cards/${id}` })

/** Where a card may go from where it stands, and what that is called. */
const moves: Readonly<Record<string, readonly Status[]>> = {
  active: ['suspended', 'closed'],
  suspended: ['active', 'closed'],
}
const moveWords: Readonly<Record<Status, CardWord>> = {
  suspended: 'stop',
  active: 'letGo',
  closed: 'closeCard',
}

function Acts({ card }: { readonly card: Card }) {
  const say = useWords(cardWords)
  const { may } = useSession()
  return (
    <div className="acts">
      {(may('stopCard') ? (moves[card.status] ?? []) : []).map((status) => (
        <OpenButton key={status} name={say(moveWords[status])} title={say(moveWords[status])}>
          {(close) => <Move card={card} status={status} onDone={close} />}
        </OpenButton>
      ))}
      <CardMoney card={card} />
    </div>
  )
}

const reasons = ['fraud', 'lost', 'stolen', 'policy', 'cardholder_asked', 'cleared'] as const

type FormProps = { readonly card: Card; readonly onDone: () => void }

function Move({ card, status, onDone }: FormProps & { readonly status: Status }) {
  const say = useWords(cardWords)
  const word = useStateWord()
  const call = useCall()
  const stale = useStale()
  const { isBusy, fault, run } = useAct()
  const [reason, setReason] = useState<Reason>(status === 'active' ? 'cleared' : 'cardholder_asked')
  const move = (event: FormEvent) => {
    event.preventDefault()
    void run(async () => {
      await call('stopCard', { params: { id: card.id }, body: { status, reason } })
      await stale()
      onDone()
    })
  }
  return (
    <form className="dialog-form" onSubmit={move}>
      {status === 'closed' ? <p>{say('closeLead')}</p> : null}
      <select
        className="field"
        aria-label={say('reason')}
        value={reason}
        onChange={({ currentTarget: { value } }) =>
          setReason(reasons.find((one) => one === value) ?? 'policy')
        }
      >
        {reasons.map((one) => (
          <option key={one} value={one}>
            {word(one)}
          </option>
        ))}
      </select>
      <Fault fault={fault} />
      <Button type="submit" color={status === 'active' ? 'indigo' : 'crimson'} loading={isBusy}>
        {say(moveWords[status])}
      </Button>
    </form>
  )
}
