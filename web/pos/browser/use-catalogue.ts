/** The shop's catalogue, asked for once; again when the back end was away. */
import { useClock } from '@warifu/web/kit'
import { useEffect, useState } from 'react'
import { useGround } from './ground.tsx'
import { catalogueIn } from './told.ts'
import type { Catalogue } from './wire.ts'

export function useCatalogue(path: string): Catalogue | null {
  const { get } = useGround()
  const { after } = useClock()
  const [catalogue, setCatalogue] = useState<Catalogue | null>(null)
  useEffect(() => {
    let stop = () => {}
    let isGone = false
    const ask = () =>
      get(path).then(
        (told) => void (isGone || setCatalogue(catalogueIn(told))),
        () => {
          if (!isGone) stop = after(1000, ask)
        },
      )
    void ask()
    return () => {
      isGone = true
      stop()
    }
  }, [get, after, path])
  return catalogue
}
