/**
 * The ledger: accounts, the card facts that authorisation decides on, holds and legs. Money moves
 * only through the SQL functions of this room, which emit zero-sum legs; see its migrations.
 */
import { type Id, laneOf } from '@warifu/protocol/ids'
import type { Db } from '#store'

export type NewAccount = {
  readonly id: Id<'acc'>
  readonly currency: string
  readonly creditLimit: bigint
  readonly nowMs: number
}

/** Opens a cardholder's account. Its lane is the one its id carries. */
export async function openAccount(db: Db, account: NewAccount): Promise<void> {
  await db`
    insert into ledger.account (lane, id, currency, credit_limit, created_ms)
    values (${laneOf(account.id)}, ${account.id}, ${account.currency}, ${account.creditLimit},
            ${account.nowMs})`
}

/** What authorisation must know of a card. Amounts in minor units of the account's currency. */
export type CardFacts = {
  readonly card: Id<'crd'>
  readonly account: Id<'acc'>
  readonly active: boolean
  readonly perTransaction: bigint
  readonly perDay: bigint
  readonly perMonth: bigint
  readonly signatureOnlyMax: bigint
}

/** Makes a card known to the hot path. The card's id carries its account's lane. */
export async function putCard(db: Db, facts: CardFacts): Promise<void> {
  await db`
    insert into ledger.card (lane, id, account, active, per_transaction, per_day, per_month,
                             signature_only_max)
    values (${laneOf(facts.account)}, ${facts.card}, ${facts.account}, ${facts.active},
            ${facts.perTransaction}, ${facts.perDay}, ${facts.perMonth}, ${facts.signatureOnlyMax})`
}

/** Turns a card on or off for authorisation, in the transaction that moves its state. */
export async function setCardActive(db: Db, card: Id<'crd'>, active: boolean): Promise<void> {
  await db`update ledger.card set active = ${active} where lane = ${laneOf(card)} and id = ${card}`
}

/** Tells the hot path the last four digits, for the receipt of the merchant. */
export async function setCardLast4(db: Db, card: Id<'crd'>, last4: string): Promise<void> {
  await db`update ledger.card set last4 = ${last4} where lane = ${laneOf(card)} and id = ${card}`
}

export type Standing = {
  readonly card: Id<'crd'>
  readonly creditLimit: bigint
  readonly available: bigint
  readonly signatureOnlyMax: bigint
}

/** Limits and free funds of these cards. */
export async function standings(db: Db, cards: readonly Id<'crd'>[]): Promise<Standing[]> {
  if (cards.length === 0) return []
  return db<Standing[]>`
    select k.id as card, a.credit_limit as "creditLimit",
           a.credits_posted + a.credit_limit - a.debits_posted - a.debits_pending as available,
           k.signature_only_max as "signatureOnlyMax"
      from ledger.card k
      join ledger.account a on a.lane = k.lane and a.id = k.account
     where k.id in ${db(cards)} and k.lane in ${db([...new Set(cards.map(laneOf))])}`
}
