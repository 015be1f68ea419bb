/** On the old phone: another one comes in its place, and may be called back. */
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Question } from '@warifu/devices/terminal'
import type { Id } from '@warifu/protocol/ids'
import { Said, useWords } from '@warifu/web/kit'
import { useState } from 'react'
import { act } from './acting.ts'
import { useQuestions } from './asking.ts'
import { useDoing } from './doing.ts'
import { TroubleSaid } from './trouble-said.tsx'
import { words } from './words.ts'
import { useWorld } from './world.tsx'

export function Arrivals() {
  const { data: questions = [] } = useQuestions()
  // A phone that has let another one take its place is told nothing more about it.
  const [answered, setAnswered] = useState<string | null>(null)
  const asked = questions.find(
    ({ id, status, content }) =>
      status === 'pending' && content.subject.kind === 'terminal' && id !== answered,
  )
  if (asked === undefined) return <Coming />
  return <Asked question={asked} answered={() => setAnswered(asked.id)} />
}

/** The new phone asks this one: a yes is vouched for by the passkey, over its very keys. */
type AskedProps = { readonly question: Question; readonly answered: () => void }

function Asked({ question, answered }: AskedProps) {
  const say = useWords(words)
  const world = useWorld()
  const answer = useDoing(async (said: 'approve' | 'deny') => {
    await act(world, () => world.terminal.answer(question, said))
    answered()
  })
  const { content } = question
  const takesPlace = 'replaces' in content && content.replaces !== null
  return (
    <Said tone="waiting" title={say('arrivals.title')} urgent>
      <p>{say(takesPlace ? 'arrivals.replace' : 'arrivals.second')}</p>
      {answer.error === null ? null : <TroubleSaid error={answer.error} />}
      <Button mt={12} fullWidth loading={answer.runs} onClick={() => answer.begin('approve')}>
        {say('arrivals.yes')}
      </Button>
      <Button
        variant="default"
        mt={12}
        fullWidth
        loading={answer.runs}
        onClick={() => answer.begin('deny')}
      >
        {say('arrivals.cancel')}
      </Button>
    </Said>
  )
}

/** It comes without this phone's word, by proofs: it may be called back, even when it is in. */
export function Coming() {
  const say = useWords(words)
  const world = useWorld()
  const { data } = useQuery({
    queryKey: ['arrivals'],
    queryFn: () => world.terminal.arrivals(),
  })
  const coming = data?.find(({ status }) => ['proving', 'waiting', 'limited'].includes(status))
  const cancel = useDoing((id: Id<'trm'>) => act(world, () => world.terminal.cancelArrival(id)))
  if (coming === undefined) return null
  return (
    <Said tone="refused" title={say('arrivals.title')} urgent>
      <p>{say('arrivals.more')}</p>
      {cancel.error === null ? null : <TroubleSaid error={cancel.error} />}
      <Button
        variant="default"
        mt={12}
        loading={cancel.runs}
        onClick={() => cancel.begin(coming.terminal)}
      >
        {say('arrivals.cancel')}
      </Button>
    </Said>
  )
}
