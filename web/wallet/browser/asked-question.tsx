/**
 * One question that came by itself: shop, place, amount, order and one countdown, the number that
 * the till shows where it is asked for; yes, no, not me. What is shown is what is signed.
 */
import { Button } from '@mantine/core'
import type { Id } from '@warifu/protocol/ids'
import { localeOf } from '@warifu/protocol/language'
import { formatMoney } from '@warifu/protocol/money'
import { Amount, Countdown, Mark, Said, useLanguage, useWords } from '@warifu/web/kit'
import { useState } from 'react'
import { type AskedEnding, type AskedPayment, disown, endedAlone, refuse, wayOf } from './asked.ts'
import { AskedEnded } from './asked-ended.tsx'
import { useMoment } from './asked-moment.ts'
import { NumberField } from './asked-number.tsx'
import { useCards, useTerminalState } from './asking.ts'
import { CardChoice } from './card-choice.tsx'
import { useDoing } from './doing.ts'
import { Frozen } from './frozen.tsx'
import { OrderLines } from './order-lines.tsx'
import { ReaderDisplay } from './reader.tsx'
import { TroubleSaid } from './trouble-said.tsx'
import { words } from './words.ts'
import { askedWords } from './words-asked.ts'
import { useWorld } from './world.tsx'

type Props = { readonly asked: AskedPayment; readonly leave: () => void }

export function AskedQuestion({ asked, leave }: Props) {
  const answering = useAnswering(asked)
  const ending = answering.ending ?? (answering.runs ? null : endedAlone(asked))
  if (ending !== null) return <AskedEnded asked={asked} ending={ending} leave={leave} />
  return <Open asked={asked} answering={answering} leave={leave} />
}

type OpenProps = Props & { readonly answering: ReturnType<typeof useAnswering> }

function Open({ asked, answering, leave }: OpenProps) {
  const say = useWords(words)
  const ask = useWords(askedWords)
  const [isDisowning, setDisowning] = useState(false)
  const { content, lines } = asked
  return (
    <section className="view pay">
      <Mark size={48} state={answering.runs ? 'waiting' : 'apart'} />
      <h1 id="asked-shop" className="pay-shop">
        {say('pay.asks', { shop: content.payee.name })}
      </h1>
      <p className="pay-amount">
        {content.extent === 'up_to' ? <span className="quiet">{say('pay.up_to')} </span> : null}
        <Amount amount={content.amount} currency={content.currency} size="large" />
      </p>
      <p className="pay-place">{content.payee.place}</p>
      <Countdown deadline={content.deadline_at} />
      <p className="quiet">{ask(`asked.by.${content.presentment}`)}</p>
      <OrderLines lines={lines} currency={content.currency} />
      {content.presentment === 'reader' && answering.runs ? <ReaderDisplay /> : null}
      {answering.isUnknown ? (
        <Said tone="waiting" title={say('pay.unknown')} urgent>
          {say('pay.unknown_more')}
        </Said>
      ) : null}
      {answering.error === null ? null : <TroubleSaid error={answering.error} />}
      {isDisowning ? (
        <NotMe answering={answering} back={() => setDisowning(false)} />
      ) : (
        <Answers
          asked={asked}
          answering={answering}
          leave={leave}
          disown={() => setDisowning(true)}
        />
      )}
    </section>
  )
}

type AnswersProps = OpenProps & { readonly disown: () => void }

