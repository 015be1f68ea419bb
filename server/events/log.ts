/**
 * Reading the log forward. A reader stops below the oldest transaction of this database that still
 * runs (events.horizon): above it something could yet appear behind what was read. A long
 * transaction delays readers and loses nothing.
 */
import type { Db } from '#store'
import type { EventItem, StoredEvent } from './outbox.ts'
import type { Place } from './place.ts'

/** An event at its place, with all who may read it. */
export type LoggedEvent = StoredEvent & {
  readonly place: Place
  readonly readers: readonly EventItem['audience'][]
}

type Row = StoredEvent & {
  readonly xid: string
  readonly audience: EventItem['audience']
  readonly also: EventItem['audience'] | null
}

const columns = (db: Db) => db`
  xid::text as xid, id, audience, also, type, subject, sequence, data, created_ms as "createdMs"`

export type Ends = {
  /** For whoever begins now: what is written from here on stands after this place. */
  readonly now: Place
  /** No reader of this log has been so far: above it nothing is written. */
  readonly end: Place
}

/**
 * Both, since `now` may step back for a moment (a stranger's transaction that has just ended is
 * taken for one of ours), and whoever was told up to its earlier value is not told again.
 */
export async function endsOf(db: Db): Promise<Ends> {
  const [row] = await db<{ now: string; end: string }[]>`
    select events.horizon()::text as now, pg_snapshot_xmax(pg_current_snapshot())::text as end`
  if (row === undefined) throw new Error('PostgreSQL told no snapshot')
  return { now: { xid: BigInt(row.now), id: '' }, end: { xid: BigInt(row.end), id: '' } }
}

/** What stands after a place, whoever may read it. */
export async function readAfter(db: Db, { xid, id }: Place, limit: number): Promise<LoggedEvent[]> {
  const rows = await db<Row[]>`
    select ${columns(db)} from events.event e
     where e.xid >= ${String(xid)}::text::xid8
       and (e.xid, e.id) > (${String(xid)}::text::xid8, ${id})
       and e.xid < (select events.horizon())
     order by e.xid, e.id limit ${limit}`
  return rows.map(logged)
}

/** What stands after a place and this reader may read. */
export async function readOwnAfter(
  db: Db,
  reader: EventItem['audience'],
  { place: { xid, id }, limit }: { readonly place: Place; readonly limit: number },
): Promise<LoggedEvent[]> {
  const after = db`(e.xid, e.id) > (${String(xid)}::text::xid8, ${id})
    and e.xid < (select events.horizon())`
  const rows = await db<Row[]>`
    select * from (
      (select ${columns(db)} from events.event e
        where e.audience = ${reader} and ${after} order by e.xid, e.id limit ${limit})
      union all
      (select ${columns(db)} from events.event e
        where e.also = ${reader} and ${after} order by e.xid, e.id limit ${limit})
    ) found order by found.xid::xid8, found.id limit ${limit}`
  return rows.map(logged)
}

function logged({ xid, audience, also, ...event }: Row): LoggedEvent {
  const readers = also === null || also === audience ? [audience] : [audience, also]
  return { ...event, place: { xid: BigInt(xid), id: event.id }, readers }
}
