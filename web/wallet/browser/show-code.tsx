/**
 * A code for a till to read. It tells the platform who is meant and, unless its person says an
 * amount (code-cap.tsx), moves no money; it is good once and for a minute; while the view is open,
 * the next one takes its place.
 */
import { Button } from '@mantine/core'
import { payCodeText, spacedPayCode } from '@warifu/protocol/pay-code'
import {
  Amount,
  Countdown,
  type QrModules,
  qrPath,
  qrSide,
  useClock,
  useWords,
} from '@warifu/web/kit'
import { useEffect, useState } from 'react'
import { act } from './acting.ts'
import { type Cap, CapForm } from './code-cap.tsx'
import { useDoing } from './doing.ts'
import { TroubleSaid } from './trouble-said.tsx'
import { words } from './words.ts'
import { askedWords } from './words-asked.ts'
import { useWorld } from './world.tsx'
import './asked.css'

type Shows = {
  readonly code: string
  readonly expires_at: string
  /** Up to which amount it pays; null: its person is asked. */
  readonly cap: { readonly amount: number; readonly currency: string } | null
}
type Code = Shows & { readonly modules: QrModules }

export function CodeView() {
  const say = useWords(words)
  const ask = useWords(askedWords)
  const { code, error, runs, renew, capped } = useCode()
  return (
    <section className="view">
      <h1>{say('home.show')}</h1>
      <p className="lead">
        {ask(code === null || code.cap === null ? 'show.more' : 'show.capped_more')}
      </p>
      {code === null ? null : <Shown code={code} />}
      {code === null && runs ? <p role="status">{say('wait')}</p> : null}
      {error === null ? null : <TroubleSaid error={error} again={renew} />}
      <div className="acts">
        <Button variant="default" size="lg" fullWidth loading={runs} onClick={renew}>
          {ask('show.another')}
        </Button>
      </div>
      <CapForm runs={runs} capped={capped} />
    </section>
  )
}

function Shown({ code: { code, expires_at, modules, cap } }: { readonly code: Code }) {
  const ask = useWords(askedWords)
  const side = qrSide(modules)
  return (
    <div className="shown-code">
      <svg viewBox={`0 0 ${side} ${side}`} role="img" aria-label={ask('show.picture')}>
        <rect width={side} height={side} fill="#fff" />
        <path d={qrPath(modules)} fill="#15191e" shapeRendering="crispEdges" />
      </svg>
      {cap === null ? null : (
        <p className="shown-code-cap">
          {ask('show.capped')} <Amount amount={cap.amount} currency={cap.currency} />
        </p>
      )}
      <Countdown deadline={expires_at} />
      <p className="quiet">{ask('show.typed')}</p>
      <p className="shown-code-text">{spacedPayCode(code)}</p>
    </div>
  )
}

/** One at the start, and another when its time is over; one that pays only when it is asked for. */
function useCode() {
  const world = useWorld()
  const clock = useClock()
  const [code, setCode] = useState<Code | null>(null)
  const making = useDoing(async (cap: Cap | null) => {
    const { terminal } = world
    const made = await act(world, async (): Promise<Shows> => {
      if (cap === null) return { ...(await terminal.showCode()), cap }
      const { code, expires_at, amount, currency } = await terminal.showCapped(cap)
      return { code, expires_at, cap: { amount, currency } }
    })
    // Loaded when somebody shows a code: the page opens without it.
    const { create } = await import('qrcode')
    const { modules } = create(payCodeText(made.code), { errorCorrectionLevel: 'M' })
    setCode({ ...made, modules })
  })
  const { begin } = making
  const expires = code === null ? null : Date.parse(code.expires_at)
  useEffect(() => {
    if (expires === null) return begin(null)
    return clock.after(Math.max(1000, expires - clock.nowMs()), () => begin(null))
  }, [clock, expires, begin])
  const { error, runs } = making
  return { code, error, runs, renew: () => begin(null), capped: (cap: Cap) => begin(cap) }
}
