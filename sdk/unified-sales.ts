/** Unified sales: payments, cash and transfers as one list, with the orders they were for. */
import type { Body, Query, Reply } from '@warifu/protocol/contract'
import type { Id } from '@warifu/protocol/ids'
import type { Call, CallOptions } from './calling.ts'
import { type Paged, paged } from './paging.ts'

export type Sale = Reply<'getSale'>
export type SaleRefund = Reply<'refundSale'>
export type SaleTotal = Reply<'totalSales'>['data'][number]

export type Sales = {
  /** Writes down a sale for cash or by bank transfer. Payments are in the list by themselves. */
  readonly create: (body: Body<'createSale'>, options?: CallOptions) => Promise<Sale>
  /** Writes down that cash or a transfer was given back, all or a part of it. */
  readonly refund: (
    sale: Id<'sal'>,
    body?: Body<'refundSale'>,
    options?: CallOptions,
  ) => Promise<SaleRefund>
  readonly get: (sale: Sale['id'], options?: CallOptions) => Promise<Sale>
  /** Newest first. `from` is in it, `to` is not. */
  readonly list: (
    query?: Query<'listSales'>,
    options?: CallOptions,
  ) => Paged<Sale, Reply<'listSales'>>
  /** What a time's sales come to, by currency and kind, as they stand now. */
  readonly totals: (query?: Query<'totalSales'>, options?: CallOptions) => Promise<SaleTotal[]>
}

export const salesOf = (call: Call): Sales => ({
  create: (body, options) => call('createSale', { body }, options),
  refund: (id, body = {}, options) => call('refundSale', { params: { id }, body }, options),
  get: (id, options) => call('getSale', { params: { id } }, options),
  list: (query = {}, options) =>
    paged((page) => call('listSales', { query: { ...query, ...page } }, options), query),
  totals: async (query = {}, options) => (await call('totalSales', { query }, options)).data,
})
