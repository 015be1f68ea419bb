/**
 * Paying with the SIM: a button, and one shortcut key (S), which pays with the SIM's default card.
 * Where the SIM's PIN is not open, the bridge's own window asks for it first.
 */
import { Button } from '@mantine/core'
import type { Id } from '@warifu/protocol/ids'
import { useWords } from '@warifu/web/kit'
import { useEffect } from 'react'
import { useDoing } from './doing.ts'
import type { Ending } from './pending.ts'
import { payBySim } from './sim.ts'
import { SimTrouble } from './sim-trouble.tsx'
import { useSim } from './sim-use.ts'
import { simWords } from './words-sim.ts'
import { useWorld } from './world.tsx'

const SHORTCUT = 's'

type Props = {
  readonly link: string
  readonly payment: Id<'pay'>
  readonly isHeld: boolean
  readonly answer: (work: () => Promise<Ending>) => Promise<void>
  readonly onUnknown: () => void
}

export function SimPay({ link, payment, isHeld, answer, onUnknown }: Props) {
  const say = useWords(simWords)
  const world = useWorld()
  const { data: kept } = useSim()
  const sim = kept?.sim ?? null
  const paying = useDoing(async () => {
    if (kept && sim)
      await answer(() => payBySim(world, { link, payment, token: kept.token, sim, onUnknown }))
  })
  const mayPay = world.bridge !== null && sim !== null && !isHeld && !paying.runs
  useEffect(() => {
    if (!mayPay) return
    const press = (event: KeyboardEvent) => {
      const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat
      if (isPlain && event.key.toLowerCase() === SHORTCUT) paying.begin()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [mayPay, paying.begin])
  if (world.bridge === null || sim === null) return null
  return (
    <>
      <Button
        variant="default"
        size="lg"
        fullWidth
        loading={paying.runs}
        disabled={isHeld}
        onClick={() => paying.begin()}
      >
        {say('sim.pay')}
      </Button>
      {paying.runs ? (
        <p role="status">
          <a href={world.bridge} target="_blank" rel="noreferrer">
            {say('sim.answer')}
          </a>
        </p>
      ) : null}
      <SimTrouble error={paying.error} />
    </>
  )
}
