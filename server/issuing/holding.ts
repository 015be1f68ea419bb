/** What a cardholder does with a card: freeze and unfreeze it; the ledger hears of it at once. */
import { done, type Refusal, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { CardStatus } from '@warifu/protocol/moves'
import { append, type EventItem } from '#events'
import { setCardActive } from '#ledger'
import type { Tx } from '#store'
import type { TerminalCall, Work } from '#terminals'
import { type CardView, type Cause, moveCard, readCard, viewCards } from './card.ts'
import type { Needs } from './needs.ts'

export type Holding = {
  readonly call: TerminalCall
  readonly card: Id<'crd'>
  readonly nowMs: number
}

const suspension = { to: 'suspended', from: 'active', event: 'card.suspended' } as const
const resumption = { to: 'active', from: 'suspended', event: 'card.resumed' } as const

export const suspend = (needs: Needs, holding: Holding) => hold(needs, holding, suspension)
export const resume = (needs: Needs, holding: Holding) => hold(needs, holding, resumption)

function hold(
  needs: Needs,
  { call, card: id, nowMs }: Holding,
  { to, from, event }: typeof suspension | typeof resumption,
): Work<undefined, CardView> {
  return {
    gather: async () => done(undefined),
    record: async (tx, _) => {
      const card = await readCard(tx, id)
      if (card?.cardholder !== call.cardholder) return refused('not_found')
      // An installation's move to `active` is another one: only what was frozen is unfrozen here.
      if (card.state !== from) return refused('card_not_active')
      const cause = { reason: 'cardholder_asked', actor: 'cardholder', nowMs } as const
      const refusal = await carryOut(needs, tx, { id, to, event, cause })
      return refusal === undefined ? done(await viewOne(tx, id)) : refused(refusal)
    },
  }
}

export type Step = {
  readonly id: Id<'crd'>
  readonly to: CardStatus
  readonly event: Extract<EventItem['type'], `card.${string}`>
  readonly cause: Cause
}

/** A card's move with everything that must move with it: the ledger's fact and the event. */
export async function carryOut(
  { mint }: Pick<Needs, 'mint'>,
  tx: Tx,
  { id, to, event, cause }: Step,
): Promise<Refusal | undefined> {
  const version = await moveCard(tx, { card: id, to }, cause)
  if (version === undefined) return 'card_not_active'
  await setCardActive(tx, id, to === 'active')
  const card = await readCard(tx, id)
  if (card === undefined) throw new Error('the card just moved is not there')
  const data = { status: to, reason: cause.reason, last4: card.last4 }
  const about = { audience: card.cardholder, type: event, subject: id, sequence: version, data }
  await append(tx, [{ id: mint('evt'), ...about }], cause.nowMs)
  return undefined
}

export async function viewOne(tx: Tx, id: Id<'crd'>): Promise<CardView> {
  const card = await readCard(tx, id)
  const [view] = await viewCards(tx, card === undefined ? [] : [card])
  if (view === undefined) throw new Error('the card is not there')
  return view
}
