/** Paying, as the cardholder's terminal does it. */

import { fromBase64url } from '@warifu/crypto/base64url'
import type { Reply } from '@warifu/protocol/contract'
import { done } from '@warifu/protocol/errors'
import type { Payments, PresentedRow } from '#payments'
import type { Handlers } from './handler.ts'

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

export const payingHandlers = ({ payments }: { readonly payments: Payments }) =>
  ({
    claimPayment: async ({ caller, body, requestId, nowMs }) => {
      const secret = fromBase64url(body.secret)
      const answer = await payments.claim(caller.call, { secret, requestId, nowMs })
      if (!answer.ok) return answer
      const { content, lines } = answer.value
      return done({ object: 'claim', payment: content.subject.id, content, lines: [...lines] })
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
  }) satisfies Partial<Handlers>
