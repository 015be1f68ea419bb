/** What somebody looks at and nobody streams: asked for again and again while it is on screen. */
import { useEffect, useState } from 'react'
import { useClock } from './clock.tsx'

const PAUSE_MS = 2_000

/** Null before the first answer; what was there is shown until somebody answers again. */
export function useWatched<T>(ask: () => Promise<T>): T | null {
  const clock = useClock()
  const [told, setTold] = useState<T | null>(null)
  useEffect(() => {
    let isGone = false
    const look = () =>
      ask().then(
        (answer) => {
          if (!isGone) setTold(answer)
        },
        () => undefined,
      )
    void look()
    const stop = clock.every(PAUSE_MS, () => void look())
    return () => {
      isGone = true
      stop()
    }
  }, [ask, clock])
  return told
}
