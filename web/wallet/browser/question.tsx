/**
 * The question: the amount largest, then the shop, the place, the order, one countdown; yes and no
 * at thumb height. Text of a shop is text: it is never read as anything else.
 */
import { Button } from '@mantine/core'
import type { Claim, InstalledCard } from '@warifu/devices/terminal'
import type { Id } from '@warifu/protocol/ids'
import { localeOf } from '@warifu/protocol/language'
import { formatMoney } from '@warifu/protocol/money'
import { Amount, Countdown, Mark, Said, useLanguage, useWords } from '@warifu/web/kit'
import { type ComponentProps, lazy, Suspense, useState } from 'react'
import type { Card } from './asking.ts'
import { CardChoice } from './card-choice.tsx'
import { useDoing } from './doing.ts'
import { Frozen } from './frozen.tsx'
import { OrderLines } from './order-lines.tsx'
import { approve, deny } from './payment.ts'
import type { Ending, Pending } from './pending.ts'
import { TroubleSaid } from './trouble-said.tsx'
import { go } from './views.tsx'
import { words } from './words.ts'
import { useWorld } from './world.tsx'

type Props = {
  readonly pending: Pending
  readonly claim: Claim
  readonly installed: readonly InstalledCard[]
  readonly cards: readonly Card[]
  readonly onAnswering: (is: boolean) => void
}

export function Question(all: Props) {
  const { claim, installed, cards } = all
  const say = useWords(words)
  const { language } = useLanguage()
  const { amount, currency, payee, extent, deadline_at } = claim.content
  const usable = installed.filter(({ card }) => statusOf(cards, card) === 'active')
  const [chosen, choose] = useState<Id<'crd'> | null>(null)
  const card = chosen ?? usable[0]?.card ?? installed[0]?.card
  const { approving, denying, isUnknown, bySim } = useAnswering(all)
  const isFrozen = card !== undefined && statusOf(cards, card) === 'suspended'
  const shown = formatMoney({ amount, currency }, localeOf[language])
  const runs = approving.runs || denying.runs
  const error = approving.error ?? denying.error
  return (
    <section className="view pay" aria-labelledby="pay-shop">
      <Mark size={48} state={runs ? 'waiting' : 'apart'} />
      <h1 id="pay-shop" className="pay-shop">
        {say('pay.asks', { shop: payee.name })}
      </h1>
      <p className="pay-amount">
        {extent === 'up_to' ? <span className="quiet">{say('pay.up_to')} </span> : null}
        <Amount amount={amount} currency={currency} size="large" />
      </p>
      <p className="pay-place">{payee.place}</p>
      <Countdown deadline={deadline_at} />
      <OrderLines lines={claim.lines} currency={currency} />
      {installed.length === 0 ? (
        <NoCard />
      ) : (
        <CardChoice cards={installed} chosen={card ?? null} choose={choose} isFixed={runs} />
      )}
      {isFrozen ? <Frozen card={card} /> : null}
      {isUnknown ? (
        <Said tone="waiting" title={say('pay.unknown')} urgent>
          {say('pay.unknown_more')}
        </Said>
      ) : null}
      {error === null ? null : <TroubleSaid error={error} />}
      <div className="acts">
        {card === undefined ? null : (
          <Button
            size="lg"
            fullWidth
            loading={approving.runs}
            disabled={denying.runs || isFrozen}
            onClick={() => approving.begin(card)}
          >
            {say('pay.approve', { amount: shown })}
          </Button>
        )}
        <BySim {...bySim} isHeld={runs} />
        <Button
          variant="default"
          size="lg"
          fullWidth
          loading={denying.runs}
          disabled={approving.runs}
          onClick={() => denying.begin()}
        >
          {say('pay.deny')}
        </Button>
      </div>
      <p className="quiet" role="status">
        {approving.runs && !isUnknown ? say('pay.approving') : ''}
      </p>
    </section>
  )
}

const SimPay = lazy(async () => ({ default: (await import('./sim-pay.tsx')).SimPay }))

/** A card in the SIM: loaded where there is a way to one. */
function BySim(props: ComponentProps<typeof SimPay>) {
  if (useWorld().bridge === null) return null
  return (
    <Suspense fallback={null}>
      <SimPay {...props} />
    </Suspense>
  )
}

const statusOf = (cards: readonly Card[], id: Id<'crd'>) =>
  cards.find((card) => card.id === id)?.status ?? 'active'

type Answering = Pick<Props, 'pending' | 'claim' | 'onAnswering'>

/** Yes or no, kept with how it ended before anything else is shown. */
function useAnswering({ pending, claim, onAnswering }: Answering) {
  const world = useWorld()
  const [isUnknown, setUnknown] = useState(false)
  const onUnknown = () => setUnknown(true)
  const answer = async (work: () => Promise<Ending>) => {
    onAnswering(true)
    try {
      await world.pending.save({ ...pending, ending: await work() })
    } finally {
      setUnknown(false)
      onAnswering(false)
    }
  }
  const approving = useDoing((card: Id<'crd'>) =>
    answer(() => approve(world, { claim, card, onUnknown })),
  )
  const denying = useDoing(() => answer(() => deny(world, claim, onUnknown)))
  const bySim = { link: pending.link, payment: claim.payment, answer, onUnknown }
  return { approving, denying, isUnknown, bySim }
}

function NoCard() {
  const say = useWords(words)
  return (
    <Said tone="waiting" title={say('pay.no_card')}>
      <p>{say('pay.no_card_more')}</p>
      <Button variant="default" size="sm" mt={12} onClick={() => go('/apply')}>
        {say('apply.another')}
      </Button>
    </Said>
  )
}
