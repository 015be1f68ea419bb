/** Shops that a person does not want to be asked by any more: "not me" mutes, the person lifts. */
import type { ApprovalContent } from '@warifu/protocol/approval-content'
import type { Id } from '@warifu/protocol/ids'
import type { Db, Tx } from '#store'

export type Mute = {
  readonly payee: Extract<ApprovalContent, { readonly payee: unknown }>['payee']
  readonly createdMs: number
}

type Stored = { readonly payee: Mute['payee']; readonly createdMs: bigint }
const muteOf = ({ payee, createdMs }: Stored): Mute => ({ payee, createdMs: Number(createdMs) })

export async function mute(
  tx: Tx,
  cardholder: Id<'chl'>,
  payee: Mute['payee'],
  nowMs: number,
): Promise<void> {
  await tx`
    insert into approvals.mute (cardholder, merchant, payee, created_ms)
    values (${cardholder}, ${payee.id}, ${tx.json(payee)}, ${nowMs}) on conflict do nothing`
}

export async function listMutes(db: Db, cardholder: Id<'chl'>): Promise<Mute[]> {
  const rows = await db<Stored[]>`
    select payee, created_ms as "createdMs" from approvals.mute
     where cardholder = ${cardholder} order by created_ms desc, merchant`
  return rows.map(muteOf)
}

/** Lets a shop ask again; undefined where it was not muted. */
export async function liftMute(
  tx: Tx,
  cardholder: Id<'chl'>,
  merchant: Id<'mer'>,
): Promise<Mute | undefined> {
  const [row] = await tx<Stored[]>`
    delete from approvals.mute where cardholder = ${cardholder} and merchant = ${merchant}
    returning payee, created_ms as "createdMs"`
  return row && muteOf(row)
}
