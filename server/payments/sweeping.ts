/** What time does to payments: late ones expire, as do holds; automatic sales are captured. */
import type { Id } from '@warifu/protocol/ids'
import { finish } from './finishing.ts'
import { platformActs } from './hops.ts'
import { captureAutomatically } from './merchant-actions.ts'
import { instantOf, type PaymentNeeds } from './needs.ts'
import type { PaymentRow } from './row.ts'

const BATCH = 100

type Due = Pick<PaymentRow, 'id' | 'lane' | 'merchant'> & { readonly act: 'expire' | 'capture' }

/** Does what is due at `nowMs`; answers with how many payments it moved. Safe on every process. */
export async function sweep(needs: PaymentNeeds, nowMs: number): Promise<number> {
  const due = await needs.store.sql<Due[]>`
    select act, lane, payment as id, merchant from payments.due(${nowMs}, ${BATCH})`
  for (const { act, ...row } of due)
    if (act === 'expire') await expire(needs, row.id, nowMs)
    else await captureAutomatically(needs, row, { requestId: needs.mint('req'), nowMs })
  return due.length
}

async function expire(needs: PaymentNeeds, payment: Id<'pay'>, nowMs: number): Promise<void> {
  await finish(needs.store.sql, needs, {
    payment,
    to: 'expired',
    because: null,
    from: ['requires_action', 'authorized'],
    name: 'expire',
    hops: platformActs(instantOf(nowMs), 'expire'),
    at: { requestId: needs.mint('req'), nowMs },
  })
}
