/** A card as it looks: woven ground, the mark, the last four digits, until when it is valid. */
import { Mark, useWords } from '@warifu/web/kit'
import { useMemo } from 'react'
import { COLUMNS, dyeOf, ROWS, weaveOf } from './weave.ts'
import { words } from './words.ts'

type Props = {
  readonly reference: string
  readonly program: string
  readonly last4: string
  /** First six and last four digits, where the scheme lets them be shown. */
  readonly shown?: string | null
  readonly expires: string
  readonly isFrozen?: boolean
}

/** `2029-11` as it is embossed: `11/29`. */
const embossed = (expires: string) => `${expires.slice(5)}/${expires.slice(2, 4)}`

/** `990012******1234` as it is embossed. */
const digitsOf = (shown: string) => shown.replaceAll('*', '•').replace(/(.{4})(?=.)/g, '$1 ')

export function CardFace(props: Props) {
  const { reference, program, last4, expires, shown = null, isFrozen = false } = props
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
      <span className="card-digits">{shown === null ? `•••• ${last4}` : digitsOf(shown)}</span>
      <span className="card-expires">{embossed(expires)}</span>
    </div>
  )
}
