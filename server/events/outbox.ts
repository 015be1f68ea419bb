/** What happened, as rows: each is written with what it is about, never after it. */

import type { EventType } from '@warifu/protocol/event-types'
import { type Id, isId, laneOf } from '@warifu/protocol/ids'
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
  const from = before === undefined ? undefined : await xidOf(db, before)
  if (before !== undefined && from === undefined) return []
  const older =
    from === undefined ? db`true` : db`(e.xid, e.id) < (${from}::text::xid8, ${before ?? ''})`
  return db<StoredEvent[]>`
    select id, type, subject, sequence, data, "createdMs" from (
      (select e.id, e.type, e.subject, e.sequence, e.data, e.created_ms as "createdMs", e.xid
         from events.event e
        where e.audience = ${audience} and ${older} order by e.xid desc, e.id desc limit ${limit})
      union all
      (select e.id, e.type, e.subject, e.sequence, e.data, e.created_ms as "createdMs", e.xid
         from events.event e
        where e.also = ${audience} and ${older} order by e.xid desc, e.id desc limit ${limit})
    ) found order by xid desc, id desc limit ${limit}`
}

async function xidOf(db: Db, id: string): Promise<string | undefined> {
  if (!isId('evt', id)) return undefined
  const [row] = await db<{ xid: string }[]>`
    select xid::text as xid from events.event where lane = ${laneOf(id)} and id = ${id}`
  return row?.xid
}
