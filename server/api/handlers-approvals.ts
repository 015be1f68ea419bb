/** What a person is asked to confirm, as their terminal reads and answers it. */
import { isNumbered } from '@warifu/protocol/approval-content'
import type { Reply } from '@warifu/protocol/contract'
import { done, refused } from '@warifu/protocol/errors'
import { payCodeOf } from '@warifu/protocol/pay-code'
import type { ApprovalRow, Approvals, Mute } from '#approvals'
import type { Directory, Terminals } from '#terminals'
import type { Handlers } from './handler.ts'
import { pageOf } from './page.ts'

const instantOf = (ms: number): string => new Date(ms).toISOString()

/** While a number is asked for, neither it nor what it could be found out by is told. */
export function approvalObject(row: ApprovalRow): Reply<'getApproval'> {
  const { content, digest, numberAsked } = row
  const hidden = numberAsked !== null && isNumbered(content)
  return {
    id: row.id,
    object: 'approval',
    status: row.state,
    ended_because: row.because,
    content: hidden ? { ...content, match_number: null } : content,
    content_digest: hidden ? null : digest,
    number: numberAsked,
    lines: [...row.lines],
    created_at: instantOf(row.createdMs),
    deadline_at: instantOf(row.deadlineMs),
  }
}

const muteObject = ({ payee, createdMs }: Mute): Reply<'liftMute'> => ({
  object: 'mute',
  payee,
  created_at: instantOf(createdMs),
})

type Rooms = {
  readonly approvals: Approvals
  readonly directory: Directory
  readonly terminals: Pick<Terminals, 'once'>
}

export const approvalHandlers = ({ approvals, directory, terminals }: Rooms) =>
  ({
    listApprovals: async ({ caller, query }) =>
      done(
        await pageOf('/v1/approvals', query, async (page) =>
          (await approvals.list(caller.call, page)).map(approvalObject),
        ),
      ),
    getApproval: async ({ caller, params }) => {
      const row = await approvals.get(params.id, caller.call.terminal)
      return row ? done(approvalObject(row)) : refused('not_found')
    },
    receiveApproval: async ({ caller, params, requestId, nowMs }) => {
      const received = await approvals.receive(caller.call, {
        approval: params.id,
        requestId,
        nowMs,
      })
      return received.ok ? done(approvalObject(received.value)) : received
    },
    answerApproval: async ({ caller, params, body, requestId, nowMs }) => {
      const answered = await approvals.answer(caller.call, {
        approval: params.id,
        answer: body.answer,
        contentDigest: body.content_digest,
        suspend: body.suspend === 'cards',
        assertion: body.assertion,
        requestId,
        nowMs,
      })
      return answered.ok ? done(approvalObject(answered.value)) : answered
    },
    createCode: async ({ caller: { call }, nowMs }) => {
      const made = await terminals.once(call, directory.newCode(call, nowMs), nowMs)
      if (!made.ok) return made
      const code = payCodeOf(directory.codeOf(call))
      return done({ object: 'code', code, expires_at: instantOf(made.value) })
    },
    createCappedCode: async ({ caller: { call }, body, nowMs }) => {
      const made = await terminals.once(call, directory.newCapped(call, body, nowMs), nowMs)
      if (!made.ok) return made
      const { amount, currency } = body.statement.content
      return done({ object: 'capped_code', amount, currency, expires_at: instantOf(made.value) })
    },
    listMutes: async ({ caller }) => {
      const data = (await approvals.mutes(caller.call.cardholder)).map(muteObject)
      return done({ object: 'list', url: '/v1/mutes', has_more: false, next_cursor: null, data })
    },
    liftMute: async ({ caller, params, nowMs }) => {
      const lifted = await approvals.liftMute(caller.call, params.id, nowMs)
      return lifted.ok ? done(muteObject(lifted.value)) : lifted
    },
  }) satisfies Partial<Handlers>
