/**
 * The run: days that have ended are opened, collected in pieces and closed. Every piece is one
 * statement, so a run dies without harm, goes on in any process, and may be held by an operator.
 */
import { type Id, laneOf, type Mint } from '@warifu/protocol/ids'
import { relay } from '#ledger'
import { doEach, retried, type Store } from '#store'

export type RunNeeds = { readonly store: Store; readonly mint: Mint }

/** After a day's end: what was captured in its last instants has arrived by then. */
const GRACE_MS = 60_000
/** After UTC midnight, when clearing is looked at. */
const CLEARING_MS = 10 * 60_000
const DAY_MS = 86_400_000
const DAYS = 100
const PIECE = 200
/** Pieces of one turn, so that a long run keeps no other work from its turn. */
const PIECES = 10

type Payable = { readonly lane: number; readonly merchant: Id<'mer'>; readonly currency: string }

export async function settle(needs: RunNeeds, nowMs: number): Promise<void> {
  const { sql } = needs.store
  await relay(sql, nowMs)
  await openDays(needs, nowMs)
  const open = await sql<{ id: Id<'stl'> }[]>`
    select id from settlement.settlement where status = 'collecting' and not stopped
     order by lane, id limit ${PIECES}`
  await doEach(open, ({ id }) => collect(needs, id, { pieces: PIECES, nowMs }))
  if (nowMs % DAY_MS > CLEARING_MS) await lookAtClearing(needs, nowMs)
}

/** Opens the days that have ended. */
export async function openDays(needs: RunNeeds, nowMs: number): Promise<void> {
  const due = await needs.store.sql<Payable[]>`
    select lane, merchant, currency from ledger.days_to_settle(${nowMs - GRACE_MS}, ${DAYS})`
  await doEach(due, (payable) => openDay(needs, payable, nowMs))
}

const openDay = ({ store: { sql }, mint }: RunNeeds, of: Payable, nowMs: number) => sql`
  select settlement.open(
    ${of.lane}::smallint, ${of.merchant}, ${of.currency}, ${mint('stl', of.lane)},
    ${nowMs - GRACE_MS}, ${nowMs})`

type Much = { readonly pieces: number; readonly nowMs: number }

/** Up to so many pieces of one settlement. */
export async function collect(
  { store: { sql }, mint }: RunNeeds,
  id: Id<'stl'>,
  { pieces, nowMs }: Much,
): Promise<void> {
  const lane = laneOf(id)
  for (let i = 0; i < pieces; i += 1) {
    const events = Array.from({ length: PIECE + 2 }, () => mint('evt', lane))
    const [row] = await retried(
      () => sql<{ state: 'more' | 'closed' | 'elsewhere' }[]>`
        select settlement.collect(${lane}::smallint, ${id}, ${PIECE}, ${mint('pyo', lane)},
                                  ${events}, ${nowMs}) as state`,
    )
    if (row?.state !== 'more') return
  }
}

/** Once for each day that has ended, by whichever process comes first. */
async function lookAtClearing({ store: { sql } }: RunNeeds, nowMs: number): Promise<void> {
  const day = Math.floor(nowMs / DAY_MS) - 1
  const [seen] = await sql`select 1 from settlement.closing where day = ${day}`
  if (seen === undefined) await sql`select settlement.close_clearing(${nowMs})`
}
