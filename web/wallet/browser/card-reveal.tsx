/**
 * The cardholder's own look at a card's number, where the phone can read it (`terminal_sealed`):
 * after the passkey, for a few seconds, and gone when the page is left or covered. The number is in
 * this component's state alone: in no cache, no storage, and never sent.
 */
import { Button } from '@mantine/core'
import type { Id } from '@warifu/protocol/ids'
import { useNow, useWords } from '@warifu/web/kit'
import { useEffect, useState } from 'react'
import { useDoing } from './doing.ts'
import { TroubleSaid } from './trouble-said.tsx'
import { revealWords } from './words-reveal.ts'
import { useWorld } from './world.tsx'

const SHOWN_MS = 20_000

type Shown = { readonly number: string; readonly expiry: string; readonly untilMs: number }
type Props = { readonly card: Id<'crd'> }

export function CardReveal({ card }: Props) {
  const say = useWords(revealWords)
  const { terminal, nowMs } = useWorld()
  const [shown, setShown] = useState<Shown | null>(null)
  const reveal = useDoing(async () => {
    await terminal.vouchFor({ v: 1, act: 'reveal', card })
    setShown({ ...readCard(await terminal.blobOf(card)), untilMs: nowMs() + SHOWN_MS })
  })
  if (shown !== null) return <ShownNumber shown={shown} hide={() => setShown(null)} />
  return (
    <>
      {reveal.error === null ? null : <TroubleSaid error={reveal.error} />}
      <Button variant="subtle" loading={reveal.runs} onClick={() => reveal.begin()}>
        {say('reveal.show')}
      </Button>
    </>
  )
}

/** What this scheme keeps, as the vault wrote it. */
function readCard(text: string): Pick<Shown, 'number' | 'expiry'> {
  const { pan, expires } = { pan: '', expires: '', ...Object(JSON.parse(text)) }
  return {
    number: String(pan).replace(/(.{4})(?=.)/g, '$1 '),
    // `2029-11`, as it is embossed.
    expiry: `${String(expires).slice(5)}/${String(expires).slice(2, 4)}`,
  }
}

type ShownProps = { readonly shown: Shown; readonly hide: () => void }

function ShownNumber({ shown: { number, expiry, untilMs }, hide }: ShownProps) {
  const say = useWords(revealWords)
  const leftMs = untilMs - useNow()
  useEffect(() => {
    if (leftMs <= 0) hide()
  }, [leftMs, hide])
  useEffect(() => {
    const leave = () => {
      if (document.visibilityState === 'hidden') hide()
    }
    document.addEventListener('visibilitychange', leave)
    addEventListener('blur', hide)
    addEventListener('pagehide', hide)
    return () => {
      document.removeEventListener('visibilitychange', leave)
      removeEventListener('blur', hide)
      removeEventListener('pagehide', hide)
    }
  }, [hide])
  return (
    <div className="reveal">
      <p className="quiet">{say('reveal.label')}</p>
      <p className="reveal-number" translate="no">
        {number} <span className="quiet">{expiry}</span>
      </p>
      <p className="quiet">
        {say('reveal.hides', { seconds: String(Math.max(0, Math.ceil(leftMs / 1000))) })}
      </p>
      <Button variant="default" size="sm" onClick={hide}>
        {say('reveal.hide')}
      </Button>
    </div>
  )
}
