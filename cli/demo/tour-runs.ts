/**
 * Runs of the tour: one at a time, each with people and devices of its own, against the sandbox as
 * it stands. What is told of a run is its steps and its payment's timeline, while it goes on.
 */
import { randomInt, randomUUID } from 'node:crypto'
import type { Runs, TourRun, TourStep, TourSystem } from '@warifu/web/tour'
import { type Auditor, newAuditor } from './auditor.ts'
import { codeOf, createChecks } from './checks.ts'
import { paymentsSince } from './picture.ts'
import { journeys } from './tour-journeys.ts'
import { createWorld, type Place, type World } from './world.ts'

type Running = {
  readonly id: string
  readonly system: TourSystem
  readonly world: World
  readonly steps: TourStep[]
  state: TourRun['state']
}

/** Runs that are remembered; an older one is forgotten with what its people said. */
const MOST = 10

export function createRuns(place: Place): Runs {
  const runs = new Map<string, Running>()
  const auditor = newAuditor(place)
  auditor.catch(() => undefined) // whoever looks is told
  const begin = (system: TourSystem) => {
    if ([...runs.values()].some(({ state }) => state === 'running')) return undefined
    const running = newRun(place, system)
    runs.set(running.id, running)
    for (const old of [...runs.keys()].slice(0, -MOST)) runs.delete(old)
    void follow(running)
    return running.id
  }
  const look = async (id: string) => {
    const running = runs.get(id)
    return running && told(running, auditor)
  }
  return { begin, look }
}

function newRun(place: Place, system: TourSystem): Running {
  // Numbers that no run before had: a shop finds people by them.
  const newPhone = () => `+8180${String(randomInt(100_000_000)).padStart(8, '0')}`
  const world = { ...createWorld(place), newPhone }
  return { id: randomUUID(), system, world, steps: [], state: 'running' }
}

async function follow(running: Running): Promise<void> {
  const { system, world, steps } = running
  const checks = createChecks(({ name, ok, saw }) => void steps.push({ name, ok, saw }))
  try {
    await journeys[system].run(world, checks)
  } catch (fault) {
    if (steps.every(({ ok }) => ok)) steps.push({ name: 'fault', ok: false, saw: codeOf(fault) })
  }
  running.state = steps.every(({ ok }) => ok) ? 'done' : 'failed'
}

async function told(
  { id, system, world, steps, state }: Running,
  auditor: Promise<Auditor>,
): Promise<TourRun> {
  const { presentment } = journeys[system]
  // The last word of the run is read before the timeline: nothing of it can be missed.
  const now = { id, system, state, steps: [...steps] }
  const [payment] = paymentsSince(world, { from: 0, presentment })
  const timeline = payment === undefined ? [] : await (await auditor)(payment)
  return { ...now, payment: payment ?? null, timeline }
}
