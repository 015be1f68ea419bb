/** What happened: the outbox's door. A row is written with what it is about, never after it. */

import { type Id, laneOf } from '@warifu/protocol/ids'
import type { EventType } from '@warifu/protocol/objects'
import type { Db } from '#store'

export type EventItem = {
  readonly id: Id<'evt'>
  /** Who may read it: a merchant or a cardholder. */
  readonly audience: Id<'mer'> | Id<'chl'>
  readonly type: EventType
  readonly subject: string
  /** Grows by one per subject; kept on the subject's own row as `version`. */
  readonly sequence: number
  readonly data: Readonly<Record<string, unknown>>
}

/** Appends events on the caller's transaction. */
export async function append(db: Db, items: readonly EventItem[], nowMs: number): Promise<void> {
  for (const item of items)
    await db`
      insert into events.event (lane, id, audience, type, subject, sequence, data, created_ms)
      values (${laneOf(item.id)}, ${item.id}, ${item.audience}, ${item.type}, ${item.subject},
              ${item.sequence}, ${db.json(JSON.parse(JSON.stringify(item.data)))}, ${nowMs})`
}

export type StoredEvent = Omit<EventItem, 'audience'> & { readonly createdMs: bigint }

/** A page of what this reader may see, newest first. */
export async function list(
  db: Db,
  audience: EventItem['audience'],
  { limit, before }: { readonly limit: number; readonly before: string | undefined },
): Promise<StoredEvent[]> {
  return db<StoredEvent[]>`
    select id, type, subject, sequence, data, created_ms as "createdMs"
      from events.event
     where audience = ${audience} and (${before ?? null}::text is null or id < ${before ?? null})
     order by id desc limit ${limit}`
}
