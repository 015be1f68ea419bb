/** Devices that the till hears: somebody’s, it does not know whose. Their owner is asked. */
import { Said, useClock, useWords } from '@warifu/web/kit'
import { useEffect, useState } from 'react'
import { type Chosen, notYet } from './chosen.ts'
import { useGround } from './ground.tsx'
import { nearbyIn } from './told.ts'
import type { NearbyDevice } from './wire.ts'
import { words } from './words.ts'

const LOOK_MS = 2_000

type Props = { readonly choose: (chosen: Chosen) => void }

export function Nearby({ choose }: Props) {
  const say = useWords(words)
  const devices = useNearby()
  const [picked, setPicked] = useState<string | null>(null)
  const pick = (code: string) => {
    setPicked(code)
    choose({ pay: { kind: 'beacon', code }, isMissing: false })
  }
  const isGone = picked !== null && !devices.some(({ code }) => code === picked)
  useEffect(() => {
    if (isGone) choose(notYet)
  }, [isGone, choose])
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

/** What is near, asked for while somebody looks. */
function useNearby(): readonly NearbyDevice[] {
  const { get } = useGround()
  const clock = useClock()
  const [devices, setDevices] = useState<readonly NearbyDevice[]>([])
  useEffect(() => {
    let isGone = false
    const look = () =>
      get('/api/nearby').then(
        (told) => {
          if (!isGone) setDevices(nearbyIn(told))
        },
        () => undefined, // what was near before is shown until somebody answers
      )
    void look()
    const stop = clock.every(LOOK_MS, () => void look())
    return () => {
      isGone = true
      stop()
    }
  }, [get, clock])
  return devices
}
