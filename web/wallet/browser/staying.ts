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

/** Whether the platform answers, as the page's own requests find. */
export function useReached(): boolean {
  const { reach } = useWorld()
  return useSyncExternalStore(reach.onChange, reach.answers)
}

/** Settles what is open at the start and whenever there is a connection again, and listens. */
export function useFollowing(isEnrolled: boolean): void {
  const world = useWorld()
  const queries = useQueryClient()
  const isOnline = useOnline()
  const { reach } = world
  useEffect(
    () => reach.onChange(() => reach.answers() && void queries.invalidateQueries()),
    [reach, queries],
  )
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
    const isOwn = event.subject === (await terminal.state()).terminal
    if (isOwn && event.type === 'terminal.suspended') await stop(world, 'forked')
    if (isOwn && event.type === 'terminal.removed') await stop(world, 'removed')
    tell()
  }
}
