/** What became of an order, in one sentence: what happened, and whether money moved. */
import { Amount, Mark, Said, useLanguage, useWords } from '@warifu/web/kit'
import { reasonOf } from './reasons.ts'
import { isOwn, isPaid } from './standing.tsx'
import type { Order } from './wire.ts'
import { words } from './words.ts'

export function Outcome({ order }: { readonly order: Order }) {
  if (isPaid(order)) return isOwn(order) ? <Taken order={order} /> : <Approved order={order} />
  return <NotPaid order={order} />
}

function Approved({ order: { last4 } }: { readonly order: Order }) {
  const say = useWords(words)
  return (
    <div className="approved">
      <Mark size={72} state="met" />
      <Said tone="arrived" title={say('approvedTitle')} urgent>
        {last4 === null ? say('approvedPlain') : say('approved', { last4 })}
      </Said>
    </div>
  )
}

/** Money that the shop has itself; what the platform has heard of it is told beside. */
function Taken({ order }: { readonly order: Order }) {
  const say = useWords(words)
  const { language } = useLanguage()
  const { asked, received, amount, currency, sale, refusal, doubt } = order
  const isCash = asked === 'cash'
  return (
    <div className="approved">
      {isCash && received !== null ? (
        <p className="change">
          <span>{say('change')}</span>
          <Amount amount={received - amount} currency={currency} size="large" />
        </p>
      ) : null}
      <Said tone="arrived" title={say(isCash ? 'cashTitle' : 'transferTitle')} urgent>
        {say(isCash ? 'cashPaid' : 'transferPaid')}
      </Said>
      {sale === null && refusal === null && doubt ? (
        <Said tone="waiting" title={say('toldLater')} />
      ) : null}
      {refusal === null ? null : (
        <Said tone="waiting" title={say('keptOutTitle')}>
          {say('keptOut', { reason: reasonOf(refusal, language) })}
        </Said>
      )}
    </div>
  )
}

function NotPaid({ order }: { readonly order: Order }) {
  const say = useWords(words)
  const { language } = useLanguage()
  const { status, doubt, asked } = order
  if (doubt)
    return (
      <Said tone="waiting" title={say('doubtTitle')} urgent>
        {say('doubt')}
      </Said>
    )
  if (status === 'declined' || (status === 'refused' && (asked === 'device' || asked === 'moto'))) {
    const reason = reasonOf(order.declined_because ?? order.refusal, language)
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
