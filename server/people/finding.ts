/** Cardholders, and who works here, as the platform's people look for them. */
import type { Id } from '@warifu/protocol/ids'
import type { OperatorRole } from '@warifu/protocol/operator-objects'
import type { Db } from '#store'

type Page = { readonly limit: number; readonly before: string | undefined }

export type FoundCardholder = {
  readonly id: Id<'chl'>
  readonly name: string
  readonly createdMs: bigint
}

/** Newest first; `name` is the beginning of the name, in any case. */
export const findCardholders = (db: Db, name: string | undefined, { limit, before }: Page) =>
  db<FoundCardholder[]>`
    select id, name, created_ms as "createdMs" from people.cardholder
     where id < ${before ?? '~'}
       and (${name ?? null}::text is null or starts_with(lower(name), lower(${name ?? ''})))
     order by id desc limit ${limit}`

/** The names of these. */
export async function namesOf(
  db: Db,
  ids: readonly Id<'chl'>[],
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await db<FoundCardholder[]>`
    select id, name, created_ms as "createdMs" from people.cardholder
     where id = any(${[...new Set(ids)]})`
  return new Map(rows.map(({ id, name }) => [id, name]))
}

export type FoundOperator = {
  readonly id: Id<'opr'>
  readonly name: string
  readonly roles: readonly OperatorRole[]
  readonly createdMs: bigint
  readonly endedMs: bigint | null
  readonly passkeys: number
  readonly seenMs: bigint | null
}

/** Newest first. */
type OperatorPage = Page & { readonly id?: Id<'opr'> }
export const findOperators = (db: Db, { limit, before, id }: OperatorPage) => db<FoundOperator[]>`
  select o.id, o.name, o.roles, o.created_ms as "createdMs", o.ended_ms as "endedMs",
         (select count(*)::int from people.console_passkey k where k.who = o.id) as passkeys,
         (select max(s.seen_ms) from people.console_session s where s.who = o.id) as "seenMs"
    from people.operator o
   where o.id < ${before ?? '~'} and (${id ?? null}::text is null or o.id = ${id ?? null})
   order by o.id desc limit ${limit}`
