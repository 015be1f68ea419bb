/**
 * A process of several that do the same: started again when it ends and nobody asked it to, while
 * the others go on. What keeps ending is not started for ever: then the whole house says so.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Child } from './child.ts'

export type Kept = {
  /** The one that runs now. */
  readonly child: () => Child
  /** Settles with a sentence when starting it again does not help. Never rejects. */
  readonly lost: Promise<string>
  readonly stop: () => Promise<void>
}

/** Ends in a minute that are put up with. */
const MOST_ENDS = 5
const MINUTE_MS = 60_000

export async function startKept(
  start: () => Promise<Child>,
  { pauseMs = 300, say }: { readonly pauseMs?: number; readonly say: (words: string) => void },
): Promise<Kept> {
  let child = await start()
  let stopping = false
  let ends: number[] = []
  const startAgain = async (): Promise<string | undefined> => {
    const how = await child.exited
    if (stopping) return undefined
    ends = [...ends.filter((ms) => ms > Date.now() - MINUTE_MS), Date.now()]
    const sentence = `${child.name} ${how}`
    if (ends.length > MOST_ENDS) return `${sentence}, for the ${ends.length}th time in a minute`
    say(`${sentence}; it is started again`)
    await sleep(pauseMs)
    if (stopping) return undefined
    child = await start()
    if (stopping) await child.stop()
    return await startAgain()
  }
  const { promise: lost, resolve } = Promise.withResolvers<string>()
  const watching = startAgain().then(
    (words) => words !== undefined && resolve(words),
    (fault: unknown) => resolve(fault instanceof Error ? fault.message : String(fault)),
  )
  return {
    child: () => child,
    lost,
    stop: async () => {
      stopping = true
      await child.stop()
      await watching
    },
  }
}

/** One that is not started again. */
export const keptOnce = (child: Child): Kept => ({
  child: () => child,
  lost: child.exited.then((how) => `${child.name} ${how}`),
  stop: child.stop,
})
