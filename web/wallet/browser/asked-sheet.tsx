/**
 * Questions that come by themselves, over whatever the person was looking at. A payment in hand is
 * never covered: there the person is told, and looks when they want to.
 */
import { Button } from '@mantine/core'
import type { Question } from '@warifu/devices/terminal'
import { isIncrement } from '@warifu/protocol/approval-content'
import type { Id } from '@warifu/protocol/ids'
import { Amount, Said, useWords } from '@warifu/web/kit'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { type AskedPayment, isAskedPayment, receive } from './asked.ts'
import { useMoment } from './asked-moment.ts'
import { type AskedMore, AskedMoreQuestion } from './asked-more.tsx'
import { AskedQuestion } from './asked-question.tsx'
import { usePending, useQuestions } from './asking.ts'
import { useView } from './views.tsx'
import { words } from './words.ts'
import { askedWords } from './words-asked.ts'
import { useWorld } from './world.tsx'
import './asked.css'

/** A payment, or more for one that was approved before. */
type Asked = AskedPayment | AskedMore
const isMore = (asked: Question): asked is AskedMore => isIncrement(asked.content)
const isAsked = (asked: Question): asked is Asked => isAskedPayment(asked) || isMore(asked)

export function AskedSheet() {
  const say = useWords(words)
  const ask = useWords(askedWords)
  const { data: questions = [] } = useQuestions()
  const all = questions.filter(isAsked)
  const open = all.filter(({ status }) => status === 'pending')
  const [chosen, choose] = useState<Id<'apr'> | null>(null)
  const [later, setLater] = useState<readonly Id<'apr'>[]>([])
  const isPaying = usePayingNow()
  const fresh = isPaying ? [] : open.filter(({ id }) => !later.includes(id))
  const [only] = fresh
  const shown = all.find(({ id }) => id === chosen) ?? (fresh.length === 1 ? (only ?? null) : null)
  // Once on the screen, it stays there until the person is done with it.
  useEffect(() => {
    if (chosen === null && shown !== null) choose(shown.id)
  }, [chosen, shown])
  useReceipts(fresh)
  if (shown !== null) {
    const leave = () => {
      setLater([...later, shown.id])
      choose(null)
    }
    return (
      <Sheet>
        {isMore(shown) ? (
          <AskedMoreQuestion key={shown.id} asked={shown} leave={leave} />
        ) : (
          <AskedQuestion key={shown.id} asked={shown} leave={leave} />
        )}
      </Sheet>
    )
  }
  if (fresh.length > 1)
    return (
      <Sheet>
        <Several asked={fresh} choose={choose} />
      </Sheet>
    )
  if (open.length === 0) return null
  return (
    <Said tone="waiting" title={ask('asked.waits')} urgent>
      <Button variant="default" size="sm" mt={12} onClick={() => choose(open[0]?.id ?? null)}>
        {say('home.waiting_go')}
      </Button>
    </Said>
  )
}

/** A payment of a link is open before the person, with its own yes and no. */
function usePayingNow(): boolean {
  const view = useView()
  const { data: pending } = usePending()
  return view === '/pay' && pending !== null && pending !== undefined && pending.ending === null
}

/** Says of each question, once, that it was shown. */
function useReceipts(shown: readonly Asked[]): void {
  const world = useWorld()
  const told = useRef(new Set<string>())
  useEffect(() => {
    for (const asked of shown) {
      if (told.current.has(asked.id)) continue
      told.current.add(asked.id)
      // Without an answer the write is kept, and settled with the next one.
      receive(world, asked).catch(() => undefined)
    }
  }, [world, shown])
}

/** The page behind is inert while it is open; Escape does not answer for anybody. */
function Sheet({ children }: { readonly children: ReactNode }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const { current } = dialog
    if (current !== null && !current.open) current.showModal()
  }, [])
  return (
    <dialog
      ref={dialog}
      className="asked"
      aria-labelledby="asked-shop"
      onCancel={(event) => event.preventDefault()}
    >
      {children}
    </dialog>
  )
}

type SeveralProps = {
  readonly asked: readonly Asked[]
  readonly choose: (id: Id<'apr'>) => void
}

/** More than one shop asks: the person chooses. */
function Several({ asked, choose }: SeveralProps) {
  const ask = useWords(askedWords)
  const isReady = useMoment()
  return (
    <section className="view">
      <h1 id="asked-shop">{ask('asked.several')}</h1>
      <p className="lead">{ask('asked.several_more')}</p>
      <ul className="asked-list">
        {asked.map(({ id, content }) => (
          <li key={id}>
            <Button
              variant="default"
              size="lg"
              fullWidth
              disabled={!isReady}
              onClick={() => choose(id)}
            >
              {content.payee.name} · <Amount amount={content.amount} currency={content.currency} />
            </Button>
          </li>
        ))}
      </ul>
    </section>
  )
}
