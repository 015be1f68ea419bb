/** API keys: 32 random bytes behind a prefix that tells the mode. Shown once, kept as SHA-256. */
import { createHash } from 'node:crypto'
import { toBase64url } from '@warifu/crypto/base64url'
import type { Id } from '@warifu/protocol/ids'
import type { Db } from '#store'

const PREFIX = 'wk_test_'
const form = /^wk_test_[A-Za-z0-9_-]{43}$/

export type NewApiKey = {
  readonly id: Id<'key'>
  readonly merchant: Id<'mer'>
  /** 32 bytes of chance. */
  readonly secret: Uint8Array
  readonly nowMs: number
}

/** Makes a key; the answer is the only time that it is readable. */
export async function createApiKey(db: Db, key: NewApiKey): Promise<string> {
  if (key.secret.length !== 32) throw new RangeError('an API key has 32 bytes')
  const text = PREFIX + toBase64url(key.secret)
  await db`
    insert into merchants.api_key (id, merchant, digest, prefix, last4, created_ms)
    values (${key.id}, ${key.merchant}, ${digestOf(text)}, ${PREFIX}, ${text.slice(-4)},
            ${key.nowMs})`
  return text
}

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

export type KeyOwner = {
  readonly merchant: Id<'mer'>
  readonly key: Id<'key'>
  readonly livemode: boolean
}

/** Whose key this is; undefined where it is unknown or revoked. */
export async function merchantOf(db: Db, apiKey: string): Promise<KeyOwner | undefined> {
  if (!form.test(apiKey)) return undefined
  const [row] = await db<Omit<KeyOwner, 'livemode'>[]>`
    select merchant, id as key from merchants.api_key
     where digest = ${digestOf(apiKey)} and revoked_ms is null`
  return row && { ...row, livemode: false }
}

/** Which of these keys were not revoked. */
export async function activeKeys(db: Db, keys: readonly Id<'key'>[]): Promise<Id<'key'>[]> {
  if (keys.length === 0) return []
  const rows = await db<{ id: Id<'key'> }[]>`
    select id from merchants.api_key where id = any(${[...keys]}) and revoked_ms is null`
  return rows.map(({ id }) => id)
}

const digestOf = (text: string): Uint8Array => createHash('sha256').update(text).digest()
