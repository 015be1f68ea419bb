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

/** A new pairing, or a device's next one. */
export async function putProximity(
  tx: Tx,
  put: Pick<ProximityDevice, 'id' | 'kind' | 'name' | 'cardholder' | 'terminal' | 'card'>,
  nowMs: number,
): Promise<ProximityDevice> {
  const { id, kind, name, cardholder, terminal, card } = put
  const [row] = await tx<ProximityDevice[]>`
    insert into devices.proximity as d
      (id, kind, name, cardholder, terminal, card, state, created_ms)
    values (${id}, ${kind}, ${name}, ${cardholder}, ${terminal}, ${card}, 'active', ${nowMs})
    on conflict (id) do update
       set name = excluded.name, cardholder = excluded.cardholder, terminal = excluded.terminal,
           card = excluded.card, state = 'active', removed_ms = null, version = d.version + 1,
           created_ms = excluded.created_ms
    returning ${columns(tx)}`
  if (row === undefined) throw new Error('a paired device has no row')
  return row
}

/** Undefined where it is not this cardholder's, or was removed. */
export async function linkCard(
  tx: Tx,
  { cardholder, device }: Owned,
  card: Id<'crd'>,
): Promise<ProximityDevice | undefined> {
  const [row] = await tx<ProximityDevice[]>`
    update devices.proximity d set card = ${card}, version = version + 1
     where d.id = ${device} and d.cardholder = ${cardholder} and d.state = 'active'
    returning ${columns(tx)}`
  return row
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
