/** What happens, as it happens: the messages of the two streams, read by the contract. */
import { contract, type Reply, type StreamName } from '@warifu/protocol/contract'
import { Check } from 'typebox/value'
import { type Api, askOf } from './api-call.ts'
import { type Following, followStream, type OpenStream } from './event-stream.ts'

/** An event and its place in the log: give the place back as `from` to go on after it. */
export type Followed = { readonly place: string; readonly event: Reply<StreamName> }

/** The merchant's own events, without end. */
export const followEvents = (
  api: Api,
  apiKey: string,
  following: Following,
): AsyncGenerator<Followed, void> =>
  followNamed(
    'streamEvents',
    (lastEventId, signal) => openStream(api, { apiKey, lastEventId, signal }),
    following,
  )

type Opening = {
  readonly apiKey: string
  readonly lastEventId: string | undefined
  readonly signal: AbortSignal
}

function openStream({ fetch, apiUrl }: Api, { apiKey, lastEventId, signal }: Opening) {
  const { path } = askOf('streamEvents', {})
  const headers = { authorization: `Bearer ${apiKey}`, ...resumingAfter(lastEventId) }
  return fetch(`${apiUrl}${path}`, { headers, signal })
}

export const resumingAfter = (lastEventId: string | undefined): Record<string, string> =>
  lastEventId === undefined ? {} : { 'last-event-id': lastEventId }

/** Messages that the contract does not know (a newer platform's) are passed over. */
export async function* followNamed(
  name: StreamName,
  open: OpenStream,
  following: Following,
): AsyncGenerator<Followed, void> {
  for await (const { id, data } of followStream(open, following)) {
    const event = parse(data)
    const schema = contract[name].answer
    if (Check(schema, event)) yield { place: id, event }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
