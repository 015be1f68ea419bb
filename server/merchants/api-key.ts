/**
 * API keys: 32 random bytes behind a prefix that tells what it is and the mode. Shown once, kept as
 * SHA-256. A restricted key (`wr_`) may do what its scopes name, and gives none that it has not.
 */
import { createHash } from 'node:crypto'
import { toBase64url } from '@warifu/crypto/base64url'
import type { Scope } from '@warifu/protocol/api-key-contract'
import type { Id } from '@warifu/protocol/ids'
import type { Db } from '#store'

const form = /^w[kr]_test_[A-Za-z0-9_-]{43}$/
const prefixOf = (scopes: NewApiKey['scopes']) => (scopes == null ? 'wk_test_' : 'wr_test_')

export type NewApiKey = {
  readonly id: Id<'key'>
  readonly merchant: Id<'mer'>
  /** 32 bytes of chance. */
  readonly secret: Uint8Array
  readonly name?: string
  /** None named: everything. */
  readonly scopes?: readonly Scope[] | null
  readonly expiresMs?: number | null
  readonly perSecond?: number | null
  readonly nowMs: number
}

/** Makes a key; the answer is the only time that it is readable. */
export async function createApiKey(db: Db, key: NewApiKey): Promise<string> {
  if (key.secret.length !== 32) throw new RangeError('an API key has 32 bytes')
  const { id, merchant, name = '', scopes = null, expiresMs = null, perSecond = null } = key
  const prefix = prefixOf(scopes)
  const text = prefix + toBase64url(key.secret)
  await db`
    insert into merchants.api_key
      (id, merchant, digest, prefix, last4, name, scopes, expires_ms, requests_per_second,
       created_ms)
    values (${id}, ${merchant}, ${digestOf(text)}, ${prefix}, ${text.slice(-4)}, ${name},
            ${scopes === null ? null : [...scopes]}, ${expiresMs}, ${perSecond}, ${key.nowMs})`
  return text
}

export type ApiKeyRow = {
  readonly id: Id<'key'>
  readonly name: string
  readonly prefix: string
  readonly last4: string
  readonly scopes: Scope[] | null
  readonly perSecond: number | null
  readonly expiresMs: bigint | null
  readonly revokedMs: bigint | null
  readonly createdMs: bigint
}

const columns = (db: Db) => db`
  id, name, prefix, last4, scopes, requests_per_second as "perSecond", expires_ms as "expiresMs",
  revoked_ms as "revokedMs", created_ms as "createdMs"`

type Owned = { readonly merchant: Id<'mer'>; readonly id: Id<'key'> }

export async function readApiKey(db: Db, { merchant, id }: Owned): Promise<ApiKeyRow | undefined> {
  const [row] = await db<ApiKeyRow[]>`
    select ${columns(db)} from merchants.api_key where id = ${id} and merchant = ${merchant}`
  return row
}

type Page = { readonly limit: number; readonly before: string | undefined }

/** Newest first. */
export const listApiKeys = (db: Db, merchant: Id<'mer'>, { limit, before }: Page) =>
  db<ApiKeyRow[]>`
    select ${columns(db)} from merchants.api_key
     where merchant = ${merchant} and (${before ?? null}::text is null or id < ${before ?? null})
     order by id desc limit ${limit}`

/** From now on nobody comes in by this key. */
export async function revokeApiKey(
  db: Db,
  key: Pick<NewApiKey, 'id' | 'merchant' | 'nowMs'>,
): Promise<boolean> {
  const [row] = await db`
    update merchants.api_key set revoked_ms = ${key.nowMs}
     where id = ${key.id} and merchant = ${key.merchant} and revoked_ms is null returning id`
  return row !== undefined
}

/** Ends a key at an instant, or earlier where it ends earlier anyway. */
export async function endApiKey(db: Db, key: Owned & { readonly atMs: number }): Promise<void> {
  await db`
    update merchants.api_key set expires_ms = least(expires_ms, ${key.atMs})
     where id = ${key.id} and merchant = ${key.merchant}`
}

export type KeyOwner = {
  readonly merchant: Id<'mer'>
  readonly key: Id<'key'>
  readonly livemode: boolean
  /** Null: everything. */
  readonly scopes: readonly Scope[] | null
  readonly perSecond: number | null
  readonly expiresMs: number | null
}

type OwnerRow = Omit<KeyOwner, 'livemode' | 'expiresMs'> & { readonly expiresMs: bigint | null }

/** Whose key this is; undefined where it is unknown or revoked. */
export async function merchantOf(db: Db, apiKey: string): Promise<KeyOwner | undefined> {
  if (!form.test(apiKey)) return undefined
  const [row] = await db<OwnerRow[]>`
    select merchant, id as key, scopes, requests_per_second as "perSecond",
           expires_ms as "expiresMs"
      from merchants.api_key where digest = ${digestOf(apiKey)} and revoked_ms is null`
  if (row === undefined) return undefined
  return { ...row, livemode: false, expiresMs: orNull(row.expiresMs) }
}

const orNull = (ms: bigint | null) => (ms === null ? null : Number(ms))

/** Which of these keys may still be used. */
export async function activeKeys(
  db: Db,
  keys: readonly Id<'key'>[],
  nowMs: number,
): Promise<Id<'key'>[]> {
  if (keys.length === 0) return []
  const rows = await db<{ id: Id<'key'> }[]>`
    select id from merchants.api_key
     where id = any(${[...keys]}) and revoked_ms is null
       and (expires_ms is null or expires_ms > ${nowMs})`
  return rows.map(({ id }) => id)
}

const digestOf = (text: string): Uint8Array => createHash('sha256').update(text).digest()
