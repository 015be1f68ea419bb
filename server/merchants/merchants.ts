/** Merchants, their stores and their API keys. What a cardholder reads of a shop is from here. */
import type { Id } from '@warifu/protocol/ids'
import type { Db } from '#store'

export {
  type ApiKeyRow,
  activeKeys,
  createApiKey,
  type KeyOwner,
  merchantOf,
  type NewApiKey,
  revokeApiKey,
} from './api-key.ts'

export type { EntryDevice } from './entry-device.ts'
export { isOnline } from './entry-device-life.ts'
export { createEstate, type Estate } from './estate.ts'
export {
  type FoundEntryDevice,
  type FoundMerchant,
  findEntryDevices,
  findMerchants,
  foundMerchant,
} from './finding.ts'
export { createKeyKeeping, type KeyKeeping, type MadeKey } from './key-keeping.ts'
export { createApiKeyRing, type KeyRing } from './key-ring.ts'
export { createPacing, type Pacing } from './pacing.ts'
export { type Allow, createRateLimit } from './rate-limit.ts'
export {
  createRequestLog,
  type LoggedRequest,
  listRequests,
  type RequestLog,
  readRequest,
} from './request-log.ts'

export type NewMerchant = {
  readonly id: Id<'mer'>
  readonly name: string
  readonly nowMs: number
}

export async function createMerchant(db: Db, { id, name, nowMs }: NewMerchant): Promise<void> {
  await db`
    insert into merchants.merchant (id, name, created_ms) values (${id}, ${name}, ${nowMs})`
}

export type NewStore = {
  readonly id: Id<'str'>
  readonly merchant: Id<'mer'>
  readonly name: string
  readonly place: string
  /** What kind of shop it is (ISO 18245); 5999 where nobody says. */
  readonly category?: string
  readonly nowMs: number
}

export async function createStore(db: Db, store: NewStore): Promise<void> {
  const { id, merchant, name, place, category = '5999', nowMs } = store
  await db`
    insert into merchants.store (id, merchant, name, place, category, created_ms)
    values (${id}, ${merchant}, ${name}, ${place}, ${category}, ${nowMs})`
}

/** The shop as the registry names it: shown to the person, and signed by them. */
export type Payee = {
  readonly id: Id<'mer'>
  readonly name: string
  readonly store: Id<'str'>
  readonly place: string
}

/**
 * The payee of a payment at this store, at the merchant's first one where none is named; and what
 * kind of shop it is (ISO 18245).
 */
export async function payeeOf(
  db: Db,
  merchant: Id<'mer'>,
  store?: Id<'str'>,
): Promise<(Payee & { readonly category: string }) | undefined> {
  const [row] = await db<(Payee & { readonly category: string })[]>`
    select m.id, m.name, s.id as store, s.place, s.category
      from merchants.merchant m
      join merchants.store s on s.merchant = m.id
     where m.id = ${merchant} and (${store ?? null}::text is null or s.id = ${store ?? null})
     order by s.id limit 1`
  return row
}

export type MerchantRow = { readonly id: Id<'mer'>; readonly name: string }

/** The merchants of this name, oldest first. */
export async function merchantsNamed(db: Db, name: string): Promise<MerchantRow[]> {
  return db<MerchantRow[]>`
    select id, name from merchants.merchant where name = ${name} order by id`
}

export async function merchantName(db: Db, id: Id<'mer'>): Promise<string> {
  const [row] = await db<MerchantRow[]>`select id, name from merchants.merchant where id = ${id}`
  return row?.name ?? id
}

/** The oldest merchant: in a sandbox the seeded one. */
export async function firstMerchant(db: Db): Promise<Id<'mer'> | undefined> {
  const [row] = await db<MerchantRow[]>`
    select id, name from merchants.merchant order by id limit 1`
  return row?.id
}

/** No payment any more: all its keys end at once. */
export async function closeMerchant(db: Db, id: Id<'mer'>, nowMs: number): Promise<void> {
  await db`
    with closed as (
      update merchants.merchant set closed_ms = ${nowMs}
       where id = ${id} and closed_ms is null returning id)
    update merchants.api_key set revoked_ms = ${nowMs}
     where merchant in (select id from closed) and revoked_ms is null`
}
