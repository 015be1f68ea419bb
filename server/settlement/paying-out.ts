/** Payouts, as they are read and as they end; and what a merchant's captures cost. */
import { type Answer, done, refused } from '@warifu/protocol/errors'
import { type Id, laneOf } from '@warifu/protocol/ids'
import type { PayoutStatus } from '@warifu/protocol/moves'
import type { Db } from '#store'
import type { Page } from './reading.ts'
import type { RunNeeds } from './settling.ts'

export type PayoutRow = {
  readonly id: Id<'pyo'>
  readonly merchant: Id<'mer'>
  readonly currency: string
  readonly amount: number
  readonly settlement: Id<'stl'>
  readonly status: PayoutStatus
  readonly bank_reference: string | null
  readonly failed_because: string | null
  readonly created_ms: number
  readonly decided_ms: number | null
}

type Asked = { readonly merchant: Id<'mer'> | undefined; readonly page: Page }

/** Newest first; of every merchant where none is named. */
export async function listPayouts(
  db: Db,
  { merchant, page: { limit, before } }: Asked,
): Promise<PayoutRow[]> {
  const rows = await db<{ row: PayoutRow }[]>`
    select to_jsonb(p) as row from settlement.payout p
     where (${merchant ?? null}::text is null or p.merchant = ${merchant ?? null})
       and (${before ?? null}::text is null or p.id < ${before ?? null})
     order by p.id desc limit ${limit}`
  return rows.map(({ row }) => row)
}

export type PayoutEnd = {
  readonly payout: Id<'pyo'>
  readonly status: 'paid' | 'failed'
  readonly bankReference: string | null
  readonly reason: string | null
  readonly nowMs: number
}

/** What the bank did. The same again is the same answer. */
export async function endPayout(
  { store: { sql }, mint }: RunNeeds,
  { payout, status, bankReference, reason, nowMs }: PayoutEnd,
): Promise<Answer<PayoutRow>> {
  const lane = laneOf(payout)
  const [row] = await sql<{ code: 'ok' | 'not_found' | 'payout_state' }[]>`
    select settlement.end_payout(${lane}::smallint, ${payout}, ${status}, ${bankReference},
                                 ${reason}, ${mint('evt', lane)}, ${nowMs}) as code`
  if (row === undefined) throw new Error('settlement.end_payout answered nothing')
  if (row.code !== 'ok') return refused(row.code)
  const [found] = await sql<{ row: PayoutRow }[]>`
    select to_jsonb(p) as row from settlement.payout p where p.lane = ${lane} and p.id = ${payout}`
  if (found === undefined) throw new Error('a payout that just ended is not there')
  return done(found.row)
}

export type BalanceRow = {
  readonly currency: string
  readonly amount: bigint
  readonly zone: string
  readonly due_ms: bigint | null
}

/** What this merchant is owed, by currency. */
export const balancesOf = (db: Db, merchant: Id<'mer'>): Promise<BalanceRow[]> =>
  db<BalanceRow[]>`select currency, amount, zone, due_ms from ledger.owed_to(${merchant})`

export type Terms = {
  readonly merchant: Id<'mer'> | null
  readonly program: Id<'prg'> | null
  readonly currency: string
  readonly basisPoints: number
  readonly fixed: number
  readonly by: Id<'opr'>
  readonly nowMs: number
}

/** From now on; what was captured before is settled by the terms of then. */
export async function putTerms(db: Db, terms: Terms): Promise<void> {
  const { merchant, program, currency, basisPoints, fixed, by, nowMs } = terms
  await db`
    insert into settlement.terms (merchant, program, currency, from_ms, basis_points, fixed, by)
    values (${merchant ?? ''}, ${program ?? ''}, ${currency}, ${nowMs}, ${basisPoints}, ${fixed},
            ${by})`
}

const isZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).format(0) !== ''
  } catch {
    return false
  }
}

/** Where a merchant's day ends; false where there is no such zone. */
export async function putZone(db: Db, merchant: Id<'mer'>, zone: string): Promise<boolean> {
  if (!isZone(zone)) return false
  await db`select ledger.put_zone(${laneOf(merchant)}::smallint, ${merchant}, ${zone})`
  return true
}
