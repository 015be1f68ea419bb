/**
 * The mark: a tally split along a jagged edge, the seal across the split. It reads only when the
 * halves meet. `apart` and `waiting` show them apart; `met` lets them slide together (CSS; nothing
 * moves for who asked for less motion).
 */
import { useId } from 'react'

export type MarkState = 'met' | 'apart' | 'waiting'

type Props = {
  readonly size?: number
  readonly state?: MarkState
  /** What it says to a screen reader; decoration where it says nothing. */
  readonly label?: string
}

const LEFT = 'M0 0H36V22L26 31 39 36 29 44V64H0Z'
const RIGHT = 'M64 0H36V22L26 31 39 36 29 44V64H64Z'
const SPLIT = 'M36 0v22l-10 9 13 5-10 8v20'

export function Mark({ size = 40, state = 'met', label }: Props) {
  const drawing = <Tally size={size} state={state} />
  if (label === undefined) return drawing
  return (
    <span className="mark-frame" role="img" aria-label={label}>
      {drawing}
    </span>
  )
}

function Tally({ size, state }: Required<Pick<Props, 'size' | 'state'>>) {
  const id = useId()
  return (
    <svg
      className="mark"
      data-state={state}
      width={size}
      height={size}
      viewBox="0 0 64 64"
      aria-hidden="true"
    >
      <mask id={`${id}split`}>
        <rect width="64" height="64" fill="#fff" />
        <path d={SPLIT} fill="none" stroke="#000" strokeWidth="4" strokeLinejoin="miter" />
      </mask>
      <Half id={id} side="left" shape={LEFT} />
      <Half id={id} side="right" shape={RIGHT} />
    </svg>
  )
}

type HalfProps = { readonly id: string; readonly side: string; readonly shape: string }

const Half = ({ id, side, shape }: HalfProps) => (
  <g className={`mark-half mark-${side}`}>
    <clipPath id={id + side}>
      <path d={shape} />
    </clipPath>
    <g clipPath={`url(#${id}${side})`} mask={`url(#${id}split)`}>
      <rect x="9" y="5" width="46" height="54" rx="6" fill="currentColor" />
      <circle className="mark-seal" cx="32.5" cy="32.5" r="13" fill="none" strokeWidth="5" />
    </g>
  </g>
)
