/** Reads: one payment, a page of payments, a timeline. */
import { type Id, laneOf } from '@warifu/protocol/ids'
import type { Db } from '#store'
import { isPushed } from './needs.ts'
import type { PaymentRow, TimelineRow } from './row.ts'

type Owned = { readonly merchant: Id<'mer'>; readonly payment: Id<'pay'> }

/** A merchant's own payment; undefined where there is none or it is another's. */
export async function paymentOf(
  db: Db,
  { merchant, payment }: Owned,
): Promise<PaymentRow | undefined> {
  const [found] = await db<{ row: PaymentRow }[]>`
    select to_jsonb(p) as row from payments.payment p
     where p.lane = ${laneOf(payment)} and p.id = ${payment} and p.merchant = ${merchant}`
  return found?.row
}

/** Newest first; ask for one more than is shown to know whether there are more. */
export async function listPayments(
  db: Db,
  merchant: Id<'mer'>,
  { limit, before }: { readonly limit: number; readonly before: string | undefined },
): Promise<PaymentRow[]> {
  const rows = await db<{ row: PaymentRow }[]>`
    select to_jsonb(p) as row from payments.payment p
     where p.merchant = ${merchant}
       and (${before ?? null}::text is null or p.id < ${before ?? null})
     order by p.id desc limit ${limit}`
  return rows.map(({ row }) => row)
}

/** The newest payments of all merchants, or this one: for the sandbox's pages. */
export async function newestPayments(db: Db, id?: Id<'pay'>): Promise<PaymentRow[]> {
  const rows =
    id === undefined
      ? await db<{ row: PaymentRow }[]>`
          select to_jsonb(p) as row from payments.payment p order by p.id desc limit 20`
      : await db<{ row: PaymentRow }[]>`
          select to_jsonb(p) as row from payments.payment p
           where p.lane = ${laneOf(id)} and p.id = ${id}`
  return rows.map(({ row }) => row)
}

/** Every request of a payment, in order. */
export async function timelineOf(db: Db, payment: Id<'pay'>): Promise<TimelineRow[]> {
  return db<TimelineRow[]>`
    select request, at_ms, name, outcome, hops, private from payments.timeline
     where lane = ${laneOf(payment)} and payment = ${payment}
     order by at_ms, request`
}

/** What tells a merchant that somebody was found. */
const byTerminal: ReadonlySet<string> = new Set(['presentCard', 'answerApproval'])

/** The same as its merchant may read it: nothing of whom it did not reach, nor why. */
export async function merchantTimelineOf(db: Db, row: PaymentRow): Promise<TimelineRow[]> {
  const rows = (await timelineOf(db, row.id)).filter((one) => !one.private)
  const told = !isPushed(row.presentment) || row.declined_because !== 'cardholder_not_reached'
  const open = isPushed(row.presentment) && row.status === 'requires_action'
  return told && !open ? rows : rows.filter(({ name }) => !byTerminal.has(name))
}
