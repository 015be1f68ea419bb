/**
 * Staying in touch: whether there is a connection, requests without an answer, and what happens to
 * this person's cards and payments, as it happens.
 */
import { useQueryClient } from '@tanstack/react-query'
import { ApiError } from '@warifu/sdk/api-call'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { settle } from './acting.ts'
import { isStopped } from './trouble.ts'
import { useWorld, type World } from './world.tsx'

function subscribe(listener: () => void): () => void {
  addEventListener('online', listener)
  addEventListener('offline', listener)
  return () => {
    removeEventListener('online', listener)
    removeEventListener('offline', listener)
  }
}

export const useOnline = (): boolean => useSyncExternalStore(subscribe, () => navigator.onLine)

/** Why this wallet was stopped. */
export type Stopped = 'forked' | 'other'

type Told = { readonly onEvent: () => void; readonly onStopped: (why: Stopped) => void }

const isForked = (value: unknown): boolean => value === 'forked'

/** Settles what is open at the start and whenever there is a connection again, and listens. */
export function useFollowing(isEnrolled: boolean): Stopped | null {
  const world = useWorld()
  const queries = useQueryClient()
  const isOnline = useOnline()
  const [stopped, setStopped] = useState<Stopped | null>(null)
  useEffect(() => {
    if (!isEnrolled || !isOnline) return
    const ending = new AbortController()
    const told: Told = {
      onEvent: () => void queries.invalidateQueries(),
      onStopped: setStopped,
    }
    void stayInTouch(world, told, ending.signal)
    return () => ending.abort()
  }, [world, queries, isEnrolled, isOnline])
  return stopped
}

async function stayInTouch(world: World, told: Told, signal: AbortSignal): Promise<void> {
  const { terminal, kept, waiting } = world
  if (isForked(await kept.get('stopped'))) told.onStopped('forked')
  try {
    if (await settle(terminal)) told.onEvent()
    for await (const { event } of terminal.followNotices({ ...waiting, signal })) {
      if (event.type === 'terminal.suspended') await stop(world, told, 'forked')
      told.onEvent()
    }
  } catch (error) {
    // Silence is told by the parts of the page that wait for an answer.
    if (!isStopped(error)) return
    const isFork = error instanceof ApiError && error.code === 'counter_forked'
    const knew = isForked(await kept.get('stopped'))
    await stop(world, told, isFork || knew ? 'forked' : 'other')
  }
}

/** Kept, so that it is told again whenever the wallet is opened. */
async function stop({ kept }: World, { onStopped }: Told, why: Stopped): Promise<void> {
  await kept.set('stopped', why)
  onStopped(why)
}
