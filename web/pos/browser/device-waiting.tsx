/** While a card is entered at the shop's own device: what to do, and what its display says. */
import { Mark, Said, useWords } from '@warifu/web/kit'
import type { Order } from './wire.ts'
import { words } from './words.ts'

type Props = { readonly order: Order; readonly entered: NonNullable<Order['entered']> }

export function DeviceWaiting({ order, entered }: Props) {
  const say = useWords(words)
  if (entered.state === 'finding_out')
    return (
      <Said tone="waiting" title={say('doubtTitle')} urgent>
        {say('doubt')}
      </Said>
    )
  const isSent = entered.state === 'sending'
  const todo = order.asked === 'moto' ? 'keyCard' : 'shownCard'
  return (
    <div className="waiting" data-below>
      <Mark size={72} state="waiting" />
      <p className="waiting-words" role="status">
        {say(isSent ? 'sendingCard' : todo)}
      </p>
      {entered.state === 'waiting_for_card' && entered.prompt !== '' ? (
        <dl className="device-display">
          <dt>{say('display')}</dt>
          <dd lang="en">{entered.prompt}</dd>
        </dl>
      ) : null}
    </div>
  )
}
