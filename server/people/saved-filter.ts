/** Filters that somebody keeps for themselves at the console. */
import type { Id } from '@warifu/protocol/ids'
import type { Db } from '#store'
import type { WhoId } from './console-who.ts'

export type SavedFilter = {
  readonly id: Id<'flt'>
  readonly list: string
  readonly name: string
  readonly query: string
  readonly createdMs: bigint
}
type Page = { readonly limit: number; readonly before: string | undefined }
type Mine = { readonly who: WhoId; readonly list: string | undefined }

const MOST = 200

export const listFilters = (db: Db, { who, list }: Mine, { limit, before }: Page) =>
  db<SavedFilter[]>`
    select id, list, name, query, created_ms as "createdMs" from people.saved_filter
     where who = ${who} and id < ${before ?? '~'}
       and (${list ?? null}::text is null or list = ${list ?? null})
     order by id desc limit ${limit}`

export type Saving = Omit<SavedFilter, 'createdMs'> & {
  readonly who: WhoId
  readonly nowMs: number
}

/** The same name takes the place of the first; undefined where somebody keeps too many. */
export async function saveFilter(db: Db, saving: Saving): Promise<SavedFilter | undefined> {
  const { id, who, list, name, query, nowMs } = saving
  const [row] = await db<SavedFilter[]>`
    insert into people.saved_filter (id, who, list, name, query, created_ms)
    select ${id}, ${who}, ${list}, ${name}, ${query}, ${nowMs}
     where (select count(*) from people.saved_filter where who = ${who}) < ${MOST}
    on conflict (who, list, name) do update set query = excluded.query
    returning id, list, name, query, created_ms as "createdMs"`
  return row
}

export async function deleteFilter(db: Db, who: WhoId, id: Id<'flt'>): Promise<boolean> {
  const gone = await db`
    delete from people.saved_filter where who = ${who} and id = ${id} returning id`
  return gone.length === 1
}
