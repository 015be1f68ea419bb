/** Devices that the till hears: somebody’s, it does not know whose. Their owner is asked. */
import { Said, useWatched, useWords } from '@warifu/web/kit'
import { useCallback, useEffect, useState } from 'react'
import { type Choosing, notYet } from './chosen.ts'
import { useGround } from './ground.tsx'
import { nearbyIn } from './told.ts'
import type { NearbyDevice } from './wire.ts'
import { words } from './words.ts'

export function Nearby({ choose }: Choosing) {
  const say = useWords(words)
  const heard = useNearby()
  const devices = heard ?? []
  const [picked, setPicked] = useState<string | null>(null)
  const pick = (code: string) => {
    setPicked(code)
    choose({ pay: { kind: 'beacon', code }, isMissing: false })
  }
  const isGone = picked !== null && !devices.some(({ code }) => code === picked)
  useEffect(() => {
    if (isGone) choose(notYet)
  }, [isGone, choose])
  if (heard === null) return null
  if (devices.length === 0) return <Said tone="waiting" title={say('nearbyNone')} />
  return (
    <fieldset className="pay-kinds">
      <legend>{say('nearbyWhich')}</legend>
      {devices.map(({ code }, at) => (
        <label key={code}>
          <input type="radio" name="nearby" checked={code === picked} onChange={() => pick(code)} />
          {say('nearbyOne', { number: String(at + 1) })}
        </label>
      ))}
    </fieldset>
  )
}

function useNearby(): readonly NearbyDevice[] | null {
  const { get } = useGround()
  return useWatched(useCallback(async () => nearbyIn(await get('/api/nearby')), [get]))
}
