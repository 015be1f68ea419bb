/**
 * Settlement: what a merchant sold, and what becomes of the money. Each day and currency of a
 * merchant is one settlement, its items are the ledger's movements to the last unit, and a payout
 * carries it out.
 */
import type { Id } from '@warifu/protocol/ids'
import { foundMerchant } from '#merchants'
import {
  type Adjusting,
  adjustOrRefuse,
  listAdjustments,
  type Repaying,
  repay,
} from './adjusting.ts'
import { checkBooks, listAlerts } from './books.ts'
import {
  balancesOf,
  endPayout,
  listPayouts,
  type PayoutEnd,
  putTerms,
  putZone,
  type Terms,
} from './paying-out.ts'
import { holdRun, listItems, listSettlements, type Page, settlementOf } from './reading.ts'
import { type RunNeeds, settle } from './settling.ts'
import { statementOf } from './statement.ts'

export type { AdjustmentRow } from './adjusting.ts'
export { type AlertRow, type Checked, checkBooks } from './books.ts'
export { compareNext } from './comparing.ts'
export { fixesOf } from './judging.ts'
export type { BalanceRow, PayoutRow } from './paying-out.ts'
export type { Entry, ItemRow, Page, SettlementRow } from './reading.ts'
export type { CountedRow, DifferenceRow } from './reconciliation.ts'
export { createReconciling, type Reconciling } from './reconciling.ts'
export {
  createSales,
  type NewSale,
  type SaleRefundRow,
  type SaleRow,
  type Sales,
  type SaleTotalRow,
} from './sales.ts'
export { FOREVER, type Span } from './span.ts'

export type { Statement } from './statement.ts'

export type Settlement = ReturnType<typeof createSettlement>

export function createSettlement(needs: RunNeeds) {
  const { store } = needs
  const { sql } = store
  return {
    list: (asked: Parameters<typeof listSettlements>[1]) => listSettlements(sql, asked),
    get: (asked: Parameters<typeof settlementOf>[1]) => settlementOf(sql, asked),
    items: (asked: Parameters<typeof listItems>[1]) => listItems(sql, asked),
    /** Holds a run where it stands, or lets it go on. */
    hold: (settlement: Id<'stl'>, stopped: boolean) => holdRun(sql, settlement, stopped),
    payouts: (asked: Parameters<typeof listPayouts>[1]) => listPayouts(sql, asked),
    endPayout: (end: PayoutEnd) => endPayout(needs, end),
    balances: (merchant: Id<'mer'>) => balancesOf(sql, merchant),
    putTerms: (terms: Terms) => putTerms(sql, terms),
    /** Undefined: no such merchant; false: no such zone. */
    putZone: async (merchant: Id<'mer'>, zone: string) =>
      (await foundMerchant(sql, merchant)) && putZone(sql, merchant, zone),
    adjust: (asked: Adjusting) => adjustOrRefuse(needs, asked),
    adjustments: (page: Page) => listAdjustments(sql, page),
    repay: (asked: Repaying) => repay(needs, asked),
    statement: (asked: Parameters<typeof statementOf>[1]) => statementOf(sql, asked),
    /** Of these lanes; of all where none are named. */
    check: (only?: readonly number[]) => checkBooks(store, only),
    alerts: (page: Page) => listAlerts(sql, page),
    /** Brings on what lies between lanes, and settles the days that have ended. */
    tick: (nowMs: number) => settle(needs, nowMs),
  }
}
