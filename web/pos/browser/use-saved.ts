/** The cards that are kept for customers, as the back end has them now. */
import { useCallback, useEffect, useState } from 'react'
import { useGround } from './ground.tsx'
import { savedIn } from './told.ts'
import type { SavedCard } from './wire.ts'

export function useSaved() {
  const { get } = useGround()
  const [saved, setSaved] = useState<readonly SavedCard[] | null>(null)
  const read = useCallback(
    () =>
      get('/api/customers').then(
        (told) => setSaved(savedIn(told)),
        () => undefined, // what was there before is shown until somebody answers
      ),
    [get],
  )
  useEffect(() => void read(), [read])
  return { saved, read }
}
