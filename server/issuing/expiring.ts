/**
 * What ends by itself, swept by whoever owns the time: applications past their deadline (their
 * cards are closed), cards past their last month, and cards that have no payment left.
 */
import type { Id } from '@warifu/protocol/ids'
import { applicationMoves, sourcesOf } from '@warifu/protocol/moves'
import { setCardActive, usedUpCards } from '#ledger'
import { moveApplication } from './application.ts'
import { moveCard } from './card.ts'
import { carryOut } from './holding.ts'
import type { Needs } from './needs.ts'

const BATCH = 100

/** Ends what is due; answers with how many, so that the caller may come again at once. */
export async function expire(needs: Needs, nowMs: number): Promise<number> {
  const applications = await expireApplications(needs, nowMs)
  return applications + (await expireCards(needs, nowMs)) + (await closeUsedUp(needs, nowMs))
}

async function expireApplications({ store }: Needs, nowMs: number): Promise<number> {
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

/** A card is good until the last day of its month (UTC). */
async function expireCards(needs: Needs, nowMs: number): Promise<number> {
  const month = new Date(nowMs).toISOString().slice(0, 7)
  const due = await needs.store.sql<{ id: Id<'crd'> }[]>`
    select id from issuing.card
     where expires < ${month} and state in ('active', 'suspended') limit ${BATCH}`
  const cause = { reason: 'expired', actor: 'issuer', nowMs } as const
  for (const { id } of due)
    await needs.store.transaction((tx) =>
      carryOut(needs, tx, { id, to: 'expired', event: 'card.expired', cause }),
    )
  return due.length
}

async function closeUsedUp(needs: Needs, nowMs: number): Promise<number> {
  const due = await usedUpCards(needs.store.sql, BATCH)
  const cause = { reason: 'used_up', actor: 'issuer', nowMs } as const
  for (const id of due)
    await needs.store.transaction((tx) =>
      carryOut(needs, tx, { id, to: 'closed', event: 'card.closed', cause }),
    )
  return due.length
}
