/** What somebody was asked to pay, by whichever way: the rows behind a person's history. */
import type { PaymentContent } from '@warifu/protocol/approval-content'
import type { Refusal } from '@warifu/protocol/errors'
import { type Id, laneOf } from '@warifu/protocol/ids'
import type { ApprovalStatus } from '@warifu/protocol/moves'
import type { Db } from '#store'

/** What somebody was asked, and when it was answered. */
export type Asked = {
  readonly id: Id<'apr'>
  readonly subject: string
  readonly state: ApprovalStatus
  readonly because: Refusal | null
  readonly content: PaymentContent
  readonly createdMs: bigint
  readonly decidedMs: bigint | null
  readonly deadlineMs: bigint
}

const columns = (db: Db) => db`
  id, subject, state, because, content, created_ms as "createdMs", decided_ms as "decidedMs",
  deadline_ms as "deadlineMs"`

/** What this person was asked to pay, newest first. */
export const askedOf = (
  db: Db,
  cardholder: Id<'chl'>,
  { limit, before }: { readonly limit: number; readonly before: string | undefined },
): Promise<Asked[]> => db<Asked[]>`
  select ${columns(db)} from approvals.approval
   where cardholder = ${cardholder} and subject_kind = 'payment'
     and (${before ?? null}::text is null or id < ${before ?? null})
   order by id desc limit ${limit}`

/** One of them; undefined where it was not this person who was asked. */
export async function askedBy(
  db: Db,
  cardholder: Id<'chl'>,
  approval: Id<'apr'>,
): Promise<Asked | undefined> {
  const [row] = await db<Asked[]>`
    select ${columns(db)} from approvals.approval
     where lane = ${laneOf(approval)} and id = ${approval} and cardholder = ${cardholder}`
  return row
}

/** The content of a payment's approval that this terminal was shown, to be shown again. */
export async function contentOf(
  db: Db,
  approval: string,
  terminal: Id<'trm'>,
): Promise<PaymentContent | undefined> {
  const [row] = await db<{ content: PaymentContent }[]>`
    select content from approvals.approval
     where lane = ${laneOf(approval)} and id = ${approval} and terminal = ${terminal}`
  return row?.content
}
