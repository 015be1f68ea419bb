/** What time does to payments: people are asked, late ones end, as do holds; sales are captured. */
import type { Refusal } from '@warifu/protocol/errors'
import { type Id, laneOf } from '@warifu/protocol/ids'
import { lateOf } from '#presentment'
import { doEach, retried } from '#store'
import { finish } from './finishing.ts'
import { expireIncrement } from './incrementing.ts'
import { captureAutomatically } from './merchant-actions.ts'
import { platformActs } from './merchant-hops.ts'
import { asStepped, instantOf, type PaymentNeeds } from './needs.ts'
import { askAbout } from './reaching.ts'
import { sweepSales } from './reader-sales.ts'
import type { PaymentRow } from './row.ts'

const BATCH = 100

type Due = Pick<PaymentRow, 'id' | 'lane' | 'merchant' | 'presentment' | 'action'> & {
  readonly act: 'expire' | 'increment' | 'capture' | 'ask'
}

/** Does what is due at `nowMs`; answers with how many payments it moved. Safe on every process. */
export async function sweep(needs: PaymentNeeds, nowMs: number): Promise<number> {
  const due = await needs.store.sql<Due[]>`
    select act, lane, payment as id, merchant, presentment, action
      from payments.due(${nowMs}, ${BATCH})`
  await doEach(
    [
      ...due.map((one) => () => acts[one.act](needs, one, nowMs)),
      () => lapse(needs, nowMs),
      () => sweepSales(needs, nowMs),
    ],
    (work) => work(),
  )
  return due.length
}

type Act = (needs: PaymentNeeds, due: Due, nowMs: number) => Promise<unknown>
const acts: Readonly<Record<Due['act'], Act>> = {
  ask: (needs, { id }, nowMs) => askAbout(needs, id, nowMs),
  expire: (needs, due, nowMs) => end(needs, due, { because: lateBecause(due), nowMs }),
  increment: (needs, due, nowMs) => expireIncrement(needs, due, nowMs),
  capture: (needs, due, nowMs) =>
    captureAutomatically(needs, due, { requestId: needs.mint('req'), nowMs }),
}

/** Holds whose time is over, many in one statement; deadlocks are PostgreSQL's to undo. */
async function lapse(needs: PaymentNeeds, nowMs: number): Promise<void> {
  const { sql } = needs.store
  const late = await sql<{ payment: Id<'pay'> }[]>`
    select payment from payments.lapsed(${nowMs}, ${BATCH})`
  if (late.length === 0) return
  const batch = late.map(({ payment }) => ({
    payment,
    event: needs.mint('evt', laneOf(payment)),
    request: needs.mint('req'),
  }))
  const hops = platformActs(instantOf(nowMs), 'expire')
  await retried(() => sql`select payments.lapse(${sql.json(batch)}, ${sql.json(hops)}, ${nowMs})`)
}

/** Why a step that nobody took ends its payment; null: it expires. */
function lateBecause({ presentment, action }: Due): Refusal | null {
  const stepped = asStepped(presentment)
  return stepped === undefined ? null : lateOf(stepped, action)
}

type How = { readonly because: Refusal | null; readonly nowMs: number }

async function end(needs: PaymentNeeds, due: Due, { because, nowMs }: How): Promise<void> {
  await finish(needs.store.sql, needs, {
    payment: due.id,
    to: because === null ? 'expired' : 'declined',
    because,
    from: ['requires_action'],
    overdue: true,
    name: 'expire',
    hops: platformActs(instantOf(nowMs), 'expire'),
    at: { requestId: needs.mint('req'), nowMs },
  })
}
