/**
 * A cardholder answers what they are asked. For a yes the vault verifies the passkey's assertion
 * over exactly the content that was shown; then, with the terminal's counter, the row moves and
 * whoever asked goes on (`resume`), in one transaction. A payment that the terminal's own card pays
 * is approved by presenting the card, inside the money statement (`approvals.decide` in SQL).
 */
import { type Answer, done, refused } from '@warifu/protocol/errors'
import { type Id, laneOf, type Mint } from '@warifu/protocol/ids'
import type { VaultInput } from '@warifu/protocol/vault'
import type { Store, Tx } from '#store'
import type { TerminalCall, Work } from '#terminals'
import type { VaultClient } from '#vault-client'
import { mute } from './muting.ts'
import { tellEnded } from './opening.ts'
import type { GoOn, Heard, Resume } from './resume.ts'
import { type ApprovalRow, readApproval } from './row.ts'

export type AnswerNeeds = {
  readonly store: Store
  readonly vault: Pick<VaultClient, 'call'>
  readonly mint: Mint
  readonly once: <G, T>(call: TerminalCall, work: Work<G, T>, nowMs: number) => Promise<Answer<T>>
  readonly resume: Resume
}

export type Answering = {
  readonly approval: Id<'apr'>
  readonly answer: 'approve' | 'deny' | 'not_me'
  readonly contentDigest: string | undefined
  readonly suspend: boolean
  readonly assertion: VaultInput<'verify_assent'>['assertion'] | undefined
  readonly requestId: Id<'req'>
  readonly nowMs: number
}

type Judged = { readonly row: ApprovalRow; readonly goOn: GoOn }

export function answerApproval(
  needs: AnswerNeeds,
  call: TerminalCall,
  asked: Answering,
): Promise<Answer<ApprovalRow>> {
  const work = {
    gather: () => judge(needs, call, asked),
    record: (tx: Tx, judged: Judged) => record({ tx, needs, call, judged, asked }),
  }
  return needs.once(call, work, asked.nowMs)
}

/** This content, still open, and for a yes the owner's passkey over it; then whoever goes on. */
async function judge(
  { store, vault, resume }: AnswerNeeds,
  call: TerminalCall,
  asked: Answering,
): Promise<Answer<Judged>> {
  const { answer, contentDigest, assertion, suspend, requestId, nowMs } = asked
  const row = await readApproval(store.sql, asked.approval, call.terminal)
  if (row === undefined) return refused('not_found')
  if (answer === 'approve' && contentDigest === undefined)
    return refused('field_invalid', 'content_digest', 'a yes names what it is to')
  if (contentDigest !== undefined && row.digest !== contentDigest)
    return refused('approval_mismatch')
  if (row.state !== 'pending') return refused('approval_state')
  if (row.deadlineMs <= nowMs) return refused('approval_expired')
  if (answer === 'approve') {
    if (assertion === undefined) return refused('user_verification_required')
    const reply = await vault.call('verify_assent', { content: row.content, assertion })
    const isOwner = reply.ok && reply.output.cardholder === row.cardholder
    if (!isOwner) return refused('assertion_invalid')
  }
  const { request } = call
  const heard: Heard = { approval: row, said: answer, suspend, requestId, request, nowMs }
  const goOn = await resume[row.kind](heard)
  return goOn.ok ? done({ row, goOn: goOn.value }) : goOn
}

type Recording = {
  readonly tx: Tx
  readonly needs: AnswerNeeds
  readonly call: TerminalCall
  readonly judged: Judged
  readonly asked: Answering
}

async function record({ tx, needs, call, judged, asked }: Recording): Promise<Answer<ApprovalRow>> {
  const { row, goOn } = judged
  const { answer, nowMs } = asked
  const approved = answer === 'approve'
  const state = approved ? 'approved' : 'denied'
  const because = answer === 'not_me' ? 'not_me' : null
  const factors = approved ? row.content.factors : ['terminal_signature']
  const [moved] = await tx`
    update approvals.approval
       set state = ${state}, because = ${because}, factors_used = ${factors}, decided_ms = ${nowMs}
     where lane = ${laneOf(row.id)} and id = ${row.id} and terminal = ${call.terminal}
       and state = 'pending'
    returning id`
  if (moved === undefined) return refused('approval_state')
  const { content, cardholder } = row
  if (answer === 'not_me' && 'payee' in content) await mute(tx, cardholder, content.payee, nowMs)
  await goOn(tx)
  await tellEnded(tx, needs, { approval: row.id, cardholder, state }, nowMs)
  const [now] = await tx<{ because: ApprovalRow['because'] }[]>`
    select because from approvals.approval where lane = ${laneOf(row.id)} and id = ${row.id}`
  return done({ ...row, state, because: now?.because ?? null })
}
