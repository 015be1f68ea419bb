/** Merchants, stores and entry devices as the platform's people look for them. */
import type { Id } from '@warifu/protocol/ids'
import type { EntryDeviceStatus } from '@warifu/protocol/moves'
import type { Db } from '#store'

type Page = { readonly limit: number; readonly before: string | undefined }

export type FoundStore = {
  readonly id: Id<'str'>
  readonly name: string
  readonly place: string
  readonly category: string
}
export type FoundMerchant = {
  readonly id: Id<'mer'>
  readonly name: string
  readonly createdMs: bigint
  readonly closedMs: bigint | null
  readonly stores: readonly FoundStore[]
}

const merchants = (db: Db) => db`
  select m.id, m.name, m.created_ms as "createdMs", m.closed_ms as "closedMs",
         (select coalesce(jsonb_agg(jsonb_build_object('id', s.id, 'name', s.name,
                   'place', s.place, 'category', s.category) order by s.id), '[]')
            from merchants.store s where s.merchant = m.id) as stores
    from merchants.merchant m`

/** Newest first; `name` is the beginning of the name, in any case. */
export const findMerchants = (db: Db, name: string | undefined, { limit, before }: Page) =>
  db<FoundMerchant[]>`
    ${merchants(db)}
     where m.id < ${before ?? '~'}
       and (${name ?? null}::text is null or starts_with(lower(m.name), lower(${name ?? ''})))
     order by m.id desc limit ${limit}`

export async function foundMerchant(db: Db, id: Id<'mer'>): Promise<FoundMerchant | undefined> {
  const [row] = await db<FoundMerchant[]>`${merchants(db)} where m.id = ${id}`
  return row
}

export type FoundEntryDevice = {
  readonly id: Id<'edv'>
  readonly status: EntryDeviceStatus
  readonly merchant: Id<'mer'>
  readonly label: string
  readonly createdMs: bigint
  readonly seenMs: bigint | null
}
type Sought = { readonly owner?: string | undefined; readonly status?: string | undefined }

export const findEntryDevices = (db: Db, { owner, status }: Sought, { limit, before }: Page) =>
  db<FoundEntryDevice[]>`
    select id, status, merchant, name as label, created_ms as "createdMs",
           last_seen_ms as "seenMs"
      from merchants.entry_device
     where id < ${before ?? '~'}
       and (${owner ?? null}::text is null or merchant = ${owner ?? null})
       and (${status ?? null}::text is null or status = ${status ?? null})
     order by id desc limit ${limit}`
