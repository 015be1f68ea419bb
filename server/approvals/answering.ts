/**
 * A cardholder answers a question that is no payment's: a mandate for a token. The vault verifies
 * the passkey's assertion over exactly the content that was shown; then, with the terminal's
 * counter, the row moves and whoever asked goes on (`resume`), in one transaction.
 */
import { toBase64url } from '@warifu/crypto/base64url'
import { type Answer, done, refused } from '@warifu/protocol/errors'
import { type Id, laneOf } from '@warifu/protocol/ids'
import type { approvalStates } from '@warifu/protocol/merchant-objects'
import type { MandateContent } from '@warifu/protocol/sealed'
import type { VaultInput } from '@warifu/protocol/vault'
import type { Db, Store, Tx } from '#store'
import type { TerminalCall, Work } from '#terminals'
import type { VaultClient } from '#vault-client'

export type ApprovalRow = {
  readonly id: Id<'apr'>
  readonly state: (typeof approvalStates)[number]
  readonly content: MandateContent
  /** SHA-256(JCS(content)), base64url. */
  readonly digest: string
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

/** Who goes on after an answer, by the kind of what was asked: wired in app.ts. */
export type Resume = {
  readonly mandate: (
    tx: Tx,
    answer: { readonly mandate: Id<'mdt'>; readonly approved: boolean; readonly nowMs: number },
  ) => Promise<void>
}

type AnswerNeeds = {
  readonly store: Store
  readonly vault: Pick<VaultClient, 'call'>
  readonly once: <G, T>(call: TerminalCall, work: Work<G, T>, nowMs: number) => Promise<Answer<T>>
  readonly resume: Resume
}

export type Answering = {
  readonly approval: Id<'apr'>
  readonly answer: 'approve' | 'deny'
  readonly contentDigest: string
  readonly assertion?: VaultInput<'verify_assent'>['assertion']
  readonly nowMs: number
}

export type Questions = ReturnType<typeof createQuestions>

export const createQuestions = (needs: AnswerNeeds) => ({
  list: (terminal: Id<'trm'>, page: Page) => listQuestions(needs.store.sql, terminal, page),
  answer: (call: TerminalCall, asked: Answering) => answerQuestion(needs, call, asked),
})

type Page = { readonly limit: number; readonly before: string | undefined }

const columns = (db: Db) => db`
  id, state, content, digest, cardholder, created_ms as "createdMs", deadline_ms as "deadlineMs"`

/** What this terminal is asked, or was; newest first. */
async function listQuestions(
  db: Db,
  terminal: Id<'trm'>,
  { limit, before }: Page,
): Promise<ApprovalRow[]> {
  const rows = await db<Stored[]>`
    select ${columns(db)} from approvals.approval
     where terminal = ${terminal} and subject_kind = 'mandate'
       and (${before ?? null}::text is null or id < ${before ?? null})
     order by id desc limit ${limit}`
  return rows.map(rowOf)
}

async function readQuestion(
  db: Db,
  approval: Id<'apr'>,
  terminal: Id<'trm'>,
): Promise<ApprovalRow | undefined> {
  const [row] = await db<Stored[]>`
    select ${columns(db)} from approvals.approval
     where lane = ${laneOf(approval)} and id = ${approval} and terminal = ${terminal}
       and subject_kind = 'mandate'`
  return row && rowOf(row)
}

function answerQuestion(
  needs: AnswerNeeds,
  call: TerminalCall,
  asked: Answering,
): Promise<Answer<ApprovalRow>> {
  const work = {
    gather: () => judge(needs, call, asked),
    record: (tx: Tx, row: ApprovalRow) => record({ tx, needs, call, row, asked }),
  }
  return needs.once(call, work, asked.nowMs)
}

/** This content, still open, and for a yes the owner's passkey over it. */
async function judge(
  { store, vault }: AnswerNeeds,
  call: TerminalCall,
  { approval, answer, contentDigest, assertion, nowMs }: Answering,
): Promise<Answer<ApprovalRow>> {
  const row = await readQuestion(store.sql, approval, call.terminal)
  if (row === undefined) return refused('not_found')
  if (row.digest !== contentDigest) return refused('approval_mismatch')
  if (row.state !== 'pending') return refused('approval_state')
  if (row.deadlineMs <= nowMs) return refused('approval_expired')
  if (answer === 'deny') return done(row)
  if (assertion === undefined) return refused('user_verification_required')
  const reply = await vault.call('verify_assent', { content: row.content, assertion })
  const isOwner = reply.ok && reply.output.cardholder === row.cardholder
  return isOwner ? done(row) : refused('assertion_invalid')
}

type Recording = {
  readonly tx: Tx
  readonly needs: AnswerNeeds
  readonly call: TerminalCall
  readonly row: ApprovalRow
  readonly asked: Answering
}

async function record({ tx, needs, call, row, asked }: Recording): Promise<Answer<ApprovalRow>> {
  const { answer, nowMs } = asked
  const approved = answer === 'approve'
  const state = approved ? 'approved' : 'denied'
  const factors = approved ? row.content.factors : ['terminal_signature']
  const [moved] = await tx`
    update approvals.approval
       set state = ${state}, factors_used = ${factors}, decided_ms = ${nowMs}
     where lane = ${laneOf(row.id)} and id = ${row.id} and terminal = ${call.terminal}
       and state = 'pending'
    returning id`
  if (moved === undefined) return refused('approval_state')
  await needs.resume.mandate(tx, { mandate: row.content.subject.id, approved, nowMs })
  return done({ ...row, state })
}
