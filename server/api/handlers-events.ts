/** What happened: events for merchants, notices for cardholders; each reads its own. */
import { done, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import { type Listening, readPlace, type StoredEvent, type Streams } from '#events'
import type { Handlers } from './handler.ts'
import { pageOf } from './page.ts'

type Page = { readonly limit: number; readonly before: string | undefined }
type Rooms = {
  readonly listEvents: (
    audience: Id<'mer'> | Id<'chl'>,
    page: Page,
  ) => Promise<readonly StoredEvent[]>
  readonly streams: Streams
  readonly livemode: boolean
}

type EventHandlers = 'listEvents' | 'listNotices' | 'streamEvents' | 'streamNotices'

export function eventHandlers({ listEvents, streams, livemode }: Rooms): Handlers<EventHandlers> {
  const read = (audience: Id<'mer'> | Id<'chl'>) => async (page: Page) =>
    (await listEvents(audience, page)).map((row) => eventObject(row, livemode))
  return {
    listEvents: async ({ query, caller }) =>
      done(await pageOf('/v1/events', query, read(caller.merchant))),
    listNotices: async ({ query, caller }) =>
      done(await pageOf('/v1/notices', query, read(caller.cardholder))),
    streamEvents: ({ caller: { merchant, key }, ...at }) =>
      follow(streams, { ...at, audience: merchant, holder: key }),
    streamNotices: ({ caller: { call }, ...at }) =>
      follow(streams, { ...at, audience: call.cardholder, holder: call.terminal }),
  }
}

type Following = Pick<Listening, 'audience' | 'holder' | 'nowMs'> & {
  readonly lastEventId: string | undefined
}

async function follow(streams: Streams, { lastEventId, ...listening }: Following) {
  const from = lastEventId === undefined ? undefined : readPlace(lastEventId)
  if (lastEventId !== undefined && from === undefined)
    return refused('field_invalid', 'Last-Event-ID', 'the id of a message of this stream expected')
  return streams.open({ ...listening, from })
}

export const eventObject = (row: StoredEvent, livemode: boolean) => ({
  id: row.id,
  object: 'event' as const,
  type: row.type,
  livemode,
  timestamp: new Date(Number(row.createdMs)).toISOString(),
  sequence: row.sequence,
  subject: row.subject,
  data: { ...row.data },
})
