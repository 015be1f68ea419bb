/** A card's home: the one terminal whose installation of it is alive. Moving it ends the other. */
import type { Sql } from './store.ts'

/** The first terminal that a card is sealed to, until it moves. */
export async function settle(
  sql: Sql,
  { card, terminal }: { readonly card: string; readonly terminal: string },
): Promise<void> {
  await sql`
    insert into cards.home (card, terminal) values (${card}, ${terminal}) on conflict do nothing`
}

/** From this instant on the card pays from there, and from nowhere else. */
export async function moveHome(
  sql: Sql,
  { card, terminal }: { readonly card: string; readonly terminal: string },
): Promise<void> {
  await sql`
    insert into cards.home (card, terminal) values (${card}, ${terminal})
    on conflict (card) do update set terminal = excluded.terminal`
  await sql`
    update plastics.plastic set terminal = ${terminal} where card = ${card} and state = 'made'`
}

/** All that one terminal had, to another of the same person. */
export async function moveHomes(
  sql: Sql,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<void> {
  const cards = await sql<{ card: string }[]>`
    select c.card from cards.card c
    join terminals.terminal t on t.terminal = ${from} and t.cardholder = c.cardholder
    left join cards.home h on h.card = c.card
    where h.terminal = ${from} or (h.card is null and c.scheme is not null)`
  for (const { card } of cards) await moveHome(sql, { card, terminal: to })
}
