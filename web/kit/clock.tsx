/** The page's clock. It is passed in by the page's front door, as everywhere in the house. */
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'

export type Clock = {
  readonly nowMs: () => number
  /** Does the work again and again until it is told to stop. */
  readonly every: (pauseMs: number, work: () => void) => () => void
  readonly after: (waitMs: number, work: () => void) => () => void
}

const still: Clock = {
  nowMs: () => 0,
  every: () => () => undefined,
  after: () => () => undefined,
}
const Context = createContext<Clock>(still)

type Props = { readonly clock: Clock; readonly children: ReactNode }

export const ClockProvider = ({ clock, children }: Props) => (
  <Context value={clock}>{children}</Context>
)

export const useClock = (): Clock => useContext(Context)

/** The time now, as a component sees it: it is drawn again at every tick. */
export function useNow(tickMs = 250): number {
  const clock = useClock()
  const [now, setNow] = useState(clock.nowMs)
  useEffect(() => clock.every(tickMs, () => setNow(clock.nowMs())), [clock, tickMs])
  return now
}
