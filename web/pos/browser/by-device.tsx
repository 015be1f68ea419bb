/** A card at the shop's entry device. The page only says for what; no digit ever comes near it. */
import { Said, useWatched, useWords } from '@warifu/web/kit'
import { useCallback, useEffect, useState } from 'react'
import { PhoneField, phoneIn } from './by-phone.tsx'
import { type Choosing, notYet } from './chosen.ts'
import { useGround } from './ground.tsx'
import { devicesIn } from './told.ts'
import type { EntryDevice } from './wire.ts'
import { words } from './words.ts'

export function ByDevice({ kind, choose }: Choosing & { readonly kind: 'device' | 'moto' }) {
  const say = useWords(words)
  const [text, setText] = useState('')
  const devices = useDevices()
  const isReady = devices?.some(({ state }) => state === 'ready') === true
  const phone = phoneIn(text)
  const isHalf = kind === 'moto' && text.trim() !== '' && phone === undefined
  useEffect(() => {
    if (!isReady || isHalf) return choose(notYet)
    const kept = phone === undefined ? {} : { phone }
    choose({ pay: kind === 'moto' ? { kind, ...kept } : { kind }, isMissing: false })
  }, [choose, isReady, isHalf, kind, phone])
  return (
    <>
      {kind === 'moto' ? <p className="hint">{say('motoHint')}</p> : null}
      <DeviceSaid devices={devices} />
      {kind === 'moto' ? (
        <PhoneField label={say('motoKeep')} value={text} onChange={setText} />
      ) : null}
    </>
  )
}

function DeviceSaid({ devices }: { readonly devices: readonly EntryDevice[] | null }) {
  const say = useWords(words)
  if (devices === null) return null
  const states = devices.map(({ state }) => state)
  if (states.includes('ready')) return <Said tone="arrived" title={say('deviceReady')} />
  if (states.includes('busy')) return <Said tone="waiting" title={say('deviceBusy')} />
  const isNone = states.length === 0
  return (
    <Said tone={isNone ? 'waiting' : 'refused'} title={say(isNone ? 'deviceNone' : 'deviceOut')}>
      {say(isNone ? 'deviceNoneMore' : 'deviceOutMore')}
    </Said>
  )
}

/** The devices that answer. */
function useDevices(): readonly EntryDevice[] | null {
  const { get } = useGround()
  return useWatched(useCallback(async () => devicesIn(await get('/api/devices')), [get]))
}
