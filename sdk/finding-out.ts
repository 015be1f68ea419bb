/**
 * What happened to my payment? The same bytes under the same key are sent until there is an answer
 * that cannot change: the platform does it once, and says the same each time.
 *
 * A request that had no answer may have been done. So a no that comes before the platform looks at
 * the key (who are you? too many; come back later) proves nothing, and is asked again.
 */
import type { Reply } from '@warifu/protocol/contract'
import { errors } from '@warifu/protocol/errors'
import { ApiError, type Fetch, NoAnswer, readAnswer, sendRaw } from './api-call.ts'
import type { Calling } from './calling.ts'
import { mayBeSentAgain, pauseBefore } from './retrying.ts'
import type { Outcome } from './sale-journal.ts'

export type Asking = {
  readonly calling: Calling
  readonly key: string
  /** The exact text that travels. */
  readonly body: string
  /** Was it sent before, and its answer lost? */
  readonly wasSent: boolean
  readonly signal: AbortSignal
  /** No answer yet: it is not known whether money moved. */
  readonly onUnknown: () => void
}

/** The truth; undefined only where the caller stopped before it came. */
export async function findOut(asking: Asking): Promise<Outcome | undefined> {
  const { calling, signal, onUnknown } = asking
  let { wasSent } = asking
  for (let tries = 1; !signal.aborted; tries += 1) {
    try {
      const outcome = outcomeOf(await send(asking), asking.key)
      if (outcome !== undefined) return outcome
    } catch (error) {
      const code = finalCode(error, wasSent)
      if (code !== undefined) return { state: 'failed_nothing_charged', code }
    }
    wasSent = true
    onUnknown()
    await calling.sleep(pauseBefore(tries, { chance: calling.chance() }), signal)
  }
  return undefined
}

async function send({ calling, key, body, signal }: Asking): Promise<Reply<'createPayment'>> {
  const { apiUrl, apiKey, timeout, timeoutMs } = calling
  const fetch: Fetch = (url, init) =>
    calling.fetch(url, { ...init, signal: AbortSignal.any([signal, timeout(timeoutMs)]) })
  const headers = { authorization: `Bearer ${apiKey}`, 'idempotency-key': key }
  const ask = { method: 'POST', path: '/v1/payments', query: '', body, headers } as const
  return readAnswer('createPayment', await sendRaw({ fetch, apiUrl }, ask))
}

/** undefined: it is being worked on, or this is another request's answer (a line that doubles). */
function outcomeOf(payment: Reply<'createPayment'>, key: string): Outcome | undefined {
  const { id, status, declined_because, metadata } = payment
  if (metadata['sale'] !== key) return undefined
  if (status === 'processing') return undefined
  if (status === 'declined') return { state: 'declined', payment: id, code: declined_because }
  if (status === 'authorized' || status === 'captured') return { state: 'approved', payment: id }
  return { state: 'failed_nothing_charged', code: status }
}

/** The code of a no that is the last word; undefined where asking again may bring another. */
function finalCode(error: unknown, wasSent: boolean): string | undefined {
  if (error instanceof NoAnswer) return undefined
  if (!(error instanceof ApiError)) throw error
  const { code, outcome } = error
  if (mayBeSentAgain(error) || outcome !== 'not_performed') return undefined
  return wasSent && errors[code].type === 'authentication_error' ? undefined : code
}
