/**
 * The facts of a card that authorisation decides on: whether it pays at all, its bounds, with whom
 * and how often. Whoever keeps the card writes them in the transaction of what they follow from.
 */
import { type Id, laneOf } from '@warifu/protocol/ids'
import type { Db } from '#store'

const DAY_MS = 86_400_000

/** Bounds of a card. Amounts in minor units of the account's currency; null: no such bound. */
export type Controls = {
  readonly perTransaction: bigint
  readonly perDay: bigint
  readonly perMonth: bigint
  /** Payments in a day, and in a month (UTC). */
  readonly countDay: number | null
  readonly countMonth: number | null
  readonly merchantsOnly: readonly Id<'mer'>[] | null
  readonly merchantsNever: readonly Id<'mer'>[]
  /** Merchant category codes (ISO 18245). */
  readonly categoriesOnly: readonly string[] | null
  readonly categoriesNever: readonly string[]
}

/** No bounds but those of amount. */
export const unbounded = {
  countDay: null,
  countMonth: null,
  merchantsOnly: null,
  merchantsNever: [],
  categoriesOnly: null,
  categoriesNever: [],
} as const satisfies Partial<Controls>

export type CardFacts = Pick<Controls, 'perTransaction' | 'perDay' | 'perMonth'> &
  Partial<Controls> & {
    readonly card: Id<'crd'>
    readonly account: Id<'acc'>
    readonly active: boolean
    readonly signatureOnlyMax: bigint
    /** For how many payments it is good; null or absent: without end. */
    readonly uses?: number | null
    /** Good only where it is used first. */
    readonly locks?: boolean
    /** Captured above a hold that nobody approved in person: basis points of it, at most. */
    readonly overCapture?: number
    /** Also where the funds are not there. */
    readonly forcePost?: boolean
  }

/** More payments than a day has moments: what "no such bound" is in a comparison. */
const NO_COUNT = 2_147_483_647

const listOf = (values: readonly string[]) => (values.length === 0 ? null : [...values])

/** Makes a card known to the hot path. The card's id carries its account's lane. */
export async function putCard(db: Db, facts: CardFacts): Promise<void> {
  const { card, account, active, signatureOnlyMax, uses = null, locks = false } = facts
  const { overCapture = 0, forcePost = false } = facts
  await db`
    insert into ledger.card (lane, id, account, active, per_transaction, per_day, per_month,
                             signature_only_max, uses_left, locks, over_capture, force_post)
    values (${laneOf(account)}, ${card}, ${account}, ${active}, 0, 0, 0, ${signatureOnlyMax},
            ${uses}, ${locks}, ${overCapture}, ${forcePost})`
  await setControls(db, [{ ...unbounded, ...facts }])
}

export type CardControls = Controls & { readonly card: Id<'crd'> }

/**
 * Other bounds from now on, of several cards at once. Where a card locks itself to its first
 * merchant, that merchant is not a bound that anybody sets.
 */
export async function setControls(db: Db, cards: readonly CardControls[]): Promise<void> {
  await db`
    update ledger.card k
       set per_transaction = least(n.per_transaction, k.cap),
           per_day = least(n.per_day, k.cap), per_month = least(n.per_month, k.cap),
           own = case when k.cap is not null
                 then array[n.per_transaction, n.per_day, n.per_month] end,
           count_day = n.count_day, count_month = n.count_month,
           merchants_only = case when k.locks then k.merchants_only else n.merchants_only end,
           merchants_never = n.merchants_never,
           categories_only = n.categories_only, categories_never = n.categories_never
      from jsonb_to_recordset(${db.json(cards.map(rowOf))}) as n
           (lane smallint, id text, per_transaction bigint, per_day bigint, per_month bigint,
            count_day int, count_month int, merchants_only text[], merchants_never text[],
            categories_only text[], categories_never text[])
     where k.lane = n.lane and k.id = n.id`
}

/** As JSON, which knows no BigInt. */
const rowOf = ({ card, ...controls }: CardControls) => ({
  lane: laneOf(card),
  id: card,
  per_transaction: String(controls.perTransaction),
  per_day: String(controls.perDay),
  per_month: String(controls.perMonth),
  count_day: controls.countDay ?? NO_COUNT,
  count_month: controls.countMonth ?? NO_COUNT,
  merchants_only: controls.merchantsOnly && [...controls.merchantsOnly],
  merchants_never: listOf(controls.merchantsNever),
  categories_only: controls.categoriesOnly && [...controls.categoriesOnly],
  categories_never: listOf(controls.categoriesNever),
})

export type Terms = {
  readonly signatureOnlyMax: bigint
  readonly overCapture: number
  readonly forcePost: boolean
}

