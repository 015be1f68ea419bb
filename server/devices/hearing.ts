/** What a till heard, and which device it led to; kept with the payment, for its confirmation. */
import type { Id } from '@warifu/protocol/ids'
import type { Db, Tx } from '#store'
import { resolve, type Whose } from './epochs.ts'

type Heard = {
  readonly payment: Id<'pay'>
  readonly code: Uint8Array
  /** When the till asked: a code counts in its own epoch and the neighbouring ones. */
  readonly atMs: number
}

/** Whose device it was, and on which phone they are asked; undefined: nobody's, or too old. */
export async function hear(tx: Tx, { payment, ...asked }: Heard): Promise<Whose | undefined> {
  const found = await resolve(tx, asked)
  if (found !== undefined)
    await tx`
      insert into devices.heard (payment, device, at_ms)
      values (${payment}, ${found.device}, ${asked.atMs}) on conflict do nothing`
  return found
}

/** The device that this payment's code led to. */
export async function heardFor(db: Db, payment: Id<'pay'>): Promise<Id<'pxd'> | undefined> {
  const [row] = await db<{ device: Id<'pxd'> }[]>`
    select device from devices.heard where payment = ${payment}`
  return row?.device
}

/** Other payments that were asked for by codes of the same device since then. */
export async function alsoHeard(
  db: Db,
  payment: Id<'pay'>,
  sinceMs: number,
): Promise<readonly Id<'pay'>[]> {
  const rows = await db<{ payment: Id<'pay'> }[]>`
    select o.payment from devices.heard h
      join devices.heard o on o.device = h.device and o.at_ms >= ${sinceMs}
     where h.payment = ${payment} and o.payment <> h.payment
     order by o.payment limit 100`
  return rows.map((row) => row.payment)
}
