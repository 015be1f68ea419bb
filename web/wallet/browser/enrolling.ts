/**
 * Registering this phone, to the end. The terminal keeps its keys before the platform has confirmed
 * them; one that was cut in between is registered anew, so what counts is the name kept here last.
 */
import { forgetStop } from './stopping.ts'
import type { World } from './world.tsx'

const KEY = 'enrolled'

export async function enrolHere(world: World): Promise<void> {
  const { id } = await world.terminal.enrol()
  await forgetStop(world)
  await world.kept.set(KEY, id)
}

export async function isEnrolledHere({ terminal, kept }: World): Promise<boolean> {
  const state = await terminal.state()
  return state.keys !== null && (await kept.get(KEY)) === state.terminal
}
