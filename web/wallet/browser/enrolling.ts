/**
 * Registering this phone, to the end. The terminal keeps its keys before the platform has confirmed
 * them; one that was cut in between is registered anew, so what counts is the name kept here last.
 */
import { forgetStop } from './stopping.ts'
import type { World } from './world.tsx'

const KEY = 'enrolled'
const ARRIVING = 'arriving'

export async function enrolHere(world: World): Promise<void> {
  const { phoneName } = await import('./phone-name.ts')
  const { id, status } = await world.terminal.enrol(await phoneName(navigator))
  await forgetStop(world)
  await world.kept.set(KEY, id)
  await world.kept.set(ARRIVING, status === 'waiting' ? id : null)
}

/** This phone is registered and waits to be let in. */
export async function isArriving({ terminal, kept }: World): Promise<boolean> {
  const id = await kept.get(ARRIVING)
  return id !== null && id !== undefined && id === (await terminal.state()).terminal
}

export const hasArrived = ({ kept }: World): Promise<void> => kept.set(ARRIVING, null)

export async function isEnrolledHere({ terminal, kept }: World): Promise<boolean> {
  const state = await terminal.state()
  return state.keys !== null && (await kept.get(KEY)) === state.terminal
}
