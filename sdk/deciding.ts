/**
 * Waiting for a customer's answer without asking again and again: the events tell when to look, and
 * what is true is read from the payment itself.
 */

import type { Reply } from '@warifu/protocol/contract'
import { deferred } from './deferred.ts'
import type { Followed } from './follow-events.ts'

type Payment = Reply<'getPayment'>

export type Deciding = {
  readonly read: () => Promise<Payment>
  /** Events from the moment it tells `onOpen`, until the signal. */
  readonly listen: (signal: AbortSignal, onOpen: () => void) => AsyncIterable<Followed>
  /** The caller's own way to give up. */
  readonly signal: AbortSignal | undefined
}

const isUndecided = ({ status }: Payment): boolean =>
  status === 'requires_action' || status === 'processing'

/** The payment, once it is authorised, declined, cancelled or expired. */
export async function whenDecided({ read, listen, signal }: Deciding): Promise<Payment> {
  const { promise, resolve, reject } = deferred<Payment>()
  const end = new AbortController()
  const look = async () => {
    const payment = await read()
    if (!isUndecided(payment)) resolve(payment)
    return payment.id
  }
  const follow = async () => {
    const id = await look()
    const until = signal === undefined ? end.signal : AbortSignal.any([signal, end.signal])
    const events = listen(until, () => void look().catch(reject))
    for await (const { event } of events) if (event.subject === id) await look()
    reject(signal?.reason ?? new Error('the events ended before the payment was decided'))
  }
  follow().catch(reject)
  try {
    return await promise
  } finally {
    end.abort()
  }
}
