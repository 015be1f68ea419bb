/** What happened: events for merchants, notices for cardholders; each reads its own. */
import { done } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { StoredEvent } from '#events'
import type { Handlers } from './handler.ts'
import { pageOf } from './page.ts'

type Page = { readonly limit: number; readonly before: string | undefined }
type Rooms = {
  readonly listEvents: (
    audience: Id<'mer'> | Id<'chl'>,
    page: Page,
  ) => Promise<readonly StoredEvent[]>
  readonly livemode: boolean
}

export function eventHandlers({
  listEvents,
  livemode,
}: Rooms): Pick<Handlers, 'listEvents' | 'listNotices'> {
  const read = (audience: Id<'mer'> | Id<'chl'>) => async (page: Page) =>
    (await listEvents(audience, page)).map((row) => eventObject(row, livemode))
  return {
    listEvents: async ({ query, caller }) =>
      done(await pageOf('/v1/events', query, read(caller.merchant))),
    listNotices: async ({ query, caller }) =>
      done(await pageOf('/v1/notices', query, read(caller.cardholder))),
  }
}

const eventObject = (row: StoredEvent, livemode: boolean) => ({
  id: row.id,
  object: 'event' as const,
  type: row.type,
  livemode,
  timestamp: new Date(Number(row.createdMs)).toISOString(),
  sequence: row.sequence,
  subject: row.subject,
  data: { ...row.data },
})
