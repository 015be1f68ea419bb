/**
 * The keys that a card is sealed to when it pays (4-crypto (c)): one of the house for everybody,
 * and one per cardholder and epoch whose private half is wrapped under the cardholder's key.
 *
 * Terminals get the public half as a JWS (RFC 7515, ES256) by the vault's vouching key. A new epoch
 * leaves the one before in use, and destroys what came before that.
 */
import { createPrivateKey } from 'node:crypto'
import { unwrapKey, wrapKey } from '@warifu/crypto/aes-key-wrap'
import { toBase64url } from '@warifu/crypto/base64url'
import type { HpkeKeyPair } from '@warifu/crypto/hpke'
import { jcsBytes } from '@warifu/crypto/jcs'
import { jwkOfPoint } from '@warifu/crypto/jwk-thumbprint'
import { KEY_TYPE, type SignedKey } from '@warifu/protocol/delivery'
import { type CardholderKey, type Hierarchy, receiveWith } from './hierarchy.ts'
import { createKeyCache, type KeyCache } from './key-cache.ts'
import { thumbprintCheckValue, thumbprintOf } from './public-key.ts'
import type { PayKey } from './schemes/pay-message.ts'
import type { Sql } from './store.ts'
import type { World } from './world.ts'

const DAY_MS = 24 * 60 * 60 * 1000
export const PAYMENT_KEY_LIFE_MS = 365 * DAY_MS
const CACHED_PAIRS = 20_000

/** Imported pairs by thumbprint: whether one may still be used is read fresh, each time. */
export const createPairCache = (): KeyCache<HpkeKeyPair> =>
  createKeyCache<HpkeKeyPair>(CACHED_PAIRS)

/** The house's own key. */
export function housePayKey({ hierarchy }: Pick<World, 'hierarchy'>): PayKey {
  const kid = thumbprintOf(hierarchy.sealedTo('payment'))
  const epoch = hierarchy.version('payment')
  return { kid, epoch, receive: (letter) => hierarchy.receive('payment', letter) }
}

export const nameOf = ({ kid }: PayKey) => ({ kid, check_value: thumbprintCheckValue(kid) })

type Lifetime = { readonly createdMs: number; readonly expiresMs: number }

/** The house's key, signed for a year from now. */
export const signHouseKey = (hierarchy: Hierarchy, nowMs: number): string =>
  signKey(hierarchy, {
    key: hierarchy.sealedTo('payment'),
    cardholder: null,
    epoch: hierarchy.version('payment'),
    createdMs: nowMs,
    expiresMs: nowMs + PAYMENT_KEY_LIFE_MS,
  })

type Signing = Pick<SignedKey, 'key' | 'cardholder' | 'epoch'> & Lifetime

function signKey({ vouch, vouchingKey }: Hierarchy, signing: Signing): string {
  const { key, cardholder, epoch, createdMs, expiresMs } = signing
  const header = { alg: 'ES256', kid: thumbprintOf(vouchingKey), typ: KEY_TYPE }
  const payload: SignedKey = {
    v: 1,
    use: 'card-pay',
    kid: thumbprintOf(key),
    key,
    cardholder,
    epoch,
    created: new Date(createdMs).toISOString(),
    exp: new Date(expiresMs).toISOString(),
  }
  const signed = [header, payload].map((part) => toBase64url(jcsBytes(part))).join('.')
  return `${signed}.${toBase64url(vouch(Buffer.from(signed)))}`
}

/** A cardholder's pair, as its row holds it. */
export type UserKey = {
  readonly kid: string
  readonly cardholder: `chl_${string}`
  readonly epoch: number
  readonly point: Uint8Array
  readonly wrapped: Uint8Array
  readonly created_at_ms: string
  readonly expires_at_ms: string
}

