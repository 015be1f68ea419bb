/**
 * Sealing a card for an admitted terminal of the same cardholder, as its scheme says
 * (vault/schemes). The first sealing binds the card to its scheme: no server can have it sealed
 * by another one later. To whom it was handed is written down: it pays from there only.
 */
import type { VaultInput } from '@warifu/protocol/vault'
import { readStoredCards } from './cards.ts'
import { settle } from './homes.ts'
import { keepDelivery } from './schemes/deliveries.ts'
import { INSTALL_LIFE_MS, type Target } from './schemes/scheme.ts'
import { vaultSchemes } from './schemes/schemes.ts'
import type { Sql } from './store.ts'
import { type Answer, no, type World, yes } from './world.ts'

export async function sealCard(
  world: World,
  sql: Sql,
  { card, terminal, scheme, now }: VaultInput<'seal_card'>,
): Promise<Answer<'seal_card'>> {
  const row = (await readStoredCards(sql, [card])).get(card)
  if (row === undefined) return no('card_unknown')
  const target = await readTarget(sql, terminal)
  if (target === undefined) return no('terminal_unknown')
  if (target.state !== 'admitted') return no('terminal_not_admitted')
  if (target.cardholder !== row.cardholder) return no('cardholder_mismatch')
  if (!(await bindScheme(sql, { card, scheme }))) return no('scheme_mismatch')
  await settle(sql, { card, terminal })
  const nowMs = Date.parse(now)
  const sealing = { world, sql, card, row, target, nowMs }
  const { digest, delivery, key, activation } = await vaultSchemes[scheme].seal(sealing)
  await keepDelivery(sealing, { digest, activation })
  const expires_at = new Date(nowMs + INSTALL_LIFE_MS).toISOString()
  return yes({ inner_digest: digest, expires_at, delivery, inner_key: key })
}

/** The row is held until the transaction ends: a removal waits, or was seen. */
export async function readTarget(sql: Sql, terminal: string): Promise<Target | undefined> {
  const [row] = await sql<Target[]>`
    select terminal, state, cardholder, sealing_thumbprint as thumbprint, sealing_point as point
    from terminals.terminal where terminal = ${terminal} for share`
  return row
}

type Bound = { readonly card: string; readonly scheme: string }

/** False where the card is bound to another scheme. */
async function bindScheme(sql: Sql, { card, scheme }: Bound): Promise<boolean> {
  const bound = await sql`
    update cards.card set scheme = ${scheme}
     where card = ${card} and coalesce(scheme, ${scheme}) = ${scheme} returning card`
  return bound.length === 1
}
