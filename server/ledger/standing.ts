/** What a card may still spend: funds of its account, and what is left of each of its bounds. */
import { type Id, laneOf } from '@warifu/protocol/ids'
import type { Db } from '#store'

export type Standing = {
  readonly card: Id<'crd'>
  readonly account: Id<'acc'>
  readonly creditLimit: bigint
  readonly available: bigint
  readonly signatureOnlyMax: bigint
}

const lanesOf = (cards: readonly Id<'crd'>[]) => [...new Set(cards.map(laneOf))]

/** Limits and free funds of these cards. */
export async function standings(db: Db, cards: readonly Id<'crd'>[]): Promise<Standing[]> {
  if (cards.length === 0) return []
  return db<Standing[]>`
    select k.id as card, k.account, a.credit_limit as "creditLimit",
           a.credits_posted + a.credit_limit - a.debits_posted - a.debits_pending as available,
           k.signature_only_max as "signatureOnlyMax"
      from ledger.card k
      join ledger.account a on a.lane = k.lane and a.id = k.account
     where k.id in ${db(cards)} and k.lane in ${db(lanesOf(cards))}`
}

/** What a card has spent of its windows, and what else the hot path keeps count of. */
export type Spending = {
  readonly card: Id<'crd'>
  readonly day: bigint
  readonly month: bigint
  readonly dayCount: number
  readonly monthCount: number
  readonly usesLeft: number | null
  /** The merchant that the card has locked itself to. */
  readonly lockedTo: Id<'mer'> | null
}

/** What was spent in the windows that this instant lies in. */
export async function spendings(
  db: Db,
  cards: readonly Id<'crd'>[],
  nowMs: number,
): Promise<Spending[]> {
  if (cards.length === 0) return []
  return db<Spending[]>`
    select k.id as card,
           case when k.day = w.day then k.day_spent else 0 end as day,
           case when k.month = w.month then k.month_spent else 0 end as month,
           case when k.day = w.day then k.day_count else 0 end as "dayCount",
           case when k.month = w.month then k.month_count else 0 end as "monthCount",
           k.uses_left as "usesLeft",
           case when k.locks then k.merchants_only[1] end as "lockedTo"
      from ledger.card k
      cross join (select ledger.day_of(${nowMs}::bigint) as day,
                         ledger.month_of(${nowMs}::bigint) as month) w
     where k.id in ${db(cards)} and k.lane in ${db(lanesOf(cards))}`
}
