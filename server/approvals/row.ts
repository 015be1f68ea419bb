/** An approval as a row, and the reads of it. */
import { toBase64url } from '@warifu/crypto/base64url'
import type { ApprovalContent, SubjectKind } from '@warifu/protocol/approval-content'
import type { NumberAsked } from '@warifu/protocol/approval-objects'
import type { Refusal } from '@warifu/protocol/errors'
import { type Id, laneOf } from '@warifu/protocol/ids'
import type { ApprovalStatus } from '@warifu/protocol/moves'
import type { OrderLine } from '@warifu/protocol/sealed'
import type { Db } from '#store'

export type ApprovalRow = {
  readonly id: Id<'apr'>
  readonly kind: SubjectKind
  readonly state: ApprovalStatus
  readonly because: Refusal | null
  /** Whole, with the number that the till shows where there is one. */
  readonly content: ApprovalContent
  /** SHA-256(JCS(content)), base64url. */
  readonly digest: string
  readonly numberAsked: NumberAsked | null
  readonly lines: readonly OrderLine[]
  readonly terminal: Id<'trm'>
  readonly cardholder: Id<'chl'>
  readonly createdMs: number
  readonly deadlineMs: number
}

/** As PostgreSQL gives it; what is kept as an answer must be JSON. */
type Stored = Omit<ApprovalRow, 'digest' | 'createdMs' | 'deadlineMs'> & {
  readonly digest: Uint8Array
  readonly createdMs: bigint
  readonly deadlineMs: bigint
}
const rowOf = (stored: Stored): ApprovalRow => ({
  ...stored,
  digest: toBase64url(stored.digest),
  createdMs: Number(stored.createdMs),
  deadlineMs: Number(stored.deadlineMs),
})

const columns = (db: Db) => db`
  id, subject_kind as kind, state, because, content, digest, number_asked as "numberAsked", lines,
  terminal, cardholder, created_ms as "createdMs", deadline_ms as "deadlineMs"`

export type Page = { readonly limit: number; readonly before: string | undefined }
type Asker = { readonly terminal: Id<'trm'>; readonly cardholder: Id<'chl'> }

/** What this terminal is asked, or was; newest first. */
export async function listApprovals(
  db: Db,
  { terminal, cardholder }: Asker,
  { limit, before }: Page,
): Promise<ApprovalRow[]> {
  const rows = await db<Stored[]>`
    select ${columns(db)} from approvals.approval
     where cardholder = ${cardholder} and terminal = ${terminal} and asked
       and (${before ?? null}::text is null or id < ${before ?? null})
     order by id desc limit ${limit}`
  return rows.map(rowOf)
}

/** One of them; undefined where this terminal was not asked. */
export async function readApproval(
  db: Db,
  approval: Id<'apr'>,
  terminal?: Id<'trm'>,
): Promise<ApprovalRow | undefined> {
  const [row] = await db<Stored[]>`
    select ${columns(db)} from approvals.approval
     where lane = ${laneOf(approval)} and id = ${approval} and asked
       and (${terminal ?? null}::text is null or terminal = ${terminal ?? null})`
  return row && rowOf(row)
}
