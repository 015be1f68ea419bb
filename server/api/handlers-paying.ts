/** Paying, as the cardholder's terminal does it. */

import { fromBase64url } from '@warifu/crypto/base64url'
import type { Reply } from '@warifu/protocol/contract'
import { done, refused } from '@warifu/protocol/errors'
import { isId } from '@warifu/protocol/ids'
import type { Activity, Payments, PresentedRow } from '#payments'
import type { Handlers } from './handler.ts'
import { pageBy } from './page.ts'

const presentedObject = (row: PresentedRow): Reply<'presentCard'> => ({
  object: 'presented',
  payment: row.payment,
  approval: row.approval,
  status: 'authorized',
  declined_because: null,
  amount: row.amount,
  currency: row.currency,
  decided_at: new Date(row.decided_ms).toISOString(),
})

const instantOf = (ms: number | bigint): string => new Date(Number(ms)).toISOString()

const activityObject = ({ asked, payment }: Activity): Reply<'getActivity'> => ({
  object: 'activity',
  payment: payment.id,
  approval: asked.id,
  status: payment.status,
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
  declined_because: payment.declined_because,
  created_at: instantOf(asked.createdMs),
  decided_at: asked.decidedMs === null ? null : instantOf(asked.decidedMs),
  deadline_at: instantOf(asked.deadlineMs),
  return_url: payment.return_url,
})

export const payingHandlers = ({ payments }: { readonly payments: Payments }) =>
  ({
    claimPayment: async ({ caller, body, requestId, nowMs }) => {
      const secret = fromBase64url(body.secret)
      const answer = await payments.claim(caller.call, { secret, requestId, nowMs })
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
    presentCard: async ({ caller, params, requestId, nowMs }) => {
      const answer = await payments.present(caller.call, { payment: params.id, requestId, nowMs })
      return answer.ok ? done(presentedObject(answer.value)) : answer
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
