/** A person said "not me": the cards that could have been meant are frozen in the same instant. */
import type { Id } from '@warifu/protocol/ids'
import type { Tx } from '#store'
import { carryOut } from './holding.ts'
import type { Needs } from './needs.ts'

export type Freezing = {
  readonly cardholder: Id<'chl'>
  /** Null: all that are active. */
  readonly card: Id<'crd'> | null
  readonly nowMs: number
}

export async function freeze(
  needs: Pick<Needs, 'mint'>,
  tx: Tx,
  { cardholder, card, nowMs }: Freezing,
): Promise<void> {
  const active = await tx<{ id: Id<'crd'> }[]>`
    select id from issuing.card
     where cardholder = ${cardholder} and state = 'active'
       and (${card}::text is null or id = ${card})
     order by id`
  const cause = { reason: 'not_me', actor: 'cardholder', nowMs } as const
  for (const { id } of active)
    await carryOut(needs, tx, { id, to: 'suspended', event: 'card.suspended', cause })
}
