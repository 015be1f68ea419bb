/** A merchant asks for a payment: one statement claims the key and opens the row and its link. */
import { createHash, hash } from 'node:crypto'
import { fromBase64url } from '@warifu/crypto/base64url'
import { jcsBytes } from '@warifu/crypto/jcs'
import type { Extent } from '@warifu/protocol/approval-content'
import { type Answer, done, refused } from '@warifu/protocol/errors'
import { type Id, LANES, laneOf, mintId } from '@warifu/protocol/ids'
import type { PresentmentAsked } from '@warifu/protocol/merchant-objects'
import { bytesOfPayCode } from '@warifu/protocol/pay-code'
import type { OrderLine } from '@warifu/protocol/sealed'
import { payeeOf } from '#merchants'
import { readPhone } from '#people'
import { firstStep } from '#presentment'
import { asked } from './merchant-hops.ts'
import { type At, instantOf, type PaymentNeeds } from './needs.ts'
import { newNumber } from './numbers.ts'
import type { Claim } from './reaching.ts'
import { type Given, givenBy, redeem } from './redeeming.ts'
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
  readonly extent: Extent
  readonly expiresInS: number
  readonly returnUrl?: string
  readonly metadata: Readonly<Record<string, string>>
}

/** The digest that the approval carries: SHA-256(JCS(lines)), base64url. */
export const orderDigest = (lines: readonly OrderLine[]): string =>
  lines.length === 0 ? noLines : digestOf(lines)
const digestOf = (lines: readonly OrderLine[]) => hash('sha256', jcsBytes(lines), 'base64url')
const noLines = digestOf([])

/** The secret of a payment's link. Derived, so that no database holds it. */
export const linkSecret = (needs: PaymentNeeds, payment: Id<'pay'>): Uint8Array =>
  needs.derive('link/1', payment)

/** Where the directory keeps a link: the hash of its secret, in the hash's own lane. */
export function linkPlace(secret: Uint8Array): { hash: Buffer; lane: number } {
  const hash = createHash('sha256').update(secret).digest()
  return { hash, lane: (hash[0] ?? 0) % LANES }
}

/** Ways of a payment that is not decided in its own request. */
export type Waited = Exclude<PresentmentAsked, { readonly kind: 'token' | 'entry_device' | 'moto' }>

/** By what somebody is to be found; null where a link is to be opened. */
function claimOf({ directory }: PaymentNeeds, shown: Waited): Answer<Claim | null> {
  if (shown.kind === 'wallet') return done(null)
  if (shown.kind === 'code') {
    const bytes = bytesOfPayCode(shown.code)
    if (bytes === undefined)
      return refused('field_invalid', 'presentment.code', 'check digits that fit expected')
    return done({ kind: 'code', code: directory.hashOfCode(bytes).toString('hex') })
  }
  if (shown.kind === 'beacon')
    return done({ kind: 'beacon', code: Buffer.from(fromBase64url(shown.code)).toString('hex') })
  const e164 = readPhone(shown.phone)
  if (e164 === undefined)
    return refused('field_invalid', 'presentment.phone', 'a telephone number, E.164, expected')
  return done({ kind: 'phone', number: Buffer.from(directory.hashOf(e164)).toString('hex') })
}

/** Asking for people by number is limited, so that nobody can go through numbers. */
async function mayAsk(
  { store: { sql }, asksPerMinute }: PaymentNeeds,
  claim: Claim | null,
  { merchant, nowMs }: { readonly merchant: Id<'mer'>; readonly nowMs: number },
): Promise<boolean> {
  if (claim?.kind !== 'phone') return true
  const since = mintId({
    prefix: 'pay',
    lane: 0,
    nowMs: nowMs - 60_000,
    chance: new Uint8Array(14),
  })
  const [row] = await sql<{ n: number }[]>`
    select count(*)::int as n from payments.payment
     where merchant = ${merchant} and id > ${since} and presentment = any(${['phone', 'reader']})`
  return (row?.n ?? 0) < asksPerMinute
}

export async function createPayment(
  needs: PaymentNeeds,
  ask: NewPayment,
  shown: Waited,
  at: At,
): Promise<Answer<PaymentRow>> {
  const payee = await payeeOf(needs.store.sql, ask.merchant, ask.store)
  if (!payee) return refused('not_found', 'store')
  const claim = claimOf(needs, shown)
  if (!claim.ok) return claim
  const { merchant } = ask
  if (!(await mayAsk(needs, claim.value, { merchant, nowMs: at.nowMs })))
    return refused('too_many_requests')
  const { amount, currency } = ask
  const given = await givenBy(needs, shown, { amount, currency, nowMs: at.nowMs })
  const row = rowOf(needs, { ask, payee, shown, nowMs: at.nowMs })
  return enter(needs, row, { ask, claim: claim.value, given, at })
}

type Making = {
  readonly ask: NewPayment
  readonly payee: NonNullable<Awaited<ReturnType<typeof payeeOf>>>
  readonly shown: Waited
  readonly nowMs: number
}

function rowOf(needs: PaymentNeeds, { ask, payee, shown, nowMs }: Making) {
  const lane = laneOf(ask.merchant)
  const untilMs = nowMs + ask.expiresInS * 1000
  const step = firstStep(shown.kind, { nowMs, untilMs, seconds: needs.stepSeconds })
  const id = needs.mint('pay', lane)
  return {
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
    presentment: shown.kind,
    extent: ask.extent,
    match_number: newNumber(needs, shown.kind),
    program: shown.kind === 'reader' ? (shown.program ?? null) : null,
    action: step.kind,
    action_by: step.by,
    action_deadline_ms: step.deadlineMs,
    capture_method: ask.captureMethod,
    return_url: ask.returnUrl ?? null,
    metadata: ask.metadata,
    status: 'requires_action',
    captured: 0,
    refunded: 0,
    version: 1,
    created_ms: nowMs,
    deadline_ms: untilMs,
  }
}

type Entering = {
  readonly ask: NewPayment
  readonly claim: Claim | null
  /** A yes that came with a code. */
  readonly given: Given | undefined
  readonly at: At
}

async function enter(
  needs: PaymentNeeds,
  row: ReturnType<typeof rowOf>,
  entering: Entering,
): Promise<Answer<PaymentRow>> {
  const { ask, claim, given, at } = entering
  const { key, digest } = ask
  const { code, answer } =
    given === undefined || claim === null
      ? await open(needs, row, entering)
      : await redeem(needs, { row, claim, key, digest, given, at })
  return code === 'idempotency_key_reused' ? refused('idempotency_key_reused') : done(answer)
}

async function open(
  needs: PaymentNeeds,
  row: ReturnType<typeof rowOf>,
  { ask, claim, at: { requestId, nowMs } }: Entering,
): Promise<{ code: string; answer: PaymentRow }> {
  const { lane, id } = row
  const link = linkPlace(linkSecret(needs, id))
  const { sql } = needs.store
  const hops = asked(instantOf(nowMs), row.presentment)
  const [reply] = await sql<{ code: string; answer: PaymentRow }[]>`
    select code, answer from payments.open(
      ${sql.json(row)}, ${link.hash}, ${link.lane}::smallint,
      ${claim === null ? null : sql.json(claim)}, ${ask.key}, ${ask.digest},
      ${needs.mint('evt', lane)},
      (${requestId}, 'createPayment', ${sql.json(hops)})::payments.entry,
      ${nowMs})`
  if (!reply) throw new Error('payments.open answered nothing')
  return reply
}
