/** Approvals as the person's terminal reads them: what is asked, until when, and how it ended. */
import { type Static, Type } from 'typebox'
import { approvalContent, matchNumber, payee } from './approval-content.ts'
import { errors } from './errors.ts'
import { idOf } from './ids.ts'
import { type ApprovalStatus, approvalMoves } from './moves.ts'
import { payCode } from './pay-code.ts'
import { orderLine } from './sealed.ts'
import { closed, digest, instant, nullable, oneOf, statesOf } from './shapes.ts'

/** How the number that the till shows is asked for. */
export const numberAsked = Type.Union([
  closed({ ask: Type.Literal('enter') }),
  closed({
    ask: Type.Literal('pick'),
    choices: Type.Array(matchNumber, { minItems: 3, maxItems: 3 }),
  }),
])
export type NumberAsked = Static<typeof numberAsked>

export const approval = closed({
  id: idOf('apr'),
  object: Type.Literal('approval'),
  status: statesOf<ApprovalStatus>(approvalMoves),
  /** Why it ended otherwise than by a yes or a no, or why a yes brought nothing. */
  ended_because: nullable(oneOf(Object.keys(errors))),
  content: approvalContent,
  /**
   * SHA-256(JCS(content)): what a passkey vouches for, and what an answer must name. Null where a
   * number is asked for: only who was told it can make the content, and the digest, whole.
   */
  content_digest: nullable(digest),
  number: nullable(numberAsked),
  /** The order, where there is one; `content.order_digest` is over these lines. */
  lines: Type.Array(orderLine),
  created_at: instant,
  deadline_at: instant,
})

/** What a phone shows to a till. */
export const shownCode = closed({
  object: Type.Literal('code'),
  code: payCode,
  expires_at: instant,
})

/** A shop that may not ask this person any more. */
export const mute = closed({
  object: Type.Literal('mute'),
  payee,
  created_at: instant,
})
