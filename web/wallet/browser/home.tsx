/** The cards on this phone: what is left on each, freezing, and a payment that waits. */
import { Button } from '@mantine/core'
import type { InstalledCard } from '@warifu/devices/terminal'
import { Amount, Mark, Said, useWords } from '@warifu/web/kit'
import { lazy, Suspense } from 'react'
import { act } from './acting.ts'
import { Arrivals } from './arrivals.tsx'
import { type Card, useCards, usePending, useTerminalState } from './asking.ts'
import { CardFace } from './card-face.tsx'
import { Consents } from './consents.tsx'
import { useDoing } from './doing.ts'
import { isReplaced } from './trouble.ts'
import { TroubleSaid } from './trouble-said.tsx'
import { go } from './views.tsx'
import { words } from './words.ts'
import { useWorld } from './world.tsx'

export function HomeView() {
  const say = useWords(words)
  const { data: state } = useTerminalState()
  const { data: cards, error, refetch } = useCards(true)
  const here = state?.cards.filter((card) => card.is_confirmed) ?? []
  if (state === undefined) return null
  if (isReplaced(error))
    return (
      <Suspense fallback={null}>
        <ReplacedView />
      </Suspense>
    )
  if (here.length === 0) return <Cardless error={error} cards={cards ?? []} />
  return (
    <section className="view">
      <h1>{say('home.title')}</h1>
      <Waiting />
      <Arrivals />
      <Consents />
      {error === null ? null : <TroubleSaid error={error} again={() => void refetch()} />}
      <ul className="cards">
        {here.map((installed) => (
          <li key={installed.card}>
            <CardPanel
              installed={installed}
              card={cards?.find(({ id }) => id === installed.card) ?? null}
            />
          </li>
        ))}
      </ul>
      <div className="acts">
        <Button size="lg" fullWidth onClick={() => go('/scan')}>
          {say('home.pay')}
        </Button>
        <Button variant="default" size="lg" fullWidth onClick={() => go('/code')}>
          {say('home.show')}
        </Button>
        <Button variant="subtle" fullWidth onClick={() => go('/cards')}>
          {say('home.limits')}
        </Button>
        <Button variant="subtle" fullWidth onClick={() => go('/plastic')}>
          {say('plastic.open')}
        </Button>
        <Button variant="subtle" fullWidth onClick={() => go('/apply')}>
          {say('apply.another')}
        </Button>
      </div>
    </section>
  )
}

/** A payment that was opened and has no answer yet. */
function Waiting() {
  const say = useWords(words)
  const { data: pending } = usePending()
  if (!pending || pending.ending !== null) return null
  const { claim } = pending
  return (
    <Said tone="waiting" title={say('home.waiting')}>
      {claim === null ? null : (
        <p>
          {claim.content.payee.name} ·{' '}
          <Amount amount={claim.content.amount} currency={claim.content.currency} />
        </p>
      )}
      <Button variant="default" size="sm" mt={12} onClick={() => go('/pay')}>
        {say('home.waiting_go')}
      </Button>
    </Said>
  )
}

type Cardless = { readonly error: Error | null; readonly cards: readonly Card[] }

function Cardless({ error, cards }: Cardless) {
  const say = useWords(words)
  const elsewhere = cards.filter(({ last4 }) => last4 !== null)
  return (
    <section className="view">
      <h1>{say('apply.title')}</h1>
      <Waiting />
      <div className="card-to-be">
        <Mark size={56} state="apart" />
      </div>
      <p className="lead">{say('apply.lead')}</p>
      {error === null ? null : <TroubleSaid error={error} />}
      {elsewhere.length === 0 ? null : (
        <Said tone="plain" title={say('card.elsewhere')}>
          {elsewhere.map(({ id, last4 }) => (
            <p key={id}>{say('history.card', { last4: last4 ?? '' })}</p>
          ))}
        </Said>
      )}
      <div className="acts">
        <Button size="lg" fullWidth onClick={() => go('/apply')}>
          {say('apply.another')}
        </Button>
      </div>
    </section>
  )
}

const ReplacedView = lazy(async () => ({ default: (await import('./stopped.tsx')).ReplacedView }))

/** The one scheme in which a phone reads its card: others do not even load it. */
const CardReveal = lazy(async () => ({ default: (await import('./card-reveal.tsx')).CardReveal }))

type Panel = { readonly installed: InstalledCard; readonly card: Card | null }

function CardPanel({ installed, card }: Panel) {
  const say = useWords(words)
  const world = useWorld()
  const isFrozen = card?.status === 'suspended'
  const turn = useDoing(() =>
    act(world, () => world.terminal[isFrozen ? 'resume' : 'suspend'](installed.card)),
  )
  const { last4, expires, shown, scheme } = installed
  const known = card === null ? null : (stateWords[card.status] ?? 'card.other_state')
  return (
    <article className="card-panel">
      <CardFace
        reference={installed.card}
        program={card?.program ?? ''}
        last4={last4}
        shown={shown}
        expires={expires}
        isFrozen={isFrozen}
      />
      {card === null ? (
        <p className="quiet">{say('card.unknown')}</p>
      ) : (
        <div className="card-facts">
          <div>
            <p className="quiet">{say('card.available')}</p>
            <Amount amount={card.available} currency={card.currency} size="medium" />
          </div>
          <div className="card-state">
            {known === null ? null : (
              <p className="state" data-tone={isFrozen ? 'waiting' : 'arrived'}>
                {say(known)}
              </p>
            )}
            <Button
              variant="default"
              size="compact-md"
              loading={turn.runs}
              onClick={() => turn.begin()}
            >
              {say(isFrozen ? 'card.unfreeze' : 'card.freeze')}
            </Button>
          </div>
        </div>
      )}
      {isFrozen ? <p className="quiet">{say('card.frozen_more')}</p> : null}
      <p className="quiet">
        {say(`scheme.${scheme}`)}: {say(`scheme.${scheme}_more`)}
      </p>
      {scheme === 'terminal_sealed' ? (
        <Suspense fallback={null}>
          <CardReveal card={installed.card} />
        </Suspense>
      ) : null}
      {turn.error === null ? null : <TroubleSaid error={turn.error} />}
    </article>
  )
}

const stateWords = {
  active: 'card.active',
  suspended: 'card.suspended',
  approved: 'card.other_state',
  provisioned: 'card.other_state',
  replaced: 'card.other_state',
  expired: 'card.other_state',
  closed: 'card.other_state',
} as const
