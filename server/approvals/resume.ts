/** Who goes on after an answer or after silence, by the kind of what was asked (app.ts). */
import type { SubjectKind } from '@warifu/protocol/approval-content'
import type { Answer } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { SignedRequest } from '@warifu/protocol/vault'
import type { Tx } from '#store'
import type { ApprovalRow } from './row.ts'

export type Heard = {
  readonly approval: ApprovalRow
  /**
   * `received`: a terminal signed that it was shown, told of payments only; `undeliverable`: none
   * did in time. Either way the question stays open.
   */
  readonly said: 'approve' | 'deny' | 'not_me' | 'expired' | 'received' | 'undeliverable'
  /** With `not_me`: freeze the cards that could have been asked for. */
  readonly suspend: boolean
  readonly requestId: Id<'req'>
  /** The answer as the terminal signed it; undefined where nobody answered. */
  readonly request: SignedRequest | undefined
  readonly nowMs: number
}

/** What is to be written down with the answer, on its transaction. */
export type GoOn = (tx: Tx) => Promise<void>

/**
 * Called outside of any transaction, so that it may ask the vault (idempotently: it may be called
 * again for the same answer); what it answers with is done with the approval's move, or not at all.
 */
export type Resume = Readonly<Record<SubjectKind, (heard: Heard) => Promise<Answer<GoOn>>>>
