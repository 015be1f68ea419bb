/** A reconciliation's and a difference's rows, and how they are read. */
import { type Id, laneOf } from '@warifu/protocol/ids'
import type {
  AmountForm,
  DifferenceKind,
  DifferenceState,
  Fix,
  Reconciliation,
} from '@warifu/protocol/reconciliation-objects'
import type { Db } from '#store'
import type { Act } from './judging.ts'

export type ReconciliationRow = {
  readonly lane: number
  readonly id: Id<'rcn'>
  readonly merchant: Id<'mer'>
  readonly name: string | null
  readonly file_digest: string | null
  readonly from_ms: number
  readonly to_ms: number
  readonly within_days: number
  readonly reach_days: number
  readonly amounts_in: AmountForm
  readonly metadata: Record<string, string>
  readonly status: Reconciliation['status']
  readonly parts: readonly string[]
  readonly orders: number
  readonly round: number
  readonly phase: 'orders' | 'sales' | 'strays' | null
  readonly place: string | null
  readonly done: number
  readonly total: number
  readonly agreed: number
  readonly as_of_ms: number | null
  readonly compared_ms: number | null
  readonly created_ms: number
}
/** With its differences counted. */
export type CountedRow = ReconciliationRow & { readonly open: number; readonly closed: number }

export type DifferenceRow = {
  readonly lane: number
  readonly id: Id<'dif'>
  readonly reconciliation: Id<'rcn'>
  readonly merchant: Id<'mer'>
  readonly key: string
  readonly kind: DifferenceKind
  readonly status: DifferenceState
  readonly round: number
  readonly reference: string | null
  readonly line: number | null
  readonly currency: string | null
  readonly expected: number
  readonly found: number
  readonly sales: readonly (Id<'pay'> | Id<'sal'>)[]
  readonly suggested: Fix
  readonly acts: readonly Act[]
  readonly fix: Fix | null
  readonly because: string | null
  readonly created_ms: number
  readonly closed_ms: number | null
}

type Page = { readonly limit: number; readonly before: string | undefined }
export type DifferencesQuery = Page & {
  readonly kind: DifferenceKind | undefined
  readonly status: DifferenceState | undefined
}

const counted = (db: Db) => db`
  to_jsonb(r) || (
    select jsonb_build_object(
             'open', count(*) filter (where d.status in ('open', 'waiting', 'fixing')),
             'closed', count(*) filter (where d.status in ('fixed', 'dismissed', 'gone')))
      from settlement.difference d where d.lane = r.lane and d.reconciliation = r.id) as row`

type Owned<P extends 'rcn' | 'dif'> = { readonly merchant: Id<'mer'>; readonly id: Id<P> }

export async function readReconciliation(
  db: Db,
  { merchant, id }: Owned<'rcn'>,
): Promise<CountedRow | undefined> {
  const [found] = await db<{ row: CountedRow }[]>`
    select ${counted(db)} from settlement.reconciliation r
     where r.lane = ${laneOf(id)} and r.id = ${id} and r.merchant = ${merchant}`
  return found?.row
}

export async function listReconciliations(
  db: Db,
  merchant: Id<'mer'>,
  { limit, before }: Page,
): Promise<CountedRow[]> {
  const rows = await db<{ row: CountedRow }[]>`
    select ${counted(db)} from settlement.reconciliation r
     where r.merchant = ${merchant}
       and (${before ?? null}::text is null or r.id < ${before ?? null})
     order by r.id desc limit ${limit}`
  return rows.map(({ row }) => row)
}

export async function readDifference(
  db: Db,
  { merchant, id }: Owned<'dif'>,
): Promise<DifferenceRow | undefined> {
  const [found] = await db<{ row: DifferenceRow }[]>`
    select to_jsonb(d) as row from settlement.difference d
     where d.lane = ${laneOf(id)} and d.id = ${id} and d.merchant = ${merchant}`
  return found?.row
}

export async function listDifferences(
  db: Db,
  { merchant, id }: Owned<'rcn'>,
  { limit, before, kind, status }: DifferencesQuery,
): Promise<DifferenceRow[]> {
  const rows = await db<{ row: DifferenceRow }[]>`
    select to_jsonb(d) as row from settlement.difference d
     where d.lane = ${laneOf(id)} and d.reconciliation = ${id} and d.merchant = ${merchant}
       and (${before ?? null}::text is null or d.id < ${before ?? null})
       and (${kind ?? null}::text is null or d.kind = ${kind ?? null})
       and (${status ?? null}::text is null or d.status = ${status ?? null})
     order by d.id desc limit ${limit}`
  return rows.map(({ row }) => row)
}

/** What merchants have told the platform of, newest first: for its operators. */
export async function listTold(db: Db, { limit, before }: Page): Promise<DifferenceRow[]> {
  const rows = await db<{ row: DifferenceRow }[]>`
    select to_jsonb(d) as row from settlement.difference d
     where d.fix = 'tell_platform' and (${before ?? null}::text is null or d.id < ${before ?? null})
     order by d.id desc limit ${limit}`
  return rows.map(({ row }) => row)
}
