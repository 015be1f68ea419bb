/** The payment in hand: opened, asked about, decided, ended. What is shown is what is signed. */

import { Button } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { Mark, Said, useClock, useWords } from '@warifu/web/kit'
import { useEffect, useState } from 'react'
import { useCards, usePending, useTerminalState } from './asking.ts'
import { Ended } from './ended.tsx'
import { openPending } from './payment.ts'
import type { Pending } from './pending.ts'
import { Question } from './question.tsx'
import { useOnline } from './staying.ts'
import { troubleOf } from './trouble.ts'
import { TroubleSaid } from './trouble-said.tsx'
import { words } from './words.ts'
import { useWorld } from './world.tsx'

export function PayView() {
  const say = useWords(words)
  const { data: pending } = usePending()
  const { isOther, look } = useOwn(pending?.link ?? null)
  if (!isOther) return <Payment pending={pending} />
  return (
    <section className="view">
      <h1>{say('pay.title')}</h1>
      <Said tone="waiting" title={say('pay.other')} urgent>
        <Button variant="default" size="sm" mt={12} onClick={look}>
          {say('home.waiting_go')}
        </Button>
      </Said>
    </section>
  )
}

/**
 * A tab keeps to the payment that it shows: one that is opened elsewhere never slips under a finger
 * that is on its way to the button.
 */
function useOwn(link: string | null) {
  const [own, setOwn] = useState<string | null>(null)
  useEffect(() => {
    if (own === null && link !== null) setOwn(link)
  }, [own, link])
  return { isOther: own !== null && link !== null && link !== own, look: () => setOwn(link) }
}

function Payment({ pending }: { readonly pending: Pending | null | undefined }) {
  const say = useWords(words)
  const { opened, error, again } = useOpened(pending ?? null)
  if (pending === undefined) return null
  if (pending === null)
    return (
      <section className="view">
        <h1>{say('pay.title')}</h1>
        <Said tone="plain" title={say('pay.none')}>
          {say('pay.none_more')}
        </Said>
      </section>
    )
  if (pending.ending !== null) return <Ended pending={pending} ending={pending.ending} />
  if (error !== null)
    return (
      <section className="view">
        <h1>{say('pay.title')}</h1>
        {isUnheard(error) ? <Unheard again={again} /> : <TroubleSaid error={error} again={again} />}
      </section>
    )
  if (!opened || pending.claim === null)
    return (
      <section className="view opening" role="status">
        <Mark size={72} state="waiting" />
        <h1>{say('pay.opening')}</h1>
      </section>
    )
  return <Asking pending={pending} claim={pending.claim} />
}

const isUnheard = (error: unknown): boolean => troubleOf(error).kind === 'no_answer'

/** It goes on by itself (`useOpened`); whoever cannot wait may press. */
function Unheard({ again }: { readonly again: () => void }) {
  const say = useWords(words)
  return (
    <Said tone="waiting" title={say('pay.unheard')} urgent>
      <p>{say('pay.unheard_more')}</p>
      <Button variant="default" size="sm" mt={12} onClick={again}>
        {say('again')}
      </Button>
    </Said>
  )
}

const PAUSES_MS = [500, 2_000, 5_000, 15_000]

/** Tries again while nobody answers: soon after the network is back, then less and less often. */
function useTryingAgain(error: unknown, again: () => void): void {
  const clock = useClock()
  const isOnline = useOnline()
  const [failures, setFailures] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: each failure is an error of its own
  useEffect(() => {
    if (!isOnline) return setFailures(0)
    if (!isUnheard(error)) return
    return clock.after(PAUSES_MS[failures] ?? 15_000, () => {
      setFailures(Math.min(failures + 1, PAUSES_MS.length - 1))
      again()
    })
  }, [error, isOnline])
}

/** Opens this payment once, again when the person says so, and by itself while nobody answers. */
function useOpened(pending: Pending | null) {
  const world = useWorld()
  const queries = useQueryClient()
  const [tries, setTries] = useState(0)
  const [done, setDone] = useState<{ link: string; error: unknown } | null>(null)
  const link = pending?.link ?? null
  // biome-ignore lint/correctness/useExhaustiveDependencies: once a link and try, not once a change
  useEffect(() => {
    if (pending === null || link === null) return
    let isGone = false
    const tell = (error: unknown) => {
      if (!isGone) setDone({ link, error })
    }
    openPending(world, pending).then(() => tell(null), tell)
    return () => {
      isGone = true
      void queries.invalidateQueries({ queryKey: ['activity'] })
    }
  }, [link, tries])
  const isThis = done !== null && done.link === link
  const error = isThis ? done.error : null
  useTryingAgain(error, () => setTries(tries + 1))
  return {
    opened: isThis && done.error === null,
    error,
    again: () => {
      setDone(null)
      setTries(tries + 1)
    },
  }
}

type Props = { readonly pending: Pending; readonly claim: NonNullable<Pending['claim']> }

function Asking({ pending, claim }: Props) {
  const world = useWorld()
  const clock = useClock()
  const { data: state } = useTerminalState()
  const { data: cards = [] } = useCards(true)
  const [isAnswering, setAnswering] = useState(false)
  const deadlineMs = Date.parse(claim.content.deadline_at)
  useEffect(() => {
    // While an answer is on its way, the platform says how it ended.
    if (isAnswering) return
    const end = () => void world.pending.save({ ...pending, ending: { kind: 'expired' } })
    return clock.after(Math.max(0, deadlineMs - clock.nowMs()), end)
  }, [world, clock, pending, deadlineMs, isAnswering])
  if (state === undefined) return null
  return (
    <Question
      pending={pending}
      claim={claim}
      installed={state.cards.filter((card) => card.is_confirmed)}
      cards={cards}
      onAnswering={setAnswering}
    />
  )
}
