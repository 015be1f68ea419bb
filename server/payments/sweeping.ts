/** What time does to payments: people are asked, late ones end, as do holds; sales are captured. */
import type { Refusal } from '@warifu/protocol/errors'
import { lateOf } from '#presentment'
import { doEach } from '#store'
import { finish } from './finishing.ts'
import { platformActs } from './hops.ts'
import { captureAutomatically } from './merchant-actions.ts'
import { asStepped, instantOf, type PaymentNeeds } from './needs.ts'
import { askAbout } from './reaching.ts'
import { sweepSales } from './reader-sales.ts'
import type { PaymentRow } from './row.ts'

const BATCH = 100

type Due = Pick<PaymentRow, 'id' | 'lane' | 'merchant' | 'presentment' | 'action'> & {
  readonly act: 'expire' | 'release' | 'capture' | 'ask'
}

/** Does what is due at `nowMs`; answers with how many payments it moved. Safe on every process. */
export async function sweep(needs: PaymentNeeds, nowMs: number): Promise<number> {
  const due = await needs.store.sql<Due[]>`
    select act, lane, payment as id, merchant, presentment, action
      from payments.due(${nowMs}, ${BATCH})`
  await doEach(
    [...due.map((one) => () => acts[one.act](needs, one, nowMs)), () => sweepSales(needs, nowMs)],
    (work) => work(),
  )
  return due.length
}

type Act = (needs: PaymentNeeds, due: Due, nowMs: number) => Promise<unknown>
const acts: Readonly<Record<Due['act'], Act>> = {
  ask: (needs, { id }, nowMs) => askAbout(needs, id, nowMs),
  expire: (needs, due, nowMs) => end(needs, due, { because: lateBecause(due), nowMs }),
  release: (needs, due, nowMs) => end(needs, due, { because: null, nowMs }),
  capture: (needs, due, nowMs) =>
    captureAutomatically(needs, due, { requestId: needs.mint('req'), nowMs }),
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
    from: due.act === 'release' ? ['authorized'] : ['requires_action'],
    overdue: true,
    name: 'expire',
    hops: platformActs(instantOf(nowMs), 'expire'),
    at: { requestId: needs.mint('req'), nowMs },
  })
}
