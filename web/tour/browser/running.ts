/** Runs as the page sees them: begun by a button, looked at until they end. */
import { useClock } from '@warifu/web/kit'
import { useEffect, useState } from 'react'
import type { TourRun, TourSystem } from './wire.ts'

const LOOK_MS = 300

export type Trouble = 'busy' | 'unreachable'
export type Runs = {
  readonly runs: Readonly<Partial<Record<TourSystem, TourRun>>>
  /** The system that is running now. */
  readonly active: TourSystem | null
  readonly trouble: Trouble | null
  readonly begin: (system: TourSystem) => void
}

type Active = { readonly system: TourSystem; readonly id: string }

export function useRuns(): Runs {
  const clock = useClock()
  const [runs, setRuns] = useState<Runs['runs']>({})
  const [active, setActive] = useState<Active | null>(null)
  const [trouble, setTrouble] = useState<Trouble | null>(null)
  useEffect(() => {
    if (active === null) return
    const look = async () => {
      const run = await read(active.id)
      setRuns((before) => ({ ...before, [active.system]: run }))
      setTrouble(null)
      if (run.state !== 'running') setActive(null)
    }
    let isBusy = false
    return clock.every(LOOK_MS, () => {
      if (isBusy) return
      isBusy = true
      look()
        .catch(() => setTrouble('unreachable'))
        .finally(() => {
          isBusy = false
        })
    })
  }, [active, clock])
  const begin = (system: TourSystem) => {
    ask(system)
      .then((id) => {
        setTrouble(id === undefined ? 'busy' : null)
        if (id !== undefined) setActive({ system, id })
      })
      .catch(() => setTrouble('unreachable'))
  }
  return { runs, active: active?.system ?? null, trouble, begin }
}

/** Where a newcomer goes next; null until the page was told. */
export function useStart(): string | null {
  const [start, setStart] = useState<string | null>(null)
  useEffect(() => {
    const read = async () => {
      const { start_origin } = Object(await (await fetch('/config.json')).json())
      setStart(String(start_origin))
    }
    read().catch(() => undefined) // the buttons say that nobody answers
  }, [])
  return start
}

async function ask(system: TourSystem): Promise<string | undefined> {
  const answer = await fetch(`/runs/${system}`, { method: 'POST' })
  if (answer.status === 409) return undefined
  if (!answer.ok) throw new Error(`status ${answer.status}`)
  const { id } = Object(await answer.json())
  return String(id)
}

async function read(id: string): Promise<TourRun> {
  const answer = await fetch(`/runs/${id}`)
  if (!answer.ok) throw new Error(`status ${answer.status}`)
  // What the tour's own process says, of the same build.
  return (await answer.json()) as TourRun
}
