/** Cards that were made before there were checks get theirs, once, when the vault starts. */
import { checksOf } from './card-checks.ts'
import { openStoredCard, readStoredCards } from './cards.ts'
import type { World } from './world.ts'

export async function fillChecks({ store, hierarchy }: World): Promise<number> {
  const bare = await store<{ card: string }[]>`
    select card from cards.card where expiry_mac is null`
  const rows = await readStoredCards(
    store,
    bare.map(({ card }) => card),
  )
  for (const [card, row] of rows) {
    const checks = checksOf(hierarchy, card, openStoredCard({ hierarchy, row }))
    await store`
      update cards.card set expiry_mac = ${checks.expiry_mac}, code_mac = ${checks.code_mac}
      where card = ${card}`
  }
  return rows.size
}
