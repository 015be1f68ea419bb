/** What time does to payments: late ones expire, automatic sales are captured. */
import type { Id } from '@warifu/protocol/ids'
import { finish } from './finishing.ts'
import { platformActs } from './hops.ts'
import { captureAutomatically } from './merchant-actions.ts'
import { instantOf, type PaymentNeeds } from './needs.ts'
import type { PaymentRow } from './row.ts'

const BATCH = 100
const HOLD_MS = 7 * 86_400_000

/** Does what is due at `nowMs`; answers with how many payments it moved. Safe on every process. */
export async function sweep(needs: PaymentNeeds, nowMs: number): Promise<number> {
  const { sql } = needs.store
  const late = await sql<{ id: Id<'pay'> }[]>`
    select id from payments.payment
     where status = 'requires_action' and deadline_ms <= ${nowMs}
     order by deadline_ms limit ${BATCH}`
  for (const { id } of late) await expire(needs, id, nowMs)

  const due = await sql<Pick<PaymentRow, 'id' | 'merchant' | 'lane'>[]>`
    select id, merchant, lane from payments.payment
     where status = 'authorized' and capture_method = 'automatic' limit ${BATCH}`
  for (const row of due)
    await captureAutomatically(needs, row, { requestId: needs.mint('req'), nowMs })

  const stale = await sql<{ id: Id<'pay'> }[]>`
    select id from payments.payment
     where status = 'authorized' and capture_method = 'manual' and deadline_ms <= ${nowMs - HOLD_MS}
     limit ${BATCH}`
  for (const { id } of stale) await expire(needs, id, nowMs)
  return late.length + due.length + stale.length
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
