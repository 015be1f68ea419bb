/**
 * This wallet was stopped. It is kept, so that it is told in every tab and whenever the wallet is
 * opened: what is known of a copy is never forgotten for a vaguer reason.
 */
import { ApiError } from '@warifu/sdk/api-call'
import { isStopped } from './trouble.ts'
import type { World } from './world.tsx'

/** `forked`: two copies of it were in use. */
export type Stopped = 'forked' | 'other'

const KEY = 'stopped'

export async function whyStopped({ kept }: Pick<World, 'kept'>): Promise<Stopped | null> {
  const value = await kept.get(KEY)
  return value === 'forked' || value === 'other' ? value : null
}

export async function stop(world: World, why: Stopped): Promise<void> {
  const known = await whyStopped(world)
  if (known !== 'forked' && known !== why) await world.kept.set(KEY, why)
}

export const forgetStop = ({ kept }: World): Promise<void> => kept.set(KEY, null)

/** Does the work, and remembers where the platform says that this wallet is stopped. */
export async function noticingStop<T>(world: World, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (isStopped(error)) {
      const isFork = error instanceof ApiError && error.code === 'counter_forked'
      await stop(world, isFork ? 'forked' : 'other')
    }
    throw error
  }
}
