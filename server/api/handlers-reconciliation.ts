/** Reconciliation, as merchants ask for it, and what the platform's operators see of it. */
import type { Scope } from '@warifu/protocol/api-key-contract'
import type { Reply } from '@warifu/protocol/contract'
import { type Answer, done, refused } from '@warifu/protocol/errors'
import type { Fix } from '@warifu/protocol/reconciliation-objects'
import { type CountedRow, type DifferenceRow, fixesOf, type Reconciling } from '#settlement'
import type { Callers, Handlers } from './handler.ts'
import { readSpan } from './handlers-sales.ts'
import { pageOf } from './page.ts'

export type ReconciliationRooms = { readonly reconciling: Reconciling; readonly livemode: boolean }
type Names =
  | 'createReconciliation'
  | 'uploadOrders'
  | 'addOrders'
  | 'compareOrders'
  | 'listReconciliations'
  | 'getReconciliation'
  | 'listDifferences'
  | 'fixDifference'
  | 'dismissDifference'
  | 'listToldDifferences'

const WITHIN_DAYS = 3
const REACH_DAYS = 7

const instantOf = (ms: number): string => new Date(ms).toISOString()
const orNull = (ms: number | null) => (ms === null ? null : instantOf(ms))

export const reconciliationObject = (
  row: CountedRow,
  livemode: boolean,
): Reply<'getReconciliation'> => ({
  id: row.id,
  object: 'reconciliation',
  livemode,
  created_at: instantOf(row.created_ms),
  name: row.name,
  file_digest: row.file_digest,
  from: instantOf(row.from_ms),
  to: instantOf(row.to_ms),
  settled_within_days: row.within_days,
  reach_days: row.reach_days,
  amounts_in: row.amounts_in,
  status: row.status,
  orders: row.orders,
  progress: { done: row.done, total: row.total },
  agreed: row.agreed,
  differences: { open: row.open, closed: row.closed },
  compared_at: orNull(row.compared_ms),
  metadata: row.metadata,
})

/** How much money moves, or is written down, by what we suggest. */
function amountOf({ suggested, acts, expected, found }: DifferenceRow): number {
  if (suggested === 'record_cash' || suggested === 'record_transfer') return expected - found
  const moves = acts.filter(({ act }) => act === suggested)
  return moves.reduce((sum, { amount }) => sum + amount, 0)
}

export const differenceObject = (
  row: DifferenceRow,
  livemode: boolean,
): Reply<'fixDifference'> => ({
  id: row.id,
  object: 'difference',
  livemode,
  created_at: instantOf(row.created_ms),
  reconciliation: row.reconciliation,
  kind: row.kind,
  status: row.status,
  merchant_reference: row.reference,
  line: row.line,
  currency: row.currency,
  expected: row.expected,
  found: row.found,
  sales: [...row.sales],
  suggestion: { fix: row.suggested, amount: amountOf(row) },
  fixes: fixesOf(row.kind, row.acts),
  fix: row.fix,
  dismissed_because: row.because,
  closed_at: orNull(row.closed_ms),
})

/** A key that may reconcile may not yet move money. */
const scopeFor: Readonly<Partial<Record<Fix, Scope>>> = {
  refund: 'refunds:write',
  cancel: 'payments:write',
  capture: 'payments:write',
  record_cash: 'sales:write',
  record_transfer: 'sales:write',
}

async function mayFix(
  { reconciling }: ReconciliationRooms,
  { merchant, scopes }: Callers['merchant'],
  { id, fix }: { readonly id: DifferenceRow['id']; readonly fix: Fix | undefined },
): Promise<boolean> {
  if (scopes === null) return true
  const row = await reconciling.difference({ merchant, id })
  if (row === undefined) return true
  const chosen = fix ?? row.fix ?? row.suggested
  const needed = new Set([scopeFor[chosen]])
  // Giving back all of a sale refunds and lets go, whichever of the two was asked for.
  if (chosen === 'refund' || chosen === 'cancel')
    for (const { act } of row.acts) needed.add(scopeFor[act])
  return [...needed].every((scope) => scope === undefined || scopes.includes(scope))
}

export function reconciliationHandlers(rooms: ReconciliationRooms): Handlers<Names> {
  const { reconciling, livemode } = rooms
  const told = (answer: Answer<CountedRow>) =>
    answer.ok ? done(reconciliationObject(answer.value, livemode)) : answer
  const toldOf = (answer: Answer<DifferenceRow>) =>
    answer.ok ? done(differenceObject(answer.value, livemode)) : answer
  return {
    createReconciliation: async ({ caller: { merchant, once }, body, nowMs }) => {
      const span = readSpan(body)
      if (!span.ok) return span
      return told(
        await reconciling.create({
          ...{ merchant, ...once, nowMs, ...span.value, metadata: body.metadata ?? {} },
          ...{ name: body.name ?? null, fileDigest: body.file_digest ?? null },
          ...{ withinDays: body.settled_within_days ?? WITHIN_DAYS },
          ...{ reachDays: body.reach_days ?? REACH_DAYS },
          amountsIn: body.amounts_in ?? 'minor_units',
        }),
      )
    },
    uploadOrders: async ({ caller: { merchant }, params: { id }, upload: file, nowMs }) => {
      if (file === undefined) return refused('field_invalid', 'Content-Type', 'text/csv expected')
      return told(await reconciling.takeFile({ merchant, id, file, nowMs }))
    },
    addOrders: async ({ caller: { merchant, once }, params: { id }, body, nowMs }) =>
      told(await reconciling.addOrders({ merchant, ...once, id, rows: body.rows, nowMs })),
    compareOrders: async ({ caller: { merchant }, params: { id }, nowMs }) =>
      told(await reconciling.compare({ merchant, id, nowMs })),
    listReconciliations: async ({ caller: { merchant }, query }) =>
      done(
        await pageOf('/v1/reconciliations', query, async (page) =>
          (await reconciling.list(merchant, page)).map((row) =>
            reconciliationObject(row, livemode),
          ),
        ),
      ),
    getReconciliation: async ({ caller: { merchant }, params: { id } }) => {
      const row = await reconciling.get({ merchant, id })
      return row ? done(reconciliationObject(row, livemode)) : refused('not_found')
    },
    listDifferences: async ({ caller: { merchant }, params: { id }, query }) => {
      const owned = { merchant, id }
      if ((await reconciling.get(owned)) === undefined) return refused('not_found')
      const { kind, status } = query
      return done(
        await pageOf(`/v1/reconciliations/${id}/differences`, query, async (page) =>
          (await reconciling.differences(owned, { ...page, kind, status })).map((row) =>
            differenceObject(row, livemode),
          ),
        ),
      )
    },
    fixDifference: async ({ caller, params: { id }, body: { fix }, requestId, nowMs }) => {
      if (!(await mayFix(rooms, caller, { id, fix }))) return refused('scope_missing', 'fix')
      return toldOf(await reconciling.fix({ merchant: caller.merchant, id, fix, requestId, nowMs }))
    },
    dismissDifference: async ({ caller: { merchant }, params: { id }, body, nowMs }) =>
      toldOf(await reconciling.dismiss({ merchant, id, because: body.because, nowMs })),
    listToldDifferences: async ({ query }) =>
      done(
        await pageOf('/v1/operator/differences', query, async (page) =>
          (await reconciling.told(page)).map((row) => differenceObject(row, livemode)),
        ),
      ),
  }
}
