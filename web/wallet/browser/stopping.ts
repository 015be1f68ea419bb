/**
 * This wallet was stopped. It is kept, so that it is told in every tab and whenever the wallet is
 * opened: what is known of a copy is never forgotten for a vaguer reason.
 */
import { whyEnded } from './trouble.ts'
import type { World } from './world.tsx'

/** `forked`: two copies of it were in use. `removed`: by another phone. The later tells more. */
const reasons = ['other', 'forked', 'removed'] as const
export type Stopped = (typeof reasons)[number]

const KEY = 'stopped'

export async function whyStopped({ kept }: Pick<World, 'kept'>): Promise<Stopped | null> {
  const value = await kept.get(KEY)
  return reasons.find((reason) => reason === value) ?? null
}

export async function stop(world: World, why: Stopped): Promise<void> {
  const known = await whyStopped(world)
  const isMore = known === null || reasons.indexOf(why) > reasons.indexOf(known)
  if (isMore) await world.kept.set(KEY, why)
}

export const forgetStop = ({ kept }: World): Promise<void> => kept.set(KEY, null)

/** Does the work, and remembers where the platform says that this wallet is stopped. */
export async function noticingStop<T>(world: World, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const why = whyEnded(error)
    if (why !== undefined) await stop(world, why)
    throw error
  }
}
