/**
 * What was handed to which terminal: a card pays from there, and where a scheme asks for it again,
 * with this. A later delivery to the same terminal takes the place of the one before.
 */
import type { Sql } from '@warifu/vault/store'
import { type Activation, INSTALL_LIFE_MS, type Presented, type Sealing } from './scheme.ts'

export type Handing = {
  /** base64url. */
  readonly digest: string
  readonly activation: Activation | undefined
}

export async function keepDelivery(
  { sql, card, target: { terminal }, nowMs }: Sealing,
  { digest, activation }: Handing,
): Promise<void> {
  await sql`
    update cards.delivery set state = 'superseded'
     where card = ${card} and terminal = ${terminal} and state in ('delivered', 'active')`
  await sql`
    insert into cards.delivery
      (card, terminal, digest, state, number_mac, secret, created_at_ms, expires_at_ms)
    values (${card}, ${terminal}, ${Buffer.from(digest, 'base64url')},
            ${activation === undefined ? 'active' : 'delivered'},
            ${activation?.number_mac ?? null}, ${activation?.secret ?? null}, ${nowMs},
            ${nowMs + INSTALL_LIFE_MS})`
}

export type Delivered = {
  readonly card: string
  readonly terminal: string
  readonly digest: Uint8Array
  readonly state: 'delivered' | 'active'
  readonly secret: Uint8Array | null
}

const placeOf = (terminal: string, card: string): string => `${terminal} ${card}`

/** What each presentation's terminal was last handed of its card. */
export async function readDeliveries(
  sql: Sql,
  presented: readonly Presented[],
): Promise<(presented: Presented) => Delivered | undefined> {
  const cards = presented.map(({ statement }) => statement.card)
  const terminals = presented.map(({ terminal }) => terminal)
  const rows = await sql<Delivered[]>`
    select card, terminal, digest, state, secret from cards.delivery
     where card = any(${cards}) and terminal = any(${terminals}) and state <> 'superseded'`
  const found = new Map(rows.map((row) => [placeOf(row.terminal, row.card), row]))
  return ({ terminal, statement }) => found.get(placeOf(terminal, statement.card))
}
