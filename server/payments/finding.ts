/**
 * Payments of all merchants, as the platform's people look for them. Ids sort by time, so days are
 * ranges of ids; without a merchant each lane is read from its own newest row on, by its key.
 */
import { firstIdAt, type Id, LANES } from '@warifu/protocol/ids'
import type { PaymentStatus } from '@warifu/protocol/moves'
import type { Presentment } from '@warifu/protocol/objects'
import type { Db } from '#store'
import type { PaymentRow } from './row.ts'

export type Sought = {
  readonly fromMs?: number | undefined
  /** Exclusive. */
  readonly toMs?: number | undefined
  readonly status?: PaymentStatus | undefined
  readonly merchant?: Id<'mer'> | undefined
  readonly presentment?: Presentment | undefined
  readonly amount?: number | undefined
  readonly last4?: string | undefined
  /** The beginning of the merchant's reference. */
  readonly reference?: string | undefined
  readonly id?: Id<'pay'> | undefined
}
type Page = { readonly limit: number; readonly before: string | undefined }

/** How far a search by what no index knows looks back by itself. */
const LOOKS_BACK_MS = 90 * 24 * 60 * 60 * 1000

export async function findPayments(
  db: Db,
  sought: Sought,
  { limit, before }: Page,
  nowMs: number,
): Promise<PaymentRow[]> {
  const { status, merchant, presentment, amount, last4, reference, id } = sought
  const isSearch = [status, presentment, amount, last4, reference].some((one) => one !== undefined)
  const back = isSearch && merchant === undefined ? nowMs - LOOKS_BACK_MS : 0
  const from = firstIdAt('pay', sought.fromMs ?? back)
  const to = sought.toMs === undefined ? '~' : firstIdAt('pay', sought.toMs)
  const wanted = db`
    p.id >= ${from} and p.id < ${to} and p.id < ${before ?? '~'}
    ${id === undefined ? db`` : db`and p.id = ${id}`}
    ${status === undefined ? db`` : db`and p.status = ${status}`}
    ${presentment === undefined ? db`` : db`and p.presentment = ${presentment}`}
    ${amount === undefined ? db`` : db`and p.amount = ${amount}`}
    ${last4 === undefined ? db`` : db`and p.card_last4 = ${last4}`}
    ${reference === undefined ? db`` : db`and starts_with(p.merchant_reference, ${reference})`}
    order by p.id desc limit ${limit}`
  const rows =
    merchant === undefined
      ? await db<{ row: PaymentRow }[]>`
          select to_jsonb(f) as row
            from (select p.* from generate_series(0, ${LANES - 1}) g(lane)
                   cross join lateral (
                     select * from payments.payment p where p.lane = g.lane and ${wanted}) p
                   order by p.id desc limit ${limit}) f`
      : await db<{ row: PaymentRow }[]>`
          select to_jsonb(p) as row from payments.payment p
           where p.merchant = ${merchant} and ${wanted}`
  return rows.map(({ row }) => row)
}

/** One payment, whoever its merchant is. */
export async function anyPayment(db: Db, id: Id<'pay'>): Promise<PaymentRow | undefined> {
  const [found] = await findPayments(db, { id }, { limit: 1, before: undefined }, 0)
  return found
}
