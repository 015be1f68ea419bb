/**
 * Approvals: the cardholder's yes or no to one thing, as a row with a deadline. What is shown is
 * what is signed: the row keeps the digest of the content, and only a yes to that digest counts.
 * The yes itself is taken inside the money statement (`approvals.decide` in SQL).
 */
import { createHash } from 'node:crypto'
import { jcsBytes } from '@warifu/crypto/jcs'
import { type Id, laneOf } from '@warifu/protocol/ids'
import type { ApprovalContent } from '@warifu/protocol/sealed'
import type { Db } from '#store'

export type NewApproval = {
  readonly content: ApprovalContent
  readonly terminal: Id<'trm'>
  readonly cardholder: Id<'chl'>
  readonly nowMs: number
}

/** SHA-256(JCS(content)): what the terminal signs and the money statement compares. */
export const contentDigest = (content: ApprovalContent): Buffer =>
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
