/** What is done with a card: frozen, unfrozen, closed; the ledger hears of it at once. */
import { type Answer, done, type Refusal, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { CardStatus } from '@warifu/protocol/moves'
import { append, type EventItem } from '#events'
import { setCardActive } from '#ledger'
import type { Tx } from '#store'
import type { TerminalCall, Work } from '#terminals'
import { type Cause, moveCard, readCard } from './card.ts'
import { type CardView, viewCards } from './card-view.ts'
import type { Needs } from './needs.ts'

export type Holding = {
  readonly call: TerminalCall
  readonly card: Id<'crd'>
  readonly nowMs: number
}

const suspension = { to: 'suspended', from: 'active', event: 'card.suspended' } as const
const resumption = { to: 'active', from: 'suspended', event: 'card.resumed' } as const

const closing = { to: 'closed', event: 'card.closed' } as const

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
      if (to === 'active' && !(await mayResume(tx, id))) return refused('card_not_active')
      const cause = { reason: 'cardholder_asked', actor: 'cardholder', nowMs } as const
      const refusal = await carryOut(needs, tx, { id, to, event, cause })
      return refusal === undefined ? done(await viewOne(tx, id, nowMs)) : refused(refusal)
    },
  }
}

/** What was reported lost or stolen, or was stopped by the issuer, its owner does not unfreeze. */
async function mayResume(tx: Tx, id: Id<'crd'>): Promise<boolean> {
  const last = await lastCause(tx, id)
  return last?.actor === 'cardholder' && last.reason !== 'lost' && last.reason !== 'stolen'
}

export async function lastCause(
  tx: Tx,
  card: Id<'crd'>,
): Promise<Pick<Cause, 'reason' | 'actor'> | undefined> {
  const [last] = await tx<Pick<Cause, 'reason' | 'actor'>[]>`
    select reason, actor from issuing.card_move where card = ${card} order by seq desc limit 1`
  return last
}

/** For ever. What is left on the account, or owed on it, stays there. */
export const close = (
  needs: Needs,
  { call, card: id, nowMs }: Holding,
): Work<undefined, CardView> => ({
  gather: async () => done(undefined),
  record: async (tx, _) => {
    const card = await readCard(tx, id)
    if (card?.cardholder !== call.cardholder) return refused('not_found')
    const cause = { reason: 'cardholder_asked', actor: 'cardholder', nowMs } as const
    const refusal = await carryOut(needs, tx, { id, ...closing, cause })
    return refusal === undefined ? done(await viewOne(tx, id, nowMs)) : refused(refusal)
  },
})

export type Stopping = {
  readonly card: Id<'crd'>
  readonly to: 'suspended' | 'active' | 'closed'
  readonly reason: string
  readonly by: Id<'opr'>
  readonly nowMs: number
}

const events = {
  suspended: 'card.suspended',
  active: 'card.resumed',
  closed: 'card.closed',
} as const

/** The issuer stops a card, lets it go on, or closes it. */
export async function stop(
  needs: Needs,
  { card: id, to, reason, by, nowMs }: Stopping,
): Promise<Answer<CardView>> {
  return needs.store.transaction(async (tx): Promise<Answer<CardView>> => {
    const card = await readCard(tx, id)
    if (card === undefined) return refused('not_found')
    if (to === 'active' && card.state !== 'suspended') return refused('card_not_active')
    const cause = { reason, actor: by, nowMs }
    const refusal = await carryOut(needs, tx, { id, to, event: events[to], cause })
    return refusal === undefined ? done(await viewOne(tx, id, nowMs)) : refused(refusal)
  })
}

export type Step = {
  readonly id: Id<'crd'>
  readonly to: CardStatus
  readonly event: Extract<EventItem['type'], `card.${string}`>
  readonly cause: Cause
  /** The terminal that the card was bound to by this move: its owner is told which. */
  readonly terminal?: Id<'trm'>
}

/** A card's move with everything that must move with it: the ledger's fact and the event. */
export async function carryOut(
  { mint }: Pick<Needs, 'mint'>,
  tx: Tx,
  { id, to, event, cause, terminal }: Step,
): Promise<Refusal | undefined> {
  const version = await moveCard(tx, { card: id, to }, cause)
  if (version === undefined) return 'card_not_active'
  await setCardActive(tx, id, to === 'active')
  const card = await readCard(tx, id)
  if (card === undefined) throw new Error('the card just moved is not there')
  const bound = terminal === undefined ? {} : { terminal }
  const data = { status: to, reason: cause.reason, last4: card.last4, ...bound }
  const about = { audience: card.cardholder, type: event, subject: id, sequence: version, data }
  await append(tx, [{ id: mint('evt'), ...about }], cause.nowMs)
  return undefined
}

export async function viewOne(tx: Tx, id: Id<'crd'>, nowMs: number): Promise<CardView> {
  const card = await readCard(tx, id)
  const [view] = await viewCards(tx, card === undefined ? [] : [card], nowMs)
  if (view === undefined) throw new Error('the card is not there')
  return view
}
