/** Which card pays: a choice where there are several, a line where there is one. */
import type { InstalledCard } from '@warifu/devices/terminal'
import type { Id } from '@warifu/protocol/ids'
import { useWords } from '@warifu/web/kit'
import { words } from './words.ts'

type Props = {
  readonly cards: readonly InstalledCard[]
  readonly chosen: Id<'crd'> | null
  readonly choose: (card: Id<'crd'>) => void
  readonly isFixed: boolean
}

export function CardChoice({ cards, chosen, choose, isFixed }: Props) {
  const say = useWords(words)
  const [only] = cards
  if (cards.length === 1 && only !== undefined)
    return (
      <p className="pay-card">
        {say('pay.with')} <strong>{say('pay.ending', { last4: only.last4 })}</strong>
      </p>
    )
  return (
    <fieldset className="choice" disabled={isFixed}>
      <legend>{say('pay.with')}</legend>
      {cards.map(({ card, last4 }) => (
        <label key={card} className="choice-one">
          <input type="radio" name="card" checked={card === chosen} onChange={() => choose(card)} />
          {say('pay.ending', { last4 })}
        </label>
      ))}
    </fieldset>
  )
}
