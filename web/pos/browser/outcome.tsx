/** What became of an order, in one sentence: what happened, and whether money moved. */
import { Mark, Said, useLanguage, useWords } from '@warifu/web/kit'
import { reasonOf } from './reasons.ts'
import { isPaid } from './standing.tsx'
import type { Order } from './wire.ts'
import { words } from './words.ts'

export function Outcome({ order }: { readonly order: Order }) {
  const say = useWords(words)
  const { language } = useLanguage()
  const { status, last4, doubt } = order
  if (isPaid(order))
    return (
      <div className="approved">
        <Mark size={72} state="met" />
        <Said tone="arrived" title={say('approvedTitle')} urgent>
          {last4 === null ? say('approvedPlain') : say('approved', { last4 })}
        </Said>
      </div>
    )
  if (doubt)
    return (
      <Said tone="waiting" title={say('doubtTitle')} urgent>
        {say('doubt')}
      </Said>
    )
  if (status === 'declined') {
    const reason = reasonOf(order.declined_because, language)
    return (
      <Said tone="refused" title={say('declinedTitle')} urgent>
        {say('declined', { reason })}
      </Said>
    )
  }
  if (status === 'refused')
    return (
      <Said tone="refused" title={say('refusedTitle')} urgent>
        {say('refused', { reason: reasonOf(order.refusal, language) })}
      </Said>
    )
  if (status === 'expired')
    return (
      <Said tone="plain" title={say('expiredTitle')}>
        {say('expired')}
      </Said>
    )
  if (status === 'cancelled' || status === 'reversed')
    return (
      <Said tone="plain" title={say('cancelledTitle')}>
        {say('cancelled')}
      </Said>
    )
  return null
}
