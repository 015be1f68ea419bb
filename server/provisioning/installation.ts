/** The rows of installations. */
import type { Delivery } from '@warifu/protocol/delivery'
import type { Id } from '@warifu/protocol/ids'
import type { Scheme } from '@warifu/protocol/schemes'
import type { Db, Tx } from '#store'

/** Where an installation may come from: offered first, confirmed once. */
export const installationMoves = {
  offered: ['confirmed', 'ended'],
  confirmed: ['ended'],
  ended: ['confirmed'],
} as const satisfies Record<string, readonly string[]>

export type Installation = {
  readonly id: Id<'ins'>
  readonly application: Id<'app'>
  readonly card: Id<'crd'>
  readonly terminal: Id<'trm'>
  readonly cardholder: Id<'chl'>
  readonly scheme: Scheme
  readonly state: keyof typeof installationMoves
  readonly innerDigest: string
  readonly delivery: Delivery
  readonly expiresMs: bigint
}

const columns = (db: Db) => db`
  id, application, card, terminal, cardholder, scheme, state, inner_digest as "innerDigest",
  delivery, expires_ms as "expiresMs"`

export async function readInstallation(db: Db, id: Id<'ins'>): Promise<Installation | undefined> {
  const [row] = await db<Installation[]>`
    select ${columns(db)} from provisioning.installation where id = ${id}`
  return row
}

export async function installationOf(
  db: Db,
  application: Id<'app'>,
): Promise<Installation | undefined> {
  const [row] = await db<Installation[]>`
    select ${columns(db)} from provisioning.installation where application = ${application}
     order by created_ms limit 1`
  return row
}

/** Keeps an offer; one whose sealed message has run out makes room for the new one. */
export async function offer(
  tx: Tx,
  offered: Omit<Installation, 'state'>,
  nowMs: number,
): Promise<void> {
  const { id, application, card, terminal, cardholder, scheme, innerDigest } = offered
  const { delivery, expiresMs } = offered
  await tx`
    insert into provisioning.installation as i
      (id, application, card, terminal, cardholder, scheme, state, inner_digest, delivery,
       expires_ms, created_ms)
    values (${id}, ${application}, ${card}, ${terminal}, ${cardholder}, ${scheme}, 'offered',
            ${innerDigest}, ${tx.json(delivery)}, ${expiresMs}, ${nowMs})
    on conflict (application, terminal) do update
       set inner_digest = excluded.inner_digest, delivery = excluded.delivery,
           expires_ms = excluded.expires_ms
     where i.state = 'offered' and i.expires_ms <= ${nowMs}`
}

/** What was offered to one terminal of a card, or of its application. */
export async function installationAt(
  db: Db,
  { card, terminal }: Placed,
): Promise<Installation | undefined> {
  const [row] = await db<Installation[]>`
    select ${columns(db)} from provisioning.installation
     where card = ${card} and terminal = ${terminal}`
  return row
}

/** Confirms what was offered; false where there is nothing to confirm. */
export async function confirm(tx: Tx, id: Id<'ins'>, nowMs: number): Promise<boolean> {
  const [row] = await tx`
    update provisioning.installation set state = 'confirmed', confirmed_ms = ${nowMs}
     where id = ${id} and state = 'offered' returning id`
  return row !== undefined
}

export type Placed = { readonly card: Id<'crd'>; readonly terminal: Id<'trm'> }

/** True where this terminal has said that it keeps this card. */
export async function isInstalledOn(db: Db, { card, terminal }: Placed): Promise<boolean> {
  const rows = await db`
    select 1 from provisioning.installation
     where card = ${card} and terminal = ${terminal} and state = 'confirmed' limit 1`
  return rows.length > 0
}