/** Other terms of a program, for these cards of it, locked in the order in which charges lock. */
export async function setTerms(db: Db, cards: readonly Id<'crd'>[], terms: Terms): Promise<void> {
  const { signatureOnlyMax, overCapture, forcePost } = terms
  await db`
    update ledger.card k
       set signature_only_max = ${signatureOnlyMax}, over_capture = ${overCapture},
           force_post = ${forcePost}
      from (select c.lane, c.id
              from unnest(${cards.map(laneOf)}::smallint[], ${[...cards]}::text[]) as p (lane, id)
              join ledger.card c on c.lane = p.lane and c.id = p.id
             order by c.lane, c.account, c.id for no key update of c) held
     where k.lane = held.lane and k.id = held.id`
}

/**
 * A card in the place of another, on the same account: with its bounds, with what was spent of
 * them (a new card is no new day), and with its merchant where it is locked to one.
 */
export async function succeedCard(
  db: Db,
  { from, to }: { readonly from: Id<'crd'>; readonly to: Id<'crd'> },
): Promise<void> {
  const lane = laneOf(from)
  if (laneOf(to) !== lane) throw new Error('a card lies in its account’s lane')
  await db`
    insert into ledger.card
      (lane, id, account, active, per_transaction, per_day, per_month, signature_only_max,
       day, day_spent, month, month_spent, count_day, count_month, day_count, month_count,
       uses_left, locks, over_capture, force_post, merchants_only, merchants_never,
       categories_only, categories_never, cap, own)
    select lane, ${to}, account, false, per_transaction, per_day, per_month, signature_only_max,
           day, day_spent, month, month_spent, count_day, count_month, day_count, month_count,
           uses_left, locks, over_capture, force_post, merchants_only, merchants_never,
           categories_only, categories_never, cap, own
      from ledger.card where lane = ${lane} and id = ${from}`
}

/** Until the new card pays the old one did: what it spent meanwhile counts for the new one too. */
export async function inheritSpending(
  db: Db,
  { from, to }: { readonly from: Id<'crd'>; readonly to: Id<'crd'> },
): Promise<void> {
  const lane = laneOf(from)
  await db`
    update ledger.card n
       set day = o.day, day_spent = o.day_spent, day_count = o.day_count, month = o.month,
           month_spent = o.month_spent, month_count = o.month_count, uses_left = o.uses_left,
           merchants_only = case when o.locks then o.merchants_only else n.merchants_only end
      from ledger.card o
     where n.lane = ${lane} and n.id = ${to} and o.lane = ${lane} and o.id = ${from}`
}

/** Caps a card's amounts for a while; what its owner sets meanwhile holds afterwards. */
export async function holdBack(db: Db, card: Id<'crd'>, cap: bigint): Promise<void> {
  await db`
    update ledger.card
       set own = coalesce(own, array[per_transaction, per_day, per_month]), cap = ${cap}::bigint,
           per_transaction = least(per_transaction, ${cap}::bigint),
           per_day = least(per_day, ${cap}::bigint), per_month = least(per_month, ${cap}::bigint)
     where lane = ${laneOf(card)} and id = ${card}`
}

/** Its owner's own bounds again. */
export async function letGo(db: Db, card: Id<'crd'>): Promise<void> {
  await db`
    update ledger.card
       set per_transaction = own[1], per_day = own[2], per_month = own[3], own = null, cap = null
     where lane = ${laneOf(card)} and id = ${card} and own is not null`
}

/** Turns a card on or off for authorisation, in the transaction that moves its state. */
export async function setCardActive(db: Db, card: Id<'crd'>, active: boolean): Promise<void> {
  await db`update ledger.card set active = ${active} where lane = ${laneOf(card)} and id = ${card}`
}

export type Printed = {
  readonly last4: string
  /** `YYYY-MM`: the card is good until the last day of it (UTC). */
  readonly expires: string
}

/** Tells the hot path what a card that was made bears: for the merchant's receipt, and its end. */
export async function setCardPrint(
  db: Db,
  card: Id<'crd'>,
  { last4, expires }: Printed,
): Promise<void> {
  const [year = 0, month = 0] = expires.split('-').map(Number)
  // The day before the next month begins, counted since 1970.
  const lastDay = Date.UTC(year, month, 1) / DAY_MS - 1
  await db`
    update ledger.card set last4 = ${last4}, last_day = ${lastDay}
     where lane = ${laneOf(card)} and id = ${card}`
}

/** Active cards that have no payment left. */
export async function usedUpCards(db: Db, limit: number): Promise<Id<'crd'>[]> {
  const rows = await db<{ card: Id<'crd'> }[]>`select card from ledger.used_up(${limit})`
  return rows.map(({ card }) => card)
}
