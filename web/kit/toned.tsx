/** How a thing stands, as a sign, a word and a colour: never by colour alone. */
import type { ReactNode } from 'react'
import type { Tone } from './said.tsx'

const signs: Readonly<Record<Tone, string>> = {
  arrived: '✓',
  waiting: '…',
  refused: '✕',
  plain: '–',
}

type Props = { readonly tone: Tone; readonly sign?: string; readonly children: ReactNode }

export const Toned = ({ tone, sign = signs[tone], children }: Props) => (
  <span className="standing" data-tone={tone}>
    <span aria-hidden="true">{sign}</span> {children}
  </span>
)
