/** A card as it looks: woven ground, the mark, the last four digits, until when it is valid. */
import { Mark, useWords } from '@warifu/web/kit'
import { useMemo } from 'react'
import { COLUMNS, dyeOf, ROWS, weaveOf } from './weave.ts'
import { words } from './words.ts'

type Props = {
  readonly reference: string
  readonly program: string
  readonly last4: string
  readonly expires: string
  readonly isFrozen?: boolean
}

/** `2029-11` as it is embossed: `11/29`. */
const embossed = (expires: string) => `${expires.slice(5)}/${expires.slice(2, 4)}`

export function CardFace({ reference, program, last4, expires, isFrozen = false }: Props) {
  const say = useWords(words)
  const weave = useMemo(() => weaveOf(reference), [reference])
  return (
    <div
      className="card"
      data-dye={dyeOf(program)}
      data-frozen={isFrozen || undefined}
      role="img"
      aria-label={say('card.face', { last4, expires: embossed(expires) })}
    >
      <svg
        className="card-weave"
        viewBox={`0 0 ${COLUMNS} ${ROWS}`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        <path className="card-warp" d={weave.warp} />
        <path className="card-float" d={weave.float} />
      </svg>
      <span className="card-mark">
        <Mark size={44} state={isFrozen ? 'apart' : 'met'} />
      </span>
      <span className="card-name">Warifu</span>
      <span className="card-digits">•••• {last4}</span>
      <span className="card-expires">{embossed(expires)}</span>
    </div>
  )
}
