/**
 * A card came in the place of another. Where the program allows, its merchants' tokens stand for
 * the new card from now on, with the consents they have; else they end, and merchants are told.
 */
import type { Id } from '@warifu/protocol/ids'
import type { Following } from '#issuing'
import type { Tx } from '#store'

/** Living tokens of the card. */
export async function tokensOf(
  tx: Tx,
  card: Id<'crd'>,
): Promise<{ readonly merchant: Id<'mer'>; readonly id: Id<'tok'> }[]> {
  return tx<{ merchant: Id<'mer'>; id: Id<'tok'> }[]>`
    select merchant, id from tokens.token where card = ${card} and deleted_ms is null order by id`
}

export async function moveTokens(tx: Tx, { from, to, last4 }: Following): Promise<void> {
  await tx`
    update tokens.token set card = ${to}, last4 = ${last4}, version = version + 1
     where card = ${from} and deleted_ms is null`
  await tx`update tokens.of_card set card = ${to} where card = ${from}`
}
