/**
 * Acts that wait for a second person, as a list: what waits, what was agreed to, what was refused.
 * To agree is to ask for the very same as somebody else (second.ts); here is how to read it.
 */

import type { Id } from '@warifu/protocol/ids'
import type { ActKind } from '@warifu/protocol/operator-objects'
import type { Db } from '#store'
import type { Act } from './second.ts'

export type ActStatus = 'waiting' | 'approved' | 'refused' | 'expired'
export type ActRow = {
  readonly id: Id<'req'>
  readonly act: ActKind
  readonly subject: string
  readonly content: Act['content']
  readonly digest: Uint8Array
  readonly status: ActStatus
  readonly by: Id<'opr'>
  readonly byName: string
  readonly askedMs: bigint
  readonly deadlineMs: bigint
  readonly endedBy: Id<'opr'> | null
  readonly endedByName: string | null
  readonly endedMs: bigint | null
}

const rows = (db: Db, nowMs: number) => db`
  select s.id, s.act, s.subject, s.content, s.digest, s.by, b.name as "byName",
         s.asked_ms as "askedMs", s.deadline_ms as "deadlineMs", e.id as "endedBy",
         e.name as "endedByName", coalesce(s.approved_ms, s.refused_ms) as "endedMs",
         case when s.approved_by is not null then 'approved'
              when s.refused_by is not null then 'refused'
              when s.deadline_ms <= ${nowMs} then 'expired' else 'waiting' end as status
    from people.second s
    join people.operator b on b.id = s.by
    left join people.operator e on e.id = coalesce(s.approved_by, s.refused_by)`

export type ActPage = {
  readonly limit: number
  readonly before: string | undefined
  readonly status?: ActStatus | undefined
  readonly act?: ActKind | undefined
}

/** Newest first. */
export const listActs = (db: Db, { limit, before, status, act }: ActPage, nowMs: number) =>
  db<ActRow[]>`
    select * from (${rows(db, nowMs)}) a
     where (${before ?? null}::text is null or id < ${before ?? null})
       and (${status ?? null}::text is null or status = ${status ?? null})
       and (${act ?? null}::text is null or act = ${act ?? null})
     order by id desc limit ${limit}`

export async function readAct(db: Db, id: Id<'req'>, nowMs: number): Promise<ActRow | undefined> {
  const [row] = await db<ActRow[]>`select * from (${rows(db, nowMs)}) a where id = ${id}`
  return row
}

/** No to an act that waits; false where it was answered already. */
export async function refuseAct(
  db: Db,
  { id, by }: { readonly id: Id<'req'>; readonly by: Id<'opr'> },
  nowMs: number,
): Promise<boolean> {
  const [row] = await db`
    update people.second set refused_by = ${by}, refused_ms = ${nowMs}
     where id = ${id} and approved_by is null and refused_by is null and deadline_ms > ${nowMs}
    returning id`
  return row !== undefined
}
