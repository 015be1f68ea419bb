/** What a person was asked to pay: their approvals, each with the payment it is about. */
import { type Id, laneOf } from '@warifu/protocol/ids'
import { type Asked, askedBy, askedOf } from '#approvals'
import type { Db } from '#store'
import type { PaymentNeeds } from './needs.ts'
import type { PaymentRow } from './row.ts'

export type Activity = { readonly asked: Asked; readonly payment: PaymentRow }
type Page = { readonly limit: number; readonly before: string | undefined }

/** Newest first. A place in the list is an approval's id. */
export async function activities(
  { store: { sql } }: PaymentNeeds,
  cardholder: Id<'chl'>,
  page: Page,
): Promise<Activity[]> {
  const asked = await askedOf(sql, cardholder, page)
  const ids = asked.map(({ subject }) => subject)
  const rows = new Map((await paymentsOf(sql, ids)).map((row) => [String(row.id), row]))
  return asked.map((one) => {
    const payment = rows.get(one.subject)
    if (payment === undefined) throw new Error('an approval of no payment')
    return { asked: one, payment }
  })
}

/** One of them, by its payment; undefined where somebody else was asked, or nobody yet. */
export async function activityOf(
  { store: { sql } }: PaymentNeeds,
  cardholder: Id<'chl'>,
  id: Id<'pay'>,
): Promise<Activity | undefined> {
  const [payment] = await paymentsOf(sql, [id])
  if (!payment?.approval) return undefined
  const asked = await askedBy(sql, cardholder, payment.approval)
  return asked && { asked, payment }
}

async function paymentsOf(db: Db, ids: readonly string[]): Promise<PaymentRow[]> {
  if (ids.length === 0) return []
  const rows = await db<{ row: PaymentRow }[]>`
    select to_jsonb(p) as row
      from unnest(${ids.map(laneOf)}::smallint[], ${[...ids]}::text[]) k(lane, id)
      join payments.payment p on p.lane = k.lane and p.id = k.id`
  return rows.map(({ row }) => row)
}
