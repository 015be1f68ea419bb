/**
 * Staying in touch: whether there is a connection, requests without an answer, and what happens to
 * this person's cards and payments, as it happens.
 */
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useSyncExternalStore } from 'react'
import { settle } from './acting.ts'
import { noticingStop, stop } from './stopping.ts'
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

/** Settles what is open at the start and whenever there is a connection again, and listens. */
export function useFollowing(isEnrolled: boolean): void {
  const world = useWorld()
  const queries = useQueryClient()
  const isOnline = useOnline()
  useEffect(() => {
    if (!isEnrolled || !isOnline) return
    const ending = new AbortController()
    const tell = () => void queries.invalidateQueries()
    // Silence is told by the parts of the page that wait for an answer.
    noticingStop(world, () => stayInTouch(world, tell, ending.signal)).catch(() => undefined)
    return () => ending.abort()
  }, [world, queries, isEnrolled, isOnline])
}

async function stayInTouch(world: World, tell: () => void, signal: AbortSignal): Promise<void> {
  const { terminal, waiting } = world
  if (await settle(world)) tell()
  for await (const { event } of terminal.followNotices({ ...waiting, signal })) {
    if (event.type === 'terminal.suspended') await stop(world, 'forked')
    tell()
  }
}
