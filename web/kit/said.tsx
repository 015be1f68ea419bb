/** Something said to the person: a sign, a title and a sentence. Never by colour alone. */
import type { ReactNode } from 'react'

export type Tone = 'arrived' | 'waiting' | 'refused' | 'plain'

type Props = {
  readonly tone: Tone
  readonly title: string
  readonly children?: ReactNode
  /** Read out at once, as an alarm. */
  readonly urgent?: boolean
}

const RING = 'M10 1.8a8.2 8.2 0 1 0 .01 0z'
const signs: Readonly<Record<Tone, string>> = {
  arrived: 'M4 10.5l4 4 8-9',
  waiting: `${RING}M10 5.6v5.2M10 12.8v1.8`,
  refused: 'M5 5l10 10M15 5L5 15',
  plain: `${RING}M10 9v5.4M10 5.4v1.8`,
}

export const Said = ({ tone, title, children, urgent = false }: Props) => (
  <section className="said" data-tone={tone} role={urgent ? 'alert' : 'status'}>
    <svg className="said-sign" width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
      <path d={signs[tone]} fill="none" stroke="currentColor" strokeWidth="2" />
    </svg>
    <div className="said-words">
      <p className="said-title">{title}</p>
      {children === undefined ? null : <div className="said-more">{children}</div>}
    </div>
  </section>
)
