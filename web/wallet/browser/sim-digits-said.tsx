/** The SIM's PIN digits after a PIN was set: written anew at once, or later. */
import { Button, PasswordInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Sim } from '@warifu/devices/terminal'
import type { Id } from '@warifu/protocol/ids'
import { Said, useWords } from '@warifu/web/kit'
import { type FormEvent, useState } from 'react'
import { useDoing } from './doing.ts'
import { readOldDigits, rewriteDigits } from './sim-digits.ts'
import { SimTrouble } from './sim-trouble.tsx'
import { Link } from './views.tsx'
import { simCareWords } from './words-sim-care.ts'
import { useWorld } from './world.tsx'

function useOldDigits() {
  const { kept } = useWorld()
  return useQuery({
    queryKey: ['kept', 'sim-digits'],
    queryFn: () => readOldDigits(kept),
    networkMode: 'always',
  })
}

/** Says what became of them; nothing where no SIM has this card. */
export function useSimFollows(card: Id<'crd'>) {
  const world = useWorld()
  const [isWritten, setWritten] = useState(false)
  const following = useDoing(async (digits: string) => {
    setWritten(false)
    setWritten(await rewriteDigits(world, { card, digits }))
  })
  return { ...following, isWritten }
}

type FollowsProps = { readonly card: Id<'crd'>; readonly following: FollowingSim }
type FollowingSim = ReturnType<typeof useSimFollows>

export function SimFollows({ card, following: { runs, error, isWritten } }: FollowsProps) {
  const say = useWords(simCareWords)
  const { data: old = [] } = useOldDigits()
  if (runs) return old.includes(card) ? <p role="status">{say('sim_care.answer')}</p> : null
  if (old.includes(card))
    return (
      <>
        <SimTrouble error={error} />
        <Said tone="waiting" title={say('sim_care.old')} urgent>
          <p>{say('sim_care.old_more')}</p>
          <Link to="/sim">{say('sim_care.later')}</Link>
        </Said>
      </>
    )
  return isWritten ? <p role="status">{say('sim_care.written')}</p> : null
}

/** In the SIM's view: for each card whose digits are old. */
export function OldDigits({ sim }: { readonly sim: Sim }) {
  const { data: old = [] } = useOldDigits()
  return sim.cards
    .filter(({ card }) => old.includes(card))
    .map(({ card, number }) => <WriteForm key={card} card={card} number={number} />)
}

type WriteProps = { readonly card: Id<'crd'>; readonly number: number }

function WriteForm({ card, number }: WriteProps) {
  const say = useWords(simCareWords)
  const [digits, setDigits] = useState('')
  const writing = useSimFollows(card)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (/^[0-9]{2}$/.test(digits)) writing.begin(digits)
  }
  return (
    <form onSubmit={submit} noValidate>
      <Said tone="waiting" title={say('sim_care.old')}>
        {say('sim_care.card', { number: String(number) })}
      </Said>
      <PasswordInput
        inputMode="numeric"
        autoComplete="off"
        maxLength={2}
        label={say('sim_care.digits')}
        value={digits}
        onChange={(event) => setDigits(event.currentTarget.value.replace(/\D/g, ''))}
      />
      {writing.runs ? <p role="status">{say('sim_care.answer')}</p> : null}
      <SimTrouble error={writing.error} />
      <Button type="submit" mt={12} variant="default" loading={writing.runs}>
        {say('sim_care.write')}
      </Button>
    </form>
  )
}
