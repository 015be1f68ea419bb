/** What you are paid: settlements by day with their items, payouts, and what is owed to you. */
import type { Query, Reply } from '@warifu/protocol/contract'
import type { Id } from '@warifu/protocol/ids'
import type { Call, CallOptions } from './calling.ts'
import { type Paged, paged } from './paging.ts'

export type Settlement = Reply<'getSettlement'>
export type SettlementItem = Reply<'listSettlementItems'>['data'][number]
export type Payout = Reply<'listPayouts'>['data'][number]
export type Balance = Reply<'listBalances'>['data'][number]

export type Settlements = {
  /** Newest first. */
  readonly list: (
    query?: Query<'listSettlements'>,
    options?: CallOptions,
  ) => Paged<Settlement, Reply<'listSettlements'>>
  readonly get: (settlement: Id<'stl'>, options?: CallOptions) => Promise<Settlement>
  /** Every capture, refund, fee and adjustment; together with `carried` they are its `net`. */
  readonly items: (
    settlement: Id<'stl'>,
    query?: Query<'listSettlementItems'>,
    options?: CallOptions,
  ) => Paged<SettlementItem, Reply<'listSettlementItems'>>
}
export type Payouts = {
  /** Newest first. */
  readonly list: (
    query?: Query<'listPayouts'>,
    options?: CallOptions,
  ) => Paged<Payout, Reply<'listPayouts'>>
}
export type Balances = {
  /** One for each currency: owed to you and not paid out; below zero you owe it. */
  readonly list: (options?: CallOptions) => Promise<Balance[]>
}

export const settlementsOf = (call: Call): Settlements => ({
  list: (query, options) =>
    paged((page) => call('listSettlements', { query: page }, options), query),
  get: (id, options) => call('getSettlement', { params: { id } }, options),
  items: (id, query, options) =>
    paged((page) => call('listSettlementItems', { params: { id }, query: page }, options), query),
})

export const payoutsOf = (call: Call): Payouts => ({
  list: (query, options) => paged((page) => call('listPayouts', { query: page }, options), query),
})

export const balancesOf = (call: Call): Balances => ({
  list: async (options) => (await call('listBalances', {}, options)).data,
})
