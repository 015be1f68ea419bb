/**
 * A fix is written down before it is carried out, and carried out under a key that is made of what
 * it acts on: whoever dies in between asks again and nothing moves twice, and two reconciliations
 * that found the same thing give it back once. What has changed since it was found is left alone.
 */
import { createHash } from 'node:crypto'
import { type Answer, done, refused } from '@warifu/protocol/errors'
import { type Id, isId, laneOf } from '@warifu/protocol/ids'
import type { Fix } from '@warifu/protocol/reconciliation-objects'
import type { Payments } from '#payments'
import type { Store } from '#store'
import { type Act, fixesOf } from './judging.ts'
import { type DifferenceRow, readDifference } from './reconciliation.ts'
import type { Sales } from './sales.ts'

export type FixingNeeds = {
  readonly store: Store
  readonly payments: Pick<Payments, 'refund' | 'capture' | 'cancel' | 'paymentOf'>
  readonly sales: Sales
}
type At = { readonly requestId: Id<'req'>; readonly nowMs: number }
export type Fixing = At & {
  readonly merchant: Id<'mer'>
  readonly id: Id<'dif'>
  /** Undefined: what was suggested. */
  readonly fix: Fix | undefined
}
export type Dismissing = Omit<Fixing, 'fix' | 'requestId'> & { readonly because: string }

const moneyFixes: ReadonlySet<Fix> = new Set(['refund', 'cancel', 'capture'])
const closedBy = (fix: Fix) => (fix === 'await_settlement' ? 'waiting' : 'fixed')

/** Carries a fix out, once. */
export async function fixDifference(
  needs: FixingNeeds,
  asked: Fixing,
): Promise<Answer<DifferenceRow>> {
  const begun = await begin(needs, asked)
  if (!begun.ok || begun.value.status !== 'fixing') return begun
  const row = begun.value
  const fix = row.fix ?? row.suggested
  const carried = await carryOut(needs, row, { fix, at: asked })
  if (carried.ok) return finish(needs, row, { status: closedBy(fix), fix, nowMs: asked.nowMs })
  await finish(needs, row, { status: 'open', fix: null, nowMs: null })
  return carried
}

/** Says in the row what will be done; the state that it was found in must still be there. */
async function begin(needs: FixingNeeds, asked: Fixing): Promise<Answer<DifferenceRow>> {
  const { sql } = needs.store
  const row = await readDifference(sql, asked)
  if (row === undefined) return refused('not_found')
  const fix = asked.fix ?? row.fix ?? row.suggested
  // Asked again: it is done, or goes on.
  if (row.fix === fix && row.status !== 'open') return done(row)
  if (row.status !== 'open' || !fixesOf(row.kind, row.acts).includes(fix))
    return refused('difference_state', 'fix')
  if (moneyFixes.has(fix) && !(await stillSo(needs, row))) return refused('difference_stale')
  const [begun] = await sql<{ row: DifferenceRow }[]>`
    update settlement.difference d set status = 'fixing', fix = ${fix}
     where lane = ${row.lane} and id = ${row.id} and status = 'open' and round = ${row.round}
    returning to_jsonb(d) as row`
  if (begun !== undefined) return done(begun.row)
  // Another request was first: with the same fix it is the same one.
  const now = await readDifference(sql, asked)
  return now?.fix === fix ? done(now) : refused('difference_state', 'fix')
}

/** Is every sale as the comparison saw it? */
async function stillSo({ payments, sales }: FixingNeeds, row: DifferenceRow): Promise<boolean> {
  for (const { sale, captured, refunded } of row.acts) {
    const { merchant } = row
    const now = isId('pay', sale)
      ? await payments.paymentOf({ merchant, payment: sale })
      : isId('sal', sale)
        ? await sales.get(merchant, sale)
        : undefined
    if (now === undefined) return false
    const taken = 'captured' in now ? now.captured : undefined
    if (taken !== captured || now.refunded !== refunded) return false
  }
  return true
}

type How = { readonly fix: Fix; readonly at: At }
async function carryOut(
  needs: FixingNeeds,
  row: DifferenceRow,
  { fix, at }: How,
): Promise<Answer<unknown>> {
  if (fix === 'record_cash' || fix === 'record_transfer')
    return record(needs, row, { kind: fix === 'record_cash' ? 'cash' : 'transfer', at })
  if (!moneyFixes.has(fix)) return done(fix)
  for (const act of row.acts) {
    const answer = await actOn(needs, row, { act, at })
    if (!answer.ok) return answer
  }
  return done(fix)
}

/** The name of an act, by what it acts on: the same for whoever finds the same. */
function onceFor(words: readonly (string | number)[]) {
  const key = `reconciliation/${words.join('/')}`
  return { key, digest: createHash('sha256').update(key).digest() }
}

type Acting = { readonly act: Act; readonly at: At }
async function actOn(
  { payments, sales }: FixingNeeds,
  { merchant }: DifferenceRow,
  { act: { act, sale, amount, captured, refunded }, at }: Acting,
): Promise<Answer<unknown>> {
  const { requestId, nowMs } = at
  const once = onceFor([act, sale, captured, refunded, amount])
  if (isId('sal', sale)) return sales.refund({ merchant, ...once, nowMs, sale, amount })
  if (!isId('pay', sale)) return refused('not_found')
  const asked = { merchant, payment: sale, ...once, requestId, nowMs }
  if (act === 'cancel') return payments.cancel(asked)
  return act === 'refund'
    ? payments.refund({ ...asked, amount })
    : payments.capture({ ...asked, amount })
}

type Recording = { readonly kind: 'cash' | 'transfer'; readonly at: At }
async function record(
  { sales }: FixingNeeds,
  { merchant, reference, currency, expected, found }: DifferenceRow,
  { kind, at: { nowMs } }: Recording,
): Promise<Answer<unknown>> {
  if (reference === null || currency === null || expected <= found)
    return refused('difference_state')
  return sales.create({
    ...{ merchant, nowMs, soldMs: nowMs, kind, currency, amount: expected - found, lines: [] },
    ...onceFor([kind, reference, currency, expected, found]),
    ...{ store: undefined, merchantReference: reference, transferReference: null, metadata: {} },
  })
}

type End = {
  readonly status: 'open' | 'fixed' | 'waiting'
  readonly fix: Fix | null
  readonly nowMs: number | null
}
async function finish(
  { store: { sql } }: FixingNeeds,
  { lane, id, merchant }: DifferenceRow,
  { status, fix, nowMs }: End,
): Promise<Answer<DifferenceRow>> {
  const [row] = await sql<{ row: DifferenceRow }[]>`
    update settlement.difference d set status = ${status}, fix = ${fix}, closed_ms = ${nowMs}
     where lane = ${lane} and id = ${id} and status = 'fixing'
    returning to_jsonb(d) as row`
  if (row !== undefined) return done(row.row)
  const now = await readDifference(sql, { merchant, id })
  return now === undefined ? refused('not_found') : done(now)
}

/** Closes a difference that is none, with the reason. */
export async function dismissDifference(
  { store: { sql } }: FixingNeeds,
  { merchant, id, because, nowMs }: Dismissing,
): Promise<Answer<DifferenceRow>> {
  await sql`
    update settlement.difference
       set status = 'dismissed', because = ${because}, closed_ms = ${nowMs}
     where lane = ${laneOf(id)} and id = ${id} and merchant = ${merchant}
       and status in ('open', 'waiting')`
  const row = await readDifference(sql, { merchant, id })
  if (row === undefined) return refused('not_found')
  return row.status === 'dismissed' && row.because === because
    ? done(row)
    : refused('difference_state')
}