function Answers({ asked, answering, leave, disown }: AnswersProps) {
  const say = useWords(words)
  const ask = useWords(askedWords)
  const { language } = useLanguage()
  const isReady = useMoment()
  const [number, setNumber] = useState<string | null>(null)
  const paying = useCardChoice()
  const needsCard = wayOf(asked)?.needsCard === true
  const { content } = asked
  const amount = formatMoney(content, localeOf[language])
  const mayPay =
    isReady &&
    (asked.number === null || number !== null) &&
    (!needsCard || (paying.card !== null && !paying.isFrozen))
  const { runs } = answering
  return (
    <>
      <NumberField asked={asked.number} entered={number} enter={setNumber} isFixed={runs} />
      {needsCard && paying.installed.length > 0 ? (
        <CardChoice
          cards={paying.installed}
          chosen={paying.card}
          choose={paying.choose}
          isFixed={runs}
        />
      ) : null}
      {needsCard && paying.installed.length === 0 ? (
        <Said tone="waiting" title={say('pay.no_card')} />
      ) : null}
      {needsCard && paying.isFrozen && paying.card !== null ? <Frozen card={paying.card} /> : null}
      <div className="acts">
        <Button
          size="lg"
          fullWidth
          loading={answering.approving}
          disabled={!mayPay || runs}
          onClick={() => answering.approve({ card: needsCard ? paying.card : null, number })}
        >
          {say('pay.approve', { amount })}
        </Button>
        <Button
          variant="default"
          size="lg"
          fullWidth
          disabled={!isReady || runs}
          onClick={() => answering.refuse()}
        >
          {say('pay.deny')}
        </Button>
        <div className="asked-other">
          <Button variant="subtle" disabled={!isReady || runs} onClick={disown}>
            {ask('asked.not_me')}
          </Button>
          <Button variant="subtle" disabled={!isReady || runs} onClick={leave}>
            {ask('asked.later')}
          </Button>
        </div>
      </div>
    </>
  )
}

function useCardChoice() {
  const { data: state } = useTerminalState()
  const { data: cards = [] } = useCards(true)
  const [chosen, choose] = useState<Id<'crd'> | null>(null)
  const installed = state?.cards.filter((card) => card.is_confirmed) ?? []
  const statusOf = (id: Id<'crd'>) => cards.find((card) => card.id === id)?.status ?? 'active'
  const usable = installed.find(({ card }) => statusOf(card) === 'active')
  const card = chosen ?? usable?.card ?? installed[0]?.card ?? null
  return { installed, card, choose, isFrozen: card !== null && statusOf(card) === 'suspended' }
}

type NotMeProps = { readonly answering: OpenProps['answering']; readonly back: () => void }

function NotMe({ answering, back }: NotMeProps) {
  const ask = useWords(askedWords)
  const [suspend, setSuspend] = useState(false)
  return (
    <div className="acts">
      <Said tone="plain" title={ask('asked.not_me_title')}>
        {ask('asked.not_me_more')}
      </Said>
      <label className="choice-one">
        <input
          type="checkbox"
          checked={suspend}
          onChange={(event) => setSuspend(event.currentTarget.checked)}
        />
        {ask('asked.freeze')}
      </label>
      <Button
        size="lg"
        fullWidth
        loading={answering.runs}
        onClick={() => answering.disown(suspend)}
      >
        {ask('asked.not_me_go')}
      </Button>
      <Button variant="default" size="lg" fullWidth disabled={answering.runs} onClick={back}>
        {ask('asked.back')}
      </Button>
    </div>
  )
}

type Given = { readonly card: Id<'crd'> | null; readonly number: string | null }

/** Yes, no or not me, and how it ended. */
function useAnswering(asked: AskedPayment) {
  const world = useWorld()
  const [ending, setEnding] = useState<AskedEnding | null>(null)
  const [isUnknown, setUnknown] = useState(false)
  const keep = async (work: () => Promise<AskedEnding>) => {
    try {
      setEnding(await work())
    } finally {
      setUnknown(false)
    }
  }
  const onUnknown = () => setUnknown(true)
  const yes = useDoing((given: Given) =>
    keep(async () => {
      const way = wayOf(asked)
      if (way === undefined) return { kind: 'failed', code: 'payment_state' }
      return way.pay(world, { asked, ...given, onUnknown })
    }),
  )
  const no = useDoing(() => keep(() => refuse(world, asked)))
  const never = useDoing((suspend: boolean) => keep(() => disown(world, asked, suspend)))
  return {
    ending,
    isUnknown,
    approving: yes.runs,
    runs: yes.runs || no.runs || never.runs,
    error: yes.error ?? no.error ?? never.error,
    approve: yes.begin,
    refuse: () => no.begin(),
    disown: never.begin,
  }
}
