/**
 * Approvals: the cardholder's yes or no to one thing, as a row with a deadline. What is shown is
 * what is signed: the row keeps the digest of the content, and only a yes to that digest counts.
 * The yes to a payment is taken inside the money statement (`approvals.decide` in SQL).
 */
import { done, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { Tx } from '#store'
import type { TerminalCall } from '#terminals'
import { type Answering, type AnswerNeeds, answerApproval } from './answering.ts'
import { liftMute, listMutes } from './muting.ts'
import { listApprovals, type Page, readApproval } from './row.ts'
import { receiveApproval, tick } from './waiting.ts'

export { type Asked, askedBy, askedOf, contentOf } from './asked.ts'
export type { Mute } from './muting.ts'
export {
  type AskedHow,
  type Asking,
  ask,
  close,
  contentDigest,
  type NewApproval,
  open,
  tellEnded,
} from './opening.ts'
export type { GoOn, Heard, Resume } from './resume.ts'
export type { ApprovalRow } from './row.ts'

export type Approvals = ReturnType<typeof createApprovals>

export const createApprovals = (needs: AnswerNeeds) => ({
  list: (call: TerminalCall, page: Page) => listApprovals(needs.store.sql, call, page),
  get: (id: Id<'apr'>, terminal: Id<'trm'>) => readApproval(needs.store.sql, id, terminal),
  receive: (call: TerminalCall, asked: Parameters<typeof receiveApproval>[2]) =>
    receiveApproval(needs, call, asked),
  answer: (call: TerminalCall, asked: Answering) => answerApproval(needs, call, asked),
  mutes: (cardholder: Id<'chl'>) => listMutes(needs.store.sql, cardholder),
  liftMute: (call: TerminalCall, merchant: Id<'mer'>, nowMs: number) => {
    const work = {
      gather: async () => done(null),
      record: async (tx: Tx) => {
        const lifted = await liftMute(tx, call.cardholder, merchant)
        return lifted === undefined ? refused('not_found') : done(lifted)
      },
    }
    return needs.once(call, work, nowMs)
  },
  tick: (nowMs: number) => tick(needs, nowMs),
})
