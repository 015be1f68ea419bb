/** Reads: one payment, a page of payments, a timeline. */
import { firstIdAt, type Id, laneOf, mintId, timeOf } from '@warifu/protocol/ids'
import { type Archived, archivesSince, type Db } from '#store'
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

const DAY_MS = 86_400_000

/** Every request of a payment, in order. */
export async function timelineOf(db: Db, payment: Id<'pay'>): Promise<TimelineRow[]> {
  // A request's id is made before its payment's; older partitions need not be looked at.
  const first = firstIdAt('req', timeOf(payment) - DAY_MS)
  const archives = await archivesSince(db, 'payments.timeline', timeOf(payment))
  const rows = await db<TimelineRow[]>`
    select request, at_ms, name, outcome, hops, private
      from payments.timeline_of(${laneOf(payment)}::smallint, ${payment}, ${first})`
  const last = archives.at(-1)
  return last === undefined ? rows : [archivedRow(payment, last), ...rows]
}

/** Says, in the place of what is no longer here, until when that is so. */
const archivedRow = (payment: Id<'pay'>, { untilMs }: Archived): TimelineRow => ({
  request: mintId({ prefix: 'req', lane: 0, nowMs: timeOf(payment), chance: new Uint8Array(14) }),
  at_ms: BigInt(timeOf(payment)),
  name: 'archived',
  outcome: `archived_until_${new Date(untilMs).toISOString().slice(0, 10)}`,
  hops: [],
  private: false,
})

/** What tells a merchant that somebody was found. */
const byTerminal: ReadonlySet<string> = new Set(['presentCard', 'answerApproval'])

/** The same as its merchant may read it: nothing of whom it did not reach, nor why. */
export async function merchantTimelineOf(db: Db, row: PaymentRow): Promise<TimelineRow[]> {
  const rows = (await timelineOf(db, row.id)).filter((one) => !one.private)
  const told = !isPushed(row.presentment) || row.declined_because !== 'cardholder_not_reached'
  const open = isPushed(row.presentment) && row.status === 'requires_action'
  return told && !open ? rows : rows.filter(({ name }) => !byTerminal.has(name))
}
