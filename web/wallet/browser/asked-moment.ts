/** Nothing can be pressed that slipped under a finger on its way. */
import { useClock } from '@warifu/web/kit'
import { useEffect, useState } from 'react'

const MOMENT_MS = 600

export function useMoment(): boolean {
  const clock = useClock()
  const [isReady, setReady] = useState(false)
  useEffect(() => clock.after(MOMENT_MS, () => setReady(true)), [clock])
  return isReady
}
