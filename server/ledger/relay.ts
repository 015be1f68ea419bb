/** The relay between lanes: what was taken in an account's lane reaches the merchant's lane. */
import type { Db } from '#store'

const PAIRS = 500
const PIECE = 500

type Between = { readonly lane: number; readonly to_lane: number; readonly sent: boolean }

/**
 * Brings on what waits, a piece for each pair of lanes; answers with how much arrived. Each call is
 * one lane's statement, and its cursor's row is the queue: safe on every process, whoever dies.
 */
export async function relay(db: Db, nowMs: number): Promise<number> {
  const pairs = await db<Between[]>`select lane, to_lane, sent from ledger.between(${PAIRS})`
  let arrived = 0
  for (const { lane, to_lane: to, sent } of pairs) {
    if (!sent) await db`select ledger.send(${lane}::smallint, ${to}::smallint, ${PIECE}, ${nowMs})`
    const [row] = await db<{ n: number }[]>`
      select ledger.receive(${to}::smallint, ${lane}::smallint, ${PIECE}, ${nowMs}) as n`
    arrived += row?.n ?? 0
  }
  return arrived
}
