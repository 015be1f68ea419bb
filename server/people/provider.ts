/**
 * The way out of the house: a provider of SMS and one of voice calls, each by HTTP. A message is
 * taken where the answer is 2xx within the deadline; its id is the Idempotency-Key, so that one
 * whose answer was lost does not arrive twice.
 */
import type { Message, Messenger } from './message.ts'

export type Provider = {
  readonly url: string
  /** Bearer; undefined where the provider asks for none. */
  readonly key: string | undefined
}

export type Providers = { readonly [C in Message['channel']]: Provider } & {
  readonly deadlineMs: number
  readonly tries: number
}

export const createHttpMessenger = (providers: Providers, send: typeof fetch): Messenger => ({
  tries: providers.tries,
  send: async ({ id, channel, recipient, body }) => {
    const { url, key } = providers[channel]
    const answer = await send(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'idempotency-key': id,
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify({ id, channel, to: recipient, text: body }),
      redirect: 'error',
      signal: AbortSignal.timeout(providers.deadlineMs),
    })
    await answer.body?.cancel()
    if (!answer.ok) throw new Error(`the provider answered ${answer.status}`)
  },
})
