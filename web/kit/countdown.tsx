/**
 * The time that is left until a deadline of the server. Read out once, not every second; attention
 * (a colour, and a word beside it) only when little is left.
 */
import { useNow } from './clock.tsx'
import { clockFace } from './clock-face.ts'
import type { Words } from './language.ts'
import { useWords } from './language-provider.tsx'

type Props = { readonly deadline: string }

const words: Words<'left' | 'over'> = {
  en: { left: '{time} left', over: 'Time is over' },
  ja: { left: '残り {time}', over: '時間切れ' },
  ko: { left: '{time} 남음', over: '시간 초과' },
}

const SOON_MS = 20_000

export function Countdown({ deadline }: Props) {
  const say = useWords(words)
  const leftMs = Date.parse(deadline) - useNow()
  const isOver = leftMs <= 0
  return (
    <p className="countdown" data-soon={leftMs < SOON_MS || undefined} role="timer" aria-live="off">
      <time dateTime={deadline}>
        {isOver ? say('over') : say('left', { time: clockFace(leftMs) })}
      </time>
    </p>
  )
}
