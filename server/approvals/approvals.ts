/**
 * Approvals: the cardholder's yes or no to one thing, as a row with a deadline. What is shown is
 * what is signed: the row keeps the digest of the content, and only a yes to that digest counts.
 * The yes itself is taken inside the money statement (`approvals.decide` in SQL).
 */
import { createHash } from 'node:crypto'
import { jcsBytes } from '@warifu/crypto/jcs'
import { type Id, laneOf } from '@warifu/protocol/ids'
import type { ApprovalContent, MandateContent } from '@warifu/protocol/sealed'
import type { Db } from '#store'

export { type ApprovalRow, createQuestions, type Questions } from './answering.ts'

export type NewApproval = {
  readonly content: ApprovalContent | MandateContent
  readonly terminal: Id<'trm'>
  readonly cardholder: Id<'chl'>
  readonly nowMs: number
}

/** SHA-256(JCS(content)): what the terminal signs and the money statement compares. */
export const contentDigest = (content: NewApproval['content']): Buffer =>
  createHash('sha256').update(jcsBytes(content)).digest()

/** Opens an approval, on the caller's transaction. Its id carries its subject's lane. */
export async function open(db: Db, approval: NewApproval): Promise<void> {
  const { content, terminal, cardholder, nowMs } = approval
  await db`
    insert into approvals.approval
      (lane, id, subject_kind, subject, terminal, cardholder, digest, content, factors, state,
       created_ms, deadline_ms)
    values (${laneOf(content.approval)}, ${content.approval}, ${content.subject.kind},
            ${content.subject.id}, ${terminal}, ${cardholder}, ${contentDigest(content)},
            ${db.json(content)}, ${content.factors}, 'pending', ${nowMs},
            ${Date.parse(content.deadline_at)})`
}

/** What somebody was asked, and when it was answered. */
export type Asked = {
  readonly id: Id<'apr'>
  readonly subject: string
  readonly content: ApprovalContent
  readonly createdMs: bigint
  readonly decidedMs: bigint | null
  readonly deadlineMs: bigint
}

/** What this person was asked of one kind, newest first. */
export const askedOf = (
  db: Db,
  { cardholder, kind }: { readonly cardholder: Id<'chl'>; readonly kind: string },
  { limit, before }: { readonly limit: number; readonly before: string | undefined },
): Promise<Asked[]> => db<Asked[]>`
  select id, subject, content, created_ms as "createdMs", decided_ms as "decidedMs",
         deadline_ms as "deadlineMs"
    from approvals.approval
   where cardholder = ${cardholder} and subject_kind = ${kind}
     and (${before ?? null}::text is null or id < ${before ?? null})
   order by id desc limit ${limit}`

/** One of them; undefined where it was not this person who was asked. */
export async function askedBy(
  db: Db,
  cardholder: Id<'chl'>,
  approval: Id<'apr'>,
): Promise<Asked | undefined> {
  const [row] = await db<Asked[]>`
    select id, subject, content, created_ms as "createdMs", decided_ms as "decidedMs",
           deadline_ms as "deadlineMs"
      from approvals.approval
     where lane = ${laneOf(approval)} and id = ${approval} and cardholder = ${cardholder}`
  return row
}

/** The content of an approval that this terminal was shown, to be shown again. */
export async function contentOf(
  db: Db,
  approval: string,
  terminal: Id<'trm'>,
): Promise<ApprovalContent | undefined> {
  const [row] = await db<{ content: ApprovalContent }[]>`
    select content from approvals.approval
     where lane = ${laneOf(approval)} and id = ${approval} and terminal = ${terminal}`
  return row?.content
}

type Closing = {
  readonly approval: Id<'apr'>
  readonly state: 'denied' | 'cancelled' | 'expired'
  readonly nowMs: number
}

/** Ends a pending approval without a yes. */
export async function close(db: Db, { approval, state, nowMs }: Closing): Promise<void> {
  await db`
    select approvals.close(${laneOf(approval)}::smallint, ${approval}, ${state}, ${nowMs})`
}
