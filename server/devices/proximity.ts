/** Rows of proximity devices: whose they are, on which phone they are asked, which card pays. */
import type { Carrier } from '@warifu/protocol/device-objects'
import type { Id } from '@warifu/protocol/ids'
import type { Db, Tx } from '#store'
import type { Carried, Owned } from './carried.ts'

export type ProximityDevice = {
  readonly id: Id<'pxd'>
  readonly kind: Carrier
  readonly name: string
  readonly cardholder: Id<'chl'>
  readonly terminal: Id<'trm'>
  readonly card: Id<'crd'>
  readonly state: 'active' | 'removed'
  readonly createdMs: bigint
}

const columns = (db: Db) => db`
  d.id, d.kind, d.name, d.cardholder, d.terminal, d.card, d.state, d.created_ms as "createdMs"`

export const carriedOf = (device: ProximityDevice): Carried => ({
  id: device.id,
  type: 'proximity_device',
  name: device.name,
  carrier: device.kind,
  card: device.card,
  state: device.state,
  createdMs: Number(device.createdMs),
})

export async function listProximity(db: Db, cardholder: Id<'chl'>): Promise<Carried[]> {
  const rows = await db<ProximityDevice[]>`
    select ${columns(db)} from devices.proximity d
     where d.cardholder = ${cardholder} and d.state = 'active' order by d.id desc`
  return rows.map(carriedOf)
}

export async function removeProximity(
  tx: Tx,
  { cardholder, device }: Owned,
  nowMs: number,
): Promise<Carried | undefined> {
  const [row] = await tx<ProximityDevice[]>`
    update devices.proximity d
       set state = 'removed', removed_ms = coalesce(removed_ms, ${nowMs}), version = version + 1
     where d.id = ${device} and d.cardholder = ${cardholder}
    returning ${columns(tx)}`
  return row && carriedOf(row)
}
