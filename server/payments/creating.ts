/** A merchant asks for a payment: one statement claims the key and opens the row and its link. */
import { createHash } from 'node:crypto'
import { toBase64url } from '@warifu/crypto/base64url'
import { jcsBytes } from '@warifu/crypto/jcs'
import { type Answer, done, refused } from '@warifu/protocol/errors'
import { type Id, LANES, laneOf } from '@warifu/protocol/ids'
import type { OrderLine } from '@warifu/protocol/sealed'
import { payeeOf } from '#merchants'
import { asked } from './hops.ts'
import { type At, instantOf, type PaymentNeeds } from './needs.ts'
import type { PaymentRow } from './row.ts'

export type NewPayment = {
  readonly merchant: Id<'mer'>
  readonly key: string
  readonly digest: Uint8Array
  readonly amount: number
  readonly currency: string
  readonly store?: Id<'str'>
  readonly merchantReference?: string
  readonly lines: readonly OrderLine[]
  readonly captureMethod: 'automatic' | 'manual'
  readonly expiresInS: number
  readonly returnUrl?: string
  readonly metadata: Readonly<Record<string, string>>
}

/** The digest that the approval carries: SHA-256(JCS(lines)), base64url. */
export const orderDigest = (lines: readonly OrderLine[]): string =>
  toBase64url(createHash('sha256').update(jcsBytes(lines)).digest())

/** The secret of a payment's link. Derived, so that no database holds it. */
export const linkSecret = (needs: PaymentNeeds, payment: Id<'pay'>): Uint8Array =>
  needs.derive('link/1', payment)

/** Where the directory keeps a link: the hash of its secret, in the hash's own lane. */
export function linkPlace(secret: Uint8Array): { hash: Buffer; lane: number } {
  const hash = createHash('sha256').update(secret).digest()
  return { hash, lane: (hash[0] ?? 0) % LANES }
}

export async function createPayment(
  needs: PaymentNeeds,
  ask: NewPayment,
  { requestId, nowMs }: At,
): Promise<Answer<PaymentRow>> {
  const payee = await payeeOf(needs.store.sql, ask.merchant, ask.store)
  if (!payee) return refused('not_found', 'store')
  const lane = laneOf(ask.merchant)
  const id = needs.mint('pay', lane)
  const row = {
    lane,
    id,
    merchant: ask.merchant,
    store: payee.store,
    payee: { name: payee.name, place: payee.place },
    category: payee.category,
    merchant_reference: ask.merchantReference ?? null,
    amount: ask.amount,
    currency: ask.currency,
    lines: ask.lines,
    order_digest: orderDigest(ask.lines),
    presentment: 'wallet',
    capture_method: ask.captureMethod,
    return_url: ask.returnUrl ?? null,
    metadata: ask.metadata,
    status: 'requires_action',
    captured: 0,
    refunded: 0,
    version: 1,
    created_ms: nowMs,
    deadline_ms: nowMs + ask.expiresInS * 1000,
  }
  const link = linkPlace(linkSecret(needs, id))
  const { sql } = needs.store
  const [reply] = await sql<{ code: string; answer: PaymentRow }[]>`
    select code, answer from payments.open(
      ${sql.json(row)}, ${link.hash}, ${link.lane}::smallint, ${ask.key}, ${ask.digest},
      ${needs.mint('evt', lane)},
      (${requestId}, 'createPayment', ${sql.json(asked(instantOf(nowMs)))})::payments.entry,
      ${nowMs})`
  if (!reply) throw new Error('payments.open answered nothing')
  return reply.code === 'idempotency_key_reused'
    ? refused('idempotency_key_reused')
    : done(reply.answer)
}
