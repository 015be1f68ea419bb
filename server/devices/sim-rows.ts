/** Rows of SIMs: whose they are, which cards are in them, which phones use them. */
import type { Id } from '@warifu/protocol/ids'
import type { Db, Tx } from '#store'
import type { Carried, Owned } from './carried.ts'

export type SimState = 'admitted' | 'personalised' | 'removed'
export type SimCardRow = {
  readonly number: number
  readonly card: Id<'crd'>
  readonly selector: number
}
export type Sim = {
  readonly id: Id<'sim'>
  readonly cardholder: Id<'chl'>
  readonly iccidLast4: string
  readonly state: SimState
  readonly createdMs: bigint
  readonly cards: readonly SimCardRow[]
  /** The phones that have taken it into use. */
  readonly terminals: readonly Id<'trm'>[]
}

const columns = (db: Db) => db`
  s.id, s.cardholder, s.iccid_last4 as "iccidLast4", s.state, s.created_ms as "createdMs",
  coalesce((select jsonb_agg(jsonb_build_object('number', c.number, 'card', c.card,
                                                'selector', c.selector) order by c.number)
              from devices.sim_card c where c.sim = s.id), '[]') as cards,
  array(select l.terminal from devices.sim_link l where l.sim = s.id) as terminals`

export async function readSim(db: Db, id: Id<'sim'>): Promise<Sim | undefined> {
  const [row] = await db<Sim[]>`select ${columns(db)} from devices.sim s where s.id = ${id}`
  return row
}

/** Those in use, newest first. */
export async function simsOf(db: Db, cardholder: Id<'chl'>): Promise<Sim[]> {
  return db<Sim[]>`
    select ${columns(db)} from devices.sim s
     where s.cardholder = ${cardholder} and s.state = 'personalised' order by s.id desc`
}

export type Keeping = Pick<Sim, 'id' | 'cardholder' | 'iccidLast4' | 'cards'> & {
  readonly isDone: boolean
}

/** What the vault agreed to write, and whether it is written. */
export async function keepSim(tx: Tx, sim: Keeping, nowMs: number): Promise<void> {
  const { id, cardholder, iccidLast4, cards, isDone } = sim
  await tx`
    insert into devices.sim (id, cardholder, iccid_last4, state, created_ms)
    values (${id}, ${cardholder}, ${iccidLast4}, 'admitted', ${nowMs}) on conflict do nothing`
  if (isDone)
    await tx`update devices.sim set state = 'personalised' where id = ${id} and state = 'admitted'`
  await tx`delete from devices.sim_card where sim = ${id}`
  for (const { number, card, selector } of cards)
    await tx`
      insert into devices.sim_card (sim, number, card, selector)
      values (${id}, ${number}, ${card}, ${selector})`
}

export type Linking = {
  readonly sim: Id<'sim'>
  readonly terminal: Id<'trm'>
  readonly bridge: string
}

export async function keepLink(tx: Tx, { sim, terminal, bridge }: Linking, nowMs: number) {
  await tx`
    insert into devices.sim_link (sim, terminal, bridge, linked_ms)
    values (${sim}, ${terminal}, ${bridge}, ${nowMs})
    on conflict (sim, terminal) do update
      set bridge = excluded.bridge, linked_ms = excluded.linked_ms`
}

const carriedOf = ({ id, iccidLast4, state, createdMs, cards }: Sim): Carried => ({
  id,
  type: 'sim',
  name: `SIM …${iccidLast4}`,
  carrier: null,
  card: cards[0]?.card ?? null,
  state: state === 'removed' ? 'removed' : 'active',
  createdMs: Number(createdMs),
})

export const listSims = async (db: Db, cardholder: Id<'chl'>): Promise<Carried[]> =>
  (await simsOf(db, cardholder)).map(carriedOf)

export async function removeSim(
  tx: Tx,
  { cardholder, device }: Owned,
  nowMs: number,
): Promise<Carried | undefined> {
  const [row] = await tx<Sim[]>`
    update devices.sim s set state = 'removed', removed_ms = coalesce(removed_ms, ${nowMs})
     where s.id = ${device} and s.cardholder = ${cardholder}
    returning ${columns(tx)}`
  return row && carriedOf(row)
}
