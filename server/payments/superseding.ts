/**
 * Several tills heard one device, and its person chose. The others are not refused: their questions
 * end, and those tills read what they read of silence, when silence would have ended.
 */
import { type Id, laneOf } from '@warifu/protocol/ids'
import { close, tellEnded } from '#approvals'
import type { Tx } from '#store'
import { superseded } from './hops.ts'
import { type At, instantOf, type PaymentNeeds } from './needs.ts'
import { notePrivately } from './reaching.ts'

/** How long a question of a beacon may stay open at most. */
const OPEN_MS = 3_600_000

export async function supersedeOthers(
  needs: PaymentNeeds,
  payment: Id<'pay'>,
  { nowMs }: At,
): Promise<void> {
  const { store, devices } = needs
  const others = await devices.alsoHeard(store.sql, payment, nowMs - OPEN_MS)
  for (const other of others) await store.transaction((tx) => supersede(tx, needs, other, nowMs))
}

async function supersede(
  tx: Tx,
  needs: PaymentNeeds,
  payment: Id<'pay'>,
  nowMs: number,
): Promise<void> {
  const [row] = await tx<{ approval: Id<'apr'> | null }[]>`
    select approval from payments.payment
     where lane = ${laneOf(payment)} and id = ${payment} and status = 'requires_action'
       for no key update`
  if (row === undefined || row.approval === null) return
  const ended = await close(tx, { approval: row.approval, state: 'superseded', nowMs })
  if (ended === undefined) return
  await tellEnded(tx, needs, ended, nowMs)
  const hops = superseded(instantOf(nowMs))
  await notePrivately(tx, needs, { payment, name: 'supersede', outcome: 'superseded', hops, nowMs })
}
