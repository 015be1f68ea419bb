/** Reconciliation, put together: receiving, comparing, and what is done about differences. */
import type { Id } from '@warifu/protocol/ids'
import { compareNext } from './comparing.ts'
import {
  type Dismissing,
  dismissDifference,
  type Fixing,
  type FixingNeeds,
  fixDifference,
} from './fixing.ts'
import {
  addOrders,
  compare,
  createReconciliation,
  type ReceivingNeeds,
  takeFile,
} from './receiving.ts'
import {
  type DifferencesQuery,
  listDifferences,
  listReconciliations,
  listTold,
  readDifference,
  readReconciliation,
} from './reconciliation.ts'

type Needs = ReceivingNeeds & FixingNeeds
type Owned<P extends 'rcn' | 'dif'> = { readonly merchant: Id<'mer'>; readonly id: Id<P> }
type Page = Parameters<typeof listReconciliations>[2]
export type Reconciling = ReturnType<typeof createReconciling>

export function createReconciling(needs: Needs) {
  const { sql } = needs.store
  return {
    create: (asked: Parameters<typeof createReconciliation>[1]) =>
      createReconciliation(needs, asked),
    addOrders: (asked: Parameters<typeof addOrders>[1]) => addOrders(needs, asked),
    takeFile: (asked: Parameters<typeof takeFile>[1]) => takeFile(needs, asked),
    compare: (asked: Parameters<typeof compare>[1]) => compare(needs, asked),
    get: (owned: Owned<'rcn'>) => readReconciliation(sql, owned),
    list: (merchant: Id<'mer'>, page: Page) => listReconciliations(sql, merchant, page),
    difference: (owned: Owned<'dif'>) => readDifference(sql, owned),
    differences: (owned: Owned<'rcn'>, query: DifferencesQuery) =>
      listDifferences(sql, owned, query),
    told: (page: Page) => listTold(sql, page),
    fix: (asked: Fixing) => fixDifference(needs, asked),
    dismiss: (asked: Dismissing) => dismissDifference(needs, asked),
    /** Does one chunk of a comparison; false where there is nothing to do. */
    work: (nowMs: number) => compareNext(needs, nowMs),
  }
}
