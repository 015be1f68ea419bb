/**
 * More is to be held for a payment that is authorised. Its cardholder is asked for what is added;
 * their yes is decided as a payment is, and makes a hold of its own beside the first.
 */
import { type IncrementContent, isIncrement } from '@warifu/protocol/approval-content'
import { type Answer, done, refused } from '@warifu/protocol/errors'
import { type Id, laneOf } from '@warifu/protocol/ids'
import type { Hop } from '@warifu/protocol/objects'
import { ask, type GoOn, type Heard } from '#approvals'
import type { Tx } from '#store'
import { agreed, said } from './hops.ts'
import { type Act, entry } from './merchant-actions.ts'
import { platformActs } from './merchant-hops.ts'
import { type At, instantOf, type PaymentNeeds } from './needs.ts'
import { paymentOf } from './reading.ts'
import type { IncrementRow, PaymentRow } from './row.ts'
import { timesOf } from './times.ts'

export type Asked = Act & { readonly amount: number; readonly expiresInS: number }

type Entered = { code: string; answer: IncrementRow; payment: PaymentRow }

export async function incrementPayment(
  needs: PaymentNeeds,
  act: Asked,
): Promise<Answer<IncrementRow>> {
  if (!(await paymentOf(needs.store.sql, act))) return refused('not_found')
  return needs.store.transaction(async (tx) => {
    const { code, answer, payment } = await enter(tx, needs, act)
    if (code === 'ok') await askOwner(tx, needs, { increment: answer, payment, nowMs: act.nowMs })
    if (code === 'ok' || code === 'seen') return done(answer)
    return refused(code === 'payment_state' ? 'payment_state' : 'idempotency_key_reused')
  })
}

async function enter(tx: Tx, needs: PaymentNeeds, act: Asked): Promise<Entered> {
  const lane = laneOf(act.payment)
  const [reply] = await tx<Entered[]>`
    select code, answer, payment from payments.ask_increment(
      ${lane}::smallint, ${act.payment}, ${act.merchant}, ${act.key}, ${act.digest},
      ${needs.mint('inc', lane)}, ${act.amount}, ${act.nowMs + act.expiresInS * 1000},
      ${needs.mint('evt', lane)}, ${entry(needs, act, 'incrementPayment')}, ${act.nowMs})`
  if (!reply) throw new Error('payments.ask_increment answered nothing')
  return reply
}

type About = {
  readonly increment: IncrementRow
  readonly payment: PaymentRow
  readonly nowMs: number
}

/** On the card's own phone. Where nobody can be asked, the question ends by its deadline. */
async function askOwner(tx: Tx, needs: PaymentNeeds, { increment, payment, nowMs }: About) {
  const { card } = payment
  if (card === null || !isOurs(card)) throw new Error('an increment without a card of ours')
  const owner = await needs.ownerOf(tx, card)
  if (owner === undefined) return
  const content = contentOf(needs, { increment, payment, card })
  const { lines } = payment
  const about = { content, lines, ...owner, number: null, nowMs }
  const how = await ask(tx, needs, { ...about, receiptDueMs: nowMs + needs.receiptMs })
  if (how !== 'asked') return
  await tx`
    select payments.increment_asked(
      ${laneOf(increment.id)}::smallint, ${increment.id}, ${content.approval})`
}

const isOurs = (card: Id<'crd'> | Id<'ncr'>): card is Id<'crd'> => card.startsWith('crd_')

type Of = Omit<About, 'nowMs'> & { readonly card: Id<'crd'> }

const contentOf = (needs: PaymentNeeds, { increment, payment, card }: Of): IncrementContent => ({
  approval: needs.mint('apr', payment.lane),
  subject: { kind: 'increment', id: increment.id },
  payment: payment.id,
  amount: increment.amount,
  total: payment.amount + (payment.incremented ?? 0) - (payment.released ?? 0) + increment.amount,
  currency: payment.currency,
  extent: 'up_to',
  payee: {
    id: payment.merchant,
    name: payment.payee.name,
    store: payment.store,
    place: payment.payee.place,
  },
  order_digest: payment.order_digest,
  card,
  presentment: payment.presentment,
  factors: ['terminal_signature', 'user_verification'],
  match_number: null,
  mandate: null,
  deadline_at: instantOf(increment.deadline_ms),
})

/** What the person answered; a yes is decided with it, or not at all. */
export async function resumeIncrement(needs: PaymentNeeds, heard: Heard): Promise<Answer<GoOn>> {
  const { content, terminal } = heard.approval
  if (!isIncrement(content)) throw new Error('an approval of something else than an increment')
  if (heard.said === 'undeliverable') return done(async () => {})
  const { requestId, nowMs } = heard
  const at = instantOf(nowMs)
  const hops = heard.said === 'approve' ? agreed(at, terminal) : said(at, 'no', terminal)
  const answer = { name: 'answerApproval', hops, said: heard.said, at: { requestId, nowMs } }
  return done((tx) => decide(tx, needs, content.subject.id, answer))
}

type Said = {
  readonly said: Heard['said']
  readonly name: string
  readonly hops: readonly Hop[]
  readonly at: At
}

async function decide(
  tx: Pick<Tx, 'json'> & Tx,
  needs: PaymentNeeds,
  increment: Id<'inc'>,
  { said: words, name, hops, at }: Said,
): Promise<void> {
  const lane = laneOf(increment)
  const { nowMs, holdUntilMs, day, month } = timesOf(at.nowMs)
  await tx`
    select payments.decide_increment(
      ${lane}::smallint, ${increment}, ${words}, ${holdUntilMs}, ${day}, ${month},
      ${needs.mint('evt', lane)},
      (${at.requestId}, ${name}, ${tx.json([...hops])})::payments.entry, ${nowMs})`
}

/** Nobody answered in time. */
export const expireIncrement = (
  needs: PaymentNeeds,
  { id }: { readonly id: string },
  nowMs: number,
): Promise<void> => {
  const at = { requestId: needs.mint('req'), nowMs }
  const hops = platformActs(instantOf(nowMs), 'expire')
  // `payments.due` names increments by their own id in this column.
  const answer = { said: 'expired' as const, name: 'expire', hops, at }
  return needs.store.transaction((tx) => decide(tx, needs, id as Id<'inc'>, answer))
}

/** Newest first. */
export async function listIncrements(
  { store: { sql } }: PaymentNeeds,
  payment: Id<'pay'>,
  { limit, before }: { readonly limit: number; readonly before: string | undefined },
): Promise<IncrementRow[]> {
  const rows = await sql<{ row: IncrementRow }[]>`
    select to_jsonb(i) || jsonb_build_object('currency', p.currency) as row
      from payments.increment i
      join payments.payment p on p.lane = i.lane and p.id = i.payment
     where i.lane = ${laneOf(payment)} and i.payment = ${payment}
       and (${before ?? null}::text is null or i.id < ${before ?? null})
     order by i.id desc limit ${limit}`
  return rows.map(({ row }) => row)
}
