/** Endpoints of the contract: what a person is asked, and what they say. */

import { Type } from 'typebox'
import { approval, mute, shownCode } from './approval-objects.ts'
import { nothing, page } from './asked.ts'
import { CAPPED_CODE_PATH, cappedCode, cappedCodeBody } from './capped-code.ts'
import { idOf } from './ids.ts'
import { listOf } from './objects.ts'
import { assertion, closed, digest, oneOf } from './shapes.ts'

const byId = closed({ id: idOf('apr') })

/** What a terminal signs when it answers; the vault reads it whole for a yes to another phone. */
export const answerApprovalBody = closed({
  answer: oneOf(['approve', 'deny', 'not_me'] as const),
  /** A yes names what it is to. */
  content_digest: Type.Optional(digest),
  /** With `not_me`: freeze the cards that could have been asked for. */
  suspend: Type.Optional(oneOf(['cards'] as const)),
  assertion: Type.Optional(assertion),
})

export const approvalEndpoints = {
  listApprovals: {
    method: 'GET',
    path: '/v1/approvals',
    tag: 'Approvals',
    caller: 'terminal',
    status: 200,
    summary: 'What this phone is asked, or was; newest first.',
    query: closed(page),
    answer: listOf(approval),
    refuses: [],
  },
  getApproval: {
    method: 'GET',
    path: '/v1/approvals/:id',
    tag: 'Approvals',
    caller: 'terminal',
    status: 200,
    summary: 'One thing that this phone is asked, with the content to show and to sign.',
    params: byId,
    answer: approval,
    refuses: ['not_found'],
  },
  receiveApproval: {
    method: 'POST',
    path: '/v1/approvals/:id/receipt',
    tag: 'Approvals',
    caller: 'terminal',
    status: 200,
    summary: 'Say, signed, that it was shown.',
    params: byId,
    body: nothing,
    answer: approval,
    refuses: ['not_found'],
  },
  answerApproval: {
    method: 'POST',
    path: '/v1/approvals/:id/answer',
    tag: 'Approvals',
    caller: 'terminal',
    status: 200,
    summary:
      'Say yes or no to exactly what was shown. A yes carries the passkey’s assertion; a payment ' +
      'that this phone’s own card pays is approved by presenting it. `not_me` mutes the shop.',
    params: byId,
    body: answerApprovalBody,
    answer: approval,
    refuses: [
      'not_found',
      'approval_mismatch',
      'approval_state',
      'approval_expired',
      'assertion_invalid',
      'field_invalid',
      'user_verification_required',
      'vault_unavailable',
    ],
  },
  createCode: {
    method: 'POST',
    path: '/v1/codes',
    tag: 'Approvals',
    caller: 'terminal',
    status: 201,
    summary:
      'A code for this phone to show: a till reads it once within a minute, and you are asked. ' +
      'It says who you are to nobody but us, and moves no money.',
    body: nothing,
    answer: shownCode,
    refuses: [],
  },
  createCappedCode: {
    method: 'POST',
    path: CAPPED_CODE_PATH,
    tag: 'Approvals',
    caller: 'terminal',
    status: 201,
    summary:
      'Approve beforehand: a code that this phone made, up to an amount. The till that reads it ' +
      'within a minute is paid at once, once, by the card that you signed for.',
    body: cappedCodeBody,
    answer: cappedCode,
    refuses: ['field_invalid'],
  },
  listMutes: {
    method: 'GET',
    path: '/v1/mutes',
    tag: 'Approvals',
    caller: 'terminal',
    status: 200,
    summary: 'The shops that may not ask you any more.',
    query: closed({}),
    answer: listOf(mute),
    refuses: [],
  },
  liftMute: {
    method: 'POST',
    path: '/v1/mutes/:id/lift',
    tag: 'Approvals',
    caller: 'terminal',
    status: 200,
    summary: 'Let a shop ask you again.',
    params: closed({ id: idOf('mer') }),
    body: nothing,
    answer: mute,
    refuses: ['not_found'],
  },
} as const