/** The pairs of these cardholders that may still be used: the newest, and the one before. */
export async function readUserKeys(
  sql: Sql,
  cardholders: readonly string[],
): Promise<ReadonlyMap<string, UserKey>> {
  const rows = await sql<UserKey[]>`
    select kid, cardholder, epoch, point, wrapped, created_at_ms, expires_at_ms from keys.payment
     where cardholder = any(${[...new Set(cardholders)]}) and state <> 'destroyed'`
  return new Map(rows.map((row) => [row.kid, row]))
}

export function userPayKey(
  { hierarchy, userPairs }: Pick<World, 'hierarchy' | 'userPairs'>,
  row: UserKey,
  owner: CardholderKey,
): PayKey {
  const { kid, epoch } = row
  const pair = userPairs.get(kid, () => importPair(row, hierarchy.cardholderKey(owner)))
  return { kid, epoch, receive: (letter) => receiveWith(pair, letter) }
}

function importPair({ point, wrapped }: UserKey, kek: ReturnType<Hierarchy['cardholderKey']>) {
  const scalar = unwrapKey(kek, wrapped)
  const jwk = { ...jwkOfPoint(point), d: toBase64url(scalar) }
  scalar.fill(0)
  return { privateKey: createPrivateKey({ key: jwk, format: 'jwk' }), publicBytes: point }
}

export type Owner = { readonly cardholder: `chl_${string}`; readonly key: CardholderKey }

/** The cardholder's key, signed; where half of its life is over, the next epoch begins. */
export async function signUserKey(
  world: World,
  sql: Sql,
  { owner, nowMs }: { readonly owner: Owner; readonly nowMs: number },
): Promise<string> {
  const newest = await readNewest(sql, owner.cardholder)
  const isFresh = newest !== undefined && Number(newest.expires_at_ms) - nowMs > halfLife
  const row = isFresh ? newest : await makeNext(world, sql, { owner, nowMs, newest })
  const { cardholder, epoch } = row
  const [createdMs, expiresMs] = [Number(row.created_at_ms), Number(row.expires_at_ms)]
  const key = jwkOfPoint(row.point)
  return signKey(world.hierarchy, { key, cardholder, epoch, createdMs, expiresMs })
}

const halfLife = PAYMENT_KEY_LIFE_MS / 2

async function readNewest(sql: Sql, cardholder: string): Promise<UserKey | undefined> {
  const [row] = await sql<UserKey[]>`
    select kid, cardholder, epoch, point, wrapped, created_at_ms, expires_at_ms from keys.payment
     where cardholder = ${cardholder} and state = 'active'`
  return row
}

type Making = {
  readonly owner: Owner
  readonly nowMs: number
  readonly newest: UserKey | undefined
}

/** Of two who want the next epoch, one makes it, and both get it. */
async function makeNext(
  { hierarchy, chance }: World,
  sql: Sql,
  { owner, nowMs, newest }: Making,
): Promise<UserKey> {
  const { privateKey, publicBytes: point } = chance.keyPair()
  const { d = '' } = privateKey.export({ format: 'jwk' })
  const scalar = Buffer.from(d, 'base64url')
  const wrapped = wrapKey(hierarchy.cardholderKey(owner.key), scalar)
  scalar.fill(0)
  const kid = thumbprintOf(jwkOfPoint(point))
  const { cardholder } = owner
  const before = newest?.epoch ?? 0
  await sql`
    update keys.payment set state = 'destroyed', wrapped = ''
     where cardholder = ${cardholder} and state = 'deactivated' and epoch < ${before}`
  await sql`
    update keys.payment set state = 'deactivated'
     where cardholder = ${cardholder} and state = 'active' and epoch <= ${before}`
  await sql`
    insert into keys.payment
      (kid, cardholder, epoch, state, point, wrapped, wrapped_by, created_at_ms, expires_at_ms)
    values (${kid}, ${cardholder}, ${before + 1}, 'active', ${point}, ${wrapped},
            ${owner.key.kid}, ${nowMs}, ${nowMs + PAYMENT_KEY_LIFE_MS})
    on conflict do nothing`
  const row = await readNewest(sql, cardholder)
  if (row === undefined) throw new Error('a payment key that was not kept')
  return row
}
