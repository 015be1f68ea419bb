/** A card as the API shows it, to its owner and to the issuer's people. */
import type { Reply } from '@warifu/protocol/contract'
import type { CardView } from '#issuing'

export const cardObject = (card: CardView, livemode: boolean): Reply<'getCard'> => ({
  id: card.id,
  object: 'card',
  livemode,
  created_at: new Date(Number(card.createdMs)).toISOString(),
  program: card.program,
  status: card.state,
  last4: card.last4,
  expires: card.expires,
  currency: card.currency,
  funding: card.funding,
  usage: card.usage,
  credit_limit: Number(card.creditLimit),
  available: Number(card.available),
  controls: { program: card.bounds, own: card.own, left: card.left },
  locked_to: card.lockedTo,
  replaces: card.replaces,
  replaced_by: card.replacedBy,
  history: card.history.map(({ atMs, from, to, reason, actor }) => ({
    at: new Date(Number(atMs)).toISOString(),
    from,
    to,
    reason,
    by: actor,
  })),
})
