/** A merchant's webhook endpoints: rows, and what the merchant does with them. */

import type { EventType } from '@warifu/protocol/event-types'
import type { Id } from '@warifu/protocol/ids'
import type { Db, Tx } from '#store'
import { append } from './outbox.ts'

export type Endpoint = {
  readonly id: Id<'whe'>
  readonly merchant: Id<'mer'>
  readonly url: string
  readonly description: string
  /** Which events it hears of; none named: all. */
  readonly types: readonly EventType[]
  readonly enabled: boolean
  readonly disabledBecause: 'by_merchant' | 'failing' | 'gone' | null
  readonly secret: Uint8Array
  readonly oldSecret: Uint8Array | null
  readonly oldSecretEndsMs: bigint | null
  readonly failingSinceMs: bigint | null
  readonly version: number
  readonly metadata: Record<string, string>
  readonly createdMs: bigint
}

const columns = (db: Db) => db`
  id, merchant, url, description, types, enabled, disabled_because as "disabledBecause", secret,
  old_secret as "oldSecret", old_secret_ends_ms as "oldSecretEndsMs",
  failing_since_ms as "failingSinceMs", version, metadata, created_ms as "createdMs"`

export type Owned = { readonly merchant: Id<'mer'>; readonly endpoint: Id<'whe'> }

export async function readEndpoint(db: Db, owned: Owned): Promise<Endpoint | undefined> {
  const [row] = await db<Endpoint[]>`
    select ${columns(db)} from events.endpoint
     where id = ${owned.endpoint} and merchant = ${owned.merchant} and deleted_ms is null`
  return row
}

type Page = { readonly limit: number; readonly before: string | undefined }

export const listEndpoints = (db: Db, merchant: Id<'mer'>, { limit, before }: Page) =>
  db<Endpoint[]>`
    select ${columns(db)} from events.endpoint
     where merchant = ${merchant} and deleted_ms is null
       and (${before ?? null}::text is null or id < ${before ?? null})
     order by id desc limit ${limit}`

export type NewEndpoint = Pick<Endpoint, 'id' | 'merchant' | 'url' | 'description' | 'types'> & {
  readonly sealed: Uint8Array
  readonly metadata: Readonly<Record<string, string>>
  readonly nowMs: number
}

export async function insertEndpoint(db: Db, made: NewEndpoint): Promise<void> {
  await db`
    insert into events.endpoint
      (id, merchant, url, description, types, secret, metadata, since_ms, created_ms)
    values (${made.id}, ${made.merchant}, ${made.url}, ${made.description},
            ${[...made.types]}::text[], ${made.sealed}, ${db.json({ ...made.metadata })},
            ${made.nowMs}, ${made.nowMs})`
}

export type EndpointChange = {
  readonly url?: string
  readonly description?: string
  readonly types?: readonly EventType[]
  readonly enabled?: boolean
  readonly metadata?: Readonly<Record<string, string>>
}

/** Enabling it again begins with a clean slate, and with what happens from then on. */
export async function changeEndpoint(
  db: Db,
  { merchant, endpoint }: Owned,
  { nowMs, ...change }: EndpointChange & { readonly nowMs: number },
): Promise<boolean> {
  const { url, description, types, enabled, metadata } = change
  const [row] = await db`
    update events.endpoint
       set url = ${url ?? db`url`}, description = ${description ?? db`description`},
           types = ${types === undefined ? db`types` : db`${[...types]}::text[]`},
           metadata = ${metadata === undefined ? db`metadata` : db.json({ ...metadata })},
           enabled = ${enabled ?? db`enabled`},
           disabled_because = ${
             enabled === undefined ? db`disabled_because` : enabled ? null : 'by_merchant'
           },
           failing_since_ms = ${enabled === true ? null : db`failing_since_ms`},
           since_ms = case when ${enabled === true} and not enabled then ${nowMs} else since_ms end,
           version = version + 1
     where id = ${endpoint} and merchant = ${merchant} and deleted_ms is null
    returning id`
  return row !== undefined
}

/** Nothing is delivered there again; its log stays. */
export async function deleteEndpoint(db: Db, owned: Owned, nowMs: number): Promise<boolean> {
  const [row] = await db`
    update events.endpoint set deleted_ms = ${nowMs}
     where id = ${owned.endpoint} and merchant = ${owned.merchant} and deleted_ms is null
    returning id`
  return row !== undefined
}

type Rotation = { readonly sealed: Uint8Array; readonly oldEndsMs: number }

/** The old secret signs beside the new one until its end. */
export async function rotateSecret(
  db: Db,
  { merchant, endpoint }: Owned,
  { sealed, oldEndsMs }: Rotation,
): Promise<boolean> {
  const [row] = await db`
    update events.endpoint
       set old_secret = secret, old_secret_ends_ms = ${oldEndsMs}, secret = ${sealed},
           version = version + 1
     where id = ${endpoint} and merchant = ${merchant} and deleted_ms is null
    returning id`
  return row !== undefined
}

type Disabling = {
  readonly endpoint: Id<'whe'>
  readonly because: 'failing' | 'gone'
  readonly event: Id<'evt'>
  readonly nowMs: number
}

/** Gives an endpoint up, and tells its merchant on every other way. */
export async function disable(tx: Tx, { endpoint, because, event, nowMs }: Disabling) {
  const [row] = await tx<{ merchant: Id<'mer'>; version: number; url: string }[]>`
    update events.endpoint
       set enabled = false, disabled_because = ${because}, version = version + 1
     where id = ${endpoint} and enabled
    returning merchant, version, url`
  if (row === undefined) return
  const { merchant, version: sequence, url } = row
  const told = { id: event, audience: merchant, subject: endpoint, sequence } as const
  const type = 'webhook_endpoint.disabled'
  await append(tx, [{ ...told, type, data: { reason: because, url } }], nowMs)
}
