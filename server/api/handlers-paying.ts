/** Paying, as the cardholder's terminal does it. */

import { fromBase64url } from '@warifu/crypto/base64url'
import type { Reply } from '@warifu/protocol/contract'
import { done, refused } from '@warifu/protocol/errors'
import { isId } from '@warifu/protocol/ids'
import { type Activity, nextActionOf, type Payments, type PresentedRow } from '#payments'
import { endedAs, type Terminals } from '#terminals'
import type { Handlers } from './handler.ts'
import { pageBy } from './page.ts'

const presentedObject = (row: PresentedRow): Reply<'presentCard'> => ({
  object: 'presented',
  payment: row.payment,
  approval: row.approval,
  status: row.next === undefined ? 'authorized' : 'requires_action',
  declined_because: null,
  next_action: row.next === undefined ? null : nextActionOf(row.next),
  amount: row.amount,
  currency: row.currency,
  decided_at: new Date(row.decided_ms).toISOString(),
})

const instantOf = (ms: number | bigint): string => new Date(Number(ms)).toISOString()

/** What a person said no to is over for them, also where its merchant still waits. */
function standingOf({ state, because }: Activity['asked'], payment: Activity['payment']) {
  const over = payment.status === 'requires_action' && state !== 'pending' && state !== 'approved'
  if (!over)
    return { status: payment.status, declined_because: because ?? payment.declined_because }
  return { status: 'declined' as const, declined_because: because ?? 'approval_denied' }
}

const activityObject = ({ asked, payment }: Activity): Reply<'getActivity'> => ({
  object: 'activity',
  payment: payment.id,
  approval: asked.id,
  ...standingOf(asked, payment),
  amount: payment.amount,
  currency: payment.currency,
  amount_captured: payment.captured,
  amount_refunded: payment.refunded,
  payee: asked.content.payee,
  lines: payment.lines,
  card:
    // What a phone approved was paid by a card of ours.
    payment.card !== null && payment.card_last4 !== null && isId('crd', payment.card)
      ? { id: payment.card, last4: payment.card_last4 }
      : null,
  created_at: instantOf(asked.createdMs),
  decided_at: asked.decidedMs === null ? null : instantOf(asked.decidedMs),
  deadline_at: instantOf(asked.deadlineMs),
  return_url: payment.return_url,
})

type Rooms = { readonly payments: Payments; readonly terminals: Pick<Terminals, 'get'> }

export const payingHandlers = ({ payments, terminals }: Rooms) =>
  ({
    claimPayment: async ({ caller, body, requestId, nowMs }) => {
      const secret = fromBase64url(body.secret)
      const { presentment = 'wallet' } = body
      const answer = await payments.claim(caller.call, { secret, presentment, requestId, nowMs })
      if (!answer.ok) return answer
      const { content, lines, returnUrl } = answer.value
      return done({
        object: 'claim',
        payment: content.subject.id,
        content,
        lines: [...lines],
        return_url: returnUrl,
      })
    },
    presentCard: async ({ caller: { call }, params, body, requestId, nowMs }) => {
      const answer = await payments.present({ call, payment: params.id, body, requestId, nowMs })
      if (answer.ok) return done(presentedObject(answer.value))
      const isOut = answer.refusal === 'terminal_not_active'
      const terminal = isOut ? await terminals.get(call.terminal) : undefined
      const ended = endedAs(terminal?.status)
      return ended === undefined ? answer : refused(ended)
    },
    denyPayment: async ({ caller, params, requestId, nowMs }) => {
      const answer = await payments.deny(caller.call, { payment: params.id, requestId, nowMs })
      if (!answer.ok) return answer
      const row = answer.value
      if (row.approval === null) throw new Error('a denied payment was claimed before')
      return done({
        object: 'presented',
        payment: row.id,
        approval: row.approval,
        status: 'declined',
        declined_because: 'approval_denied',
        next_action: null,
        amount: row.amount,
        currency: row.currency,
        decided_at: new Date(nowMs).toISOString(),
      })
    },
    listActivity: async ({ caller, query }) => {
      const read = (page: Parameters<Payments['activities']>[1]) =>
        payments.activities(caller.call.cardholder, page)
      const page = await pageBy('/v1/activity', query, { read, cursorOf: ({ asked }) => asked.id })
      return done({ ...page, data: page.data.map(activityObject) })
    },
    getActivity: async ({ caller, params }) => {
      const found = await payments.activityOf(caller.call.cardholder, params.id)
      return found ? done(activityObject(found)) : refused('not_found')
    },
  }) satisfies Partial<Handlers>
