/** A payment goes on to its next step: by a terminal's request, or after an answer. */
import { type Answer, done, type Refusal, refused } from '@warifu/protocol/errors'
import { type Id, laneOf } from '@warifu/protocol/ids'
import type { ActionKind } from '@warifu/protocol/next-action'
import type { Hop } from '@warifu/protocol/objects'
import { type Due, type Next, stepTo } from '#presentment'
import type { Db, Tx } from '#store'
import { type At, asStepped, instantOf, type PaymentNeeds } from './needs.ts'
import type { PaymentRow, PresentedRow } from './row.ts'
import type { Presented, Way } from './way.ts'

export async function rowOf(db: Db, payment: Id<'pay'>): Promise<PaymentRow | undefined> {
  const [found] = await db<{ row: PaymentRow }[]>`
    select to_jsonb(p) as row from payments.payment p
     where p.lane = ${laneOf(payment)} and p.id = ${payment}`
  return found?.row
}

/** The step of this kind, with the instant until which it is waited for. */
export function dueStep(
  { stepSeconds: seconds }: PaymentNeeds,
  { presentment, deadline_ms: untilMs }: PaymentRow,
  { kind, nowMs }: { readonly kind: ActionKind; readonly nowMs: number },
): Due {
  const stepped = asStepped(presentment)
  if (stepped === undefined) throw new Error(`${presentment} has no steps`)
  return stepTo(stepped, kind, { nowMs, untilMs, seconds })
}

type Stepping = { readonly way: Way; readonly next: Next; readonly hops: readonly Hop[] }

/** A terminal's step in one statement (server/payments/migrations/0007-step.sql). */
export async function takeStep(
  needs: PaymentNeeds,
  { call, payment, requestId, nowMs }: Presented,
  { way, next: { next: kind, told }, hops }: Stepping,
): Promise<Answer<PresentedRow>> {
  const { sql } = needs.store
  const row = await rowOf(sql, payment)
  if (row === undefined) return refused('not_found')
  const due = dueStep(needs, row, { kind, nowMs })
  const step = {
    payment,
    lane: row.lane,
    request: requestId,
    event: needs.mint('evt', row.lane),
    name: 'presentCard',
    hops: [...hops],
    terminal: call.terminal,
    terminal_lane: laneOf(call.terminal),
    counter: Number(call.counter),
    digest: Buffer.from(call.digest).toString('hex'),
    evidence: JSON.stringify(call.request),
    presentments: [...way.presentments],
    actions: [...way.actions],
    action: due.kind,
    action_by: due.by,
    action_deadline_ms: due.deadlineMs,
    // What is told is JSON by its makers.
    answer: JSON.parse(JSON.stringify({ next: due, ...(told === undefined ? {} : { told }) })),
  }
  const [reply] = await sql<{ code: string; answer: PresentedRow }[]>`
    select code, answer from payments.step(${sql.json(step)}, ${nowMs})`
  if (!reply) throw new Error('payments.step answered nothing')
  // The function answers with `ok` or codes of the errors table only.
  return reply.code === 'ok' ? done(reply.answer) : refused(reply.code as Refusal)
}

export type GoingOn = At & {
  readonly payment: Id<'pay'>
  /** The steps that it may follow on. */
  readonly from: readonly ActionKind[]
  readonly to: Due
  readonly name: string
  readonly hops: readonly Hop[]
}

/** The same after an answer, on its transaction. */
export async function goOn(
  tx: Tx,
  needs: PaymentNeeds,
  { payment, from, to, name, hops, requestId, nowMs }: GoingOn,
): Promise<Answer<PaymentRow>> {
  const lane = laneOf(payment)
  const [reply] = await tx<{ code: string; answer: PaymentRow }[]>`
    select code, answer from payments.go_on(
      ${lane}::smallint, ${payment}, ${[...from]}, ${to.kind}, ${to.by}, ${to.deadlineMs},
      ${needs.mint('evt', lane)},
      (${requestId}, ${name}, ${tx.json([...hops])})::payments.entry, ${nowMs})`
  return reply?.code === 'ok' ? done(reply.answer) : refused('payment_state')
}

/** Said of a step, in the words of the API. */
export const nextActionOf = ({ kind, by, deadlineMs }: Due) => ({
  kind,
  by,
  deadline_at: instantOf(deadlineMs),
})
