/**
 * Registering this phone, to the end. The terminal keeps its keys before the platform has confirmed
 * them; one that was cut in between is registered anew, so what counts is the name kept here last.
 */
import type { World } from './world.tsx'

const KEY = 'enrolled'

export async function enrolHere({ terminal, kept }: World): Promise<void> {
  const { id } = await terminal.enrol()
  await kept.set('stopped', null)
  await kept.set(KEY, id)
}

export async function isEnrolledHere({ terminal, kept }: World): Promise<boolean> {
  const state = await terminal.state()
  return state.keys !== null && (await kept.get(KEY)) === state.terminal
}
