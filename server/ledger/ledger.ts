/**
 * The ledger: accounts, the card facts that authorisation decides on, holds and legs. Money moves
 * only through the SQL functions of this room, which emit zero-sum legs; see its migrations.
 */
import { type Id, laneOf } from '@warifu/protocol/ids'
import type { Db } from '#store'

export {
  type CardFacts,
  type Controls,
  holdBack,
  inheritSpending,
  letGo,
  putCard,
  setCardActive,
  setCardPrint,
  setControls,
  setTerms,
  succeedCard,
  unbounded,
  usedUpCards,
} from './card-facts.ts'
export {
  type Balance,
  type FoundAccount,
  findAccounts,
  type Leg,
  legsOf,
  trialBalance,
} from './reading.ts'
export { relay } from './relay.ts'
export { defaultDays, dueOf, readDays, retain } from './retention.ts'
export { type Spending, type Standing, spendings, standings } from './standing.ts'

export type NewAccount = {
  readonly id: Id<'acc'>
  readonly currency: string
  /** Nothing for a debit account: it spends what was put on it. */
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

export type Funding = {
  readonly account: Id<'acc'>
  /** Names what was paid in; the same one again adds nothing. */
  readonly reference: string
  readonly amount: number
  readonly currency: string
  readonly nowMs: number
}
export type Funded =
  | 'ok'
  | 'seen'
  | 'not_found'
  | 'currency_mismatch'
  | 'card_not_active'
  | 'idempotency_key_reused'

/** Puts money on an account, once for each reference. */
export async function fundAccount(db: Db, funding: Funding): Promise<Funded> {
  const { account, reference, amount, currency, nowMs } = funding
  const [row] = await db<{ code: Funded }[]>`
    select ledger.fund(${laneOf(account)}::smallint, ${account}, ${reference}, ${amount}::bigint,
                       ${currency}, ${nowMs}::bigint) as code`
  if (row === undefined) throw new Error('ledger.fund answered nothing')
  return row.code
}
