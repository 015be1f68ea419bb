/** Applications past their deadline, swept by whoever owns the time; their cards are closed. */
import type { Id } from '@warifu/protocol/ids'
import { applicationMoves, sourcesOf } from '@warifu/protocol/moves'
import { setCardActive } from '#ledger'
import { moveApplication } from './application.ts'
import { moveCard } from './card.ts'
import type { Needs } from './needs.ts'

const BATCH = 100

/** Expires what is due; answers with how many, so that the caller may come again at once. */
export async function expire({ store }: Pick<Needs, 'store'>, nowMs: number): Promise<number> {
  const sources = sourcesOf(applicationMoves, 'expired')
  // Mostly nothing is due; then one statement is all that it costs.
  const [any] = await store.sql`
    select 1 from issuing.application
     where deadline_ms <= ${nowMs} and state = any(${sources}) limit 1`
  if (any === undefined) return 0
  return store.transaction(async (tx) => {
    const due = await tx<{ id: Id<'app'>; card: Id<'crd'> | null }[]>`
      select id, card from issuing.application
       where deadline_ms <= ${nowMs} and state = any(${sources})
       order by id limit ${BATCH} for no key update skip locked`
    for (const { id, card } of due) {
      await moveApplication(tx, { id, to: 'expired' })
      if (card === null) continue
      const cause = { reason: 'application_expired', actor: 'issuer', nowMs } as const
      await moveCard(tx, { card, to: 'closed' }, cause)
      await setCardActive(tx, card, false)
    }
    return due.length
  })
}
