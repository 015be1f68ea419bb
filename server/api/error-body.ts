/** The one error object. It says what happened, whether money moved, and what to do next. */
import type { Caller, Endpoint } from '@warifu/protocol/contract'
import { type ErrorBody, errors, type Outcome, type Refusal } from '@warifu/protocol/errors'

export type Failure = {
  readonly refusal: Refusal
  readonly param?: string
  /** What was expected of `param`, in words. */
  readonly expected?: string
  readonly outcome?: Outcome
  readonly resource?: { readonly object: string; readonly id: string }
  readonly deadlineAt?: string
  readonly retryAfterS?: number
}

export type Asked = {
  readonly requestId: string
  readonly docsUrl: string
  readonly endpoint?: Pick<Endpoint, 'caller'>
}

export function errorBody(failure: Failure, asked: Asked): ErrorBody {
  const row = errors[failure.refusal]
  return {
    error: {
      type: row.type,
      code: failure.refusal,
      message:
        failure.param !== undefined && failure.expected !== undefined
          ? `${failure.param}: ${failure.expected}`
          : wordsFor(asked.endpoint?.caller, failure.refusal),
      param: failure.param ?? null,
      advice: row.advice,
      outcome: failure.outcome ?? (isOpen(failure) ? 'unknown' : 'not_performed'),
      resource: failure.resource ?? null,
      deadline_at: failure.deadlineAt ?? null,
      request_id: asked.requestId,
      doc_url: `${asked.docsUrl}/errors/${failure.refusal}`,
    },
  }
}

/** Another company was asked and has not answered: only asking again tells. */
const isOpen = ({ refusal }: Failure): boolean => refusal === 'network_unavailable'

/** The words for whoever asks: the person at the phone, or the shop. */
function wordsFor(caller: Caller | undefined, refusal: Refusal): string {
  const row = errors[refusal]
  const words = caller === 'merchant' ? row.merchant : row.cardholder
  return words === '' ? row.operator : words
}
