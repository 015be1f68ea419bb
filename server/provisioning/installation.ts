/** The rows of installations. */
import type { Id } from '@warifu/protocol/ids'
import { sourcesOf } from '@warifu/protocol/moves'
import type { SealedMessage } from '@warifu/protocol/sealed'
import type { Db, Tx } from '#store'

/** Where an installation may come from: offered first, confirmed once. */
export const installationMoves = {
  offered: ['confirmed'],
  confirmed: [],
} as const satisfies Record<string, readonly string[]>

export type Installation = {
  readonly id: Id<'ins'>
  readonly application: Id<'app'>
  readonly card: Id<'crd'>
  readonly terminal: Id<'trm'>
  readonly cardholder: Id<'chl'>
  readonly scheme: 'double_sealed'
  readonly state: keyof typeof installationMoves
  readonly innerDigest: string
  readonly sealed: SealedMessage
  readonly expiresMs: bigint
}

const columns = (db: Db) => db`
  id, application, card, terminal, cardholder, scheme, state, inner_digest as "innerDigest",
  sealed, expires_ms as "expiresMs"`

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
    select ${columns(db)} from provisioning.installation where application = ${application}`
  return row
}

/** Keeps an offer; one whose sealed message has run out makes room for the new one. */
export async function offer(
  tx: Tx,
  offered: Omit<Installation, 'state' | 'expiresMs'>,
  nowMs: number,
): Promise<void> {
  const { id, application, card, terminal, cardholder, scheme, innerDigest, sealed } = offered
  await tx`
    insert into provisioning.installation as i
      (id, application, card, terminal, cardholder, scheme, state, inner_digest, sealed,
       expires_ms, created_ms)
    values (${id}, ${application}, ${card}, ${terminal}, ${cardholder}, ${scheme}, 'offered',
            ${innerDigest}, ${tx.json(sealed)}, ${Date.parse(sealed.header.exp)}, ${nowMs})
    on conflict (application) do update
       set inner_digest = excluded.inner_digest, sealed = excluded.sealed,
           expires_ms = excluded.expires_ms
     where i.state = 'offered' and i.expires_ms <= ${nowMs}`
}

/** Confirms what was offered; false where there is nothing to confirm. */
export async function confirm(tx: Tx, id: Id<'ins'>, nowMs: number): Promise<boolean> {
  const [row] = await tx`
    update provisioning.installation set state = 'confirmed', confirmed_ms = ${nowMs}
     where id = ${id} and state = any(${sourcesOf(installationMoves, 'confirmed')}) returning id`
  return row !== undefined
}
