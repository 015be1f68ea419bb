/** The rows of plastics: their states by the table of moves, each move with reason and actor. */
import type { Id } from '@warifu/protocol/ids'
import { type PlasticStatus, plasticMoves, sourcesOf } from '@warifu/protocol/moves'
import type { SealedJob } from '@warifu/protocol/plastic'
import { append } from '#events'
import type { Db, Tx } from '#store'
import type { Needs } from './needs.ts'

export type PlasticRow = {
  readonly id: Id<'pls'>
  readonly card: Id<'crd'>
  readonly cardholder: Id<'chl'>
  readonly terminal: Id<'trm'>
  readonly bureau: Id<'bur'>
  readonly state: PlasticStatus
  readonly version: number
  readonly sealed: SealedJob
  readonly tracking: string | null
  readonly createdMs: bigint
}

const columns = (db: Db) => db`
  id, card, cardholder, terminal, bureau, state, version, sealed, tracking,
  created_ms as "createdMs"`

export async function readPlastic(db: Db, id: Id<'pls'>): Promise<PlasticRow | undefined> {
  const [row] = await db<PlasticRow[]>`
    select ${columns(db)} from issuing.plastic where id = ${id}`
  return row
}

/** Newest first: their ids are made of their requests, and tell no order. */
export async function plasticsOf(db: Db, card: Id<'crd'>): Promise<PlasticRow[]> {
  return db<PlasticRow[]>`
    select ${columns(db)} from issuing.plastic where card = ${card} order by created_ms desc, id`
}

/** What a bureau still has to do, oldest first. */
export async function jobsOf(db: Db, bureau: Id<'bur'>): Promise<PlasticRow[]> {
  return db<PlasticRow[]>`
    select ${columns(db)} from issuing.plastic
     where bureau = ${bureau} and state in ('ordered', 'accepted', 'produced', 'shipped')
     order by created_ms, id limit 100`
}

export type Cause = {
  readonly reason: string
  readonly actor: 'cardholder' | 'bureau' | 'terminal'
  readonly nowMs: number
}

export type NewPlastic = Omit<PlasticRow, 'state' | 'version' | 'tracking' | 'createdMs'>

export async function insertPlastic(
  needs: Pick<Needs, 'mint'>,
  tx: Tx,
  made: NewPlastic,
  cause: Cause,
): Promise<void> {
  const { id, card, cardholder, terminal, bureau, sealed } = made
  await tx`
    insert into issuing.plastic (id, card, cardholder, terminal, bureau, state, sealed, created_ms)
    values (${id}, ${card}, ${cardholder}, ${terminal}, ${bureau}, 'ordered', ${tx.json(sealed)},
            ${cause.nowMs})`
  await keepMove(needs, tx, { plastic: made, from: null, to: 'ordered', version: 1 }, cause)
}

export type PlasticStep = {
  readonly plastic: Pick<PlasticRow, 'id' | 'cardholder' | 'card'>
  readonly to: PlasticStatus
  readonly tracking?: string | undefined
}

/** Moves a plastic and tells its owner; false where the move is not allowed. */
export async function movePlastic(
  needs: Pick<Needs, 'mint'>,
  tx: Tx,
  { plastic, to, tracking }: PlasticStep,
  cause: Cause,
): Promise<boolean> {
  const [row] = await tx<{ from: PlasticStatus; version: number }[]>`
    update issuing.plastic p
       set state = ${to}, version = p.version + 1,
           tracking = coalesce(${tracking ?? null}, tracking)
      from (select id, state from issuing.plastic where id = ${plastic.id} for no key update) before
     where p.id = before.id and before.state = any(${sourcesOf(plasticMoves, to)})
    returning before.state as "from", p.version`
  if (row === undefined) return false
  await keepMove(needs, tx, { plastic, to, ...row }, cause)
  return true
}

type Kept = {
  readonly plastic: PlasticStep['plastic']
  readonly from: PlasticStatus | null
  readonly to: PlasticStatus
  readonly version: number
}

async function keepMove(
  { mint }: Pick<Needs, 'mint'>,
  tx: Tx,
  { plastic, from, to, version }: Kept,
  { reason, actor, nowMs }: Cause,
): Promise<void> {
  const { id, cardholder: audience, card } = plastic
  await tx`
    insert into issuing.plastic_move (plastic, seq, from_state, to_state, reason, actor, at_ms)
    values (${id}, ${version}, ${from}, ${to}, ${reason}, ${actor}, ${nowMs})`
  const event = { id: mint('evt'), audience, type: 'plastic.moved', subject: id } as const
  const data = { card, status: to, reason }
  await append(tx, [{ ...event, sequence: version, data }], nowMs)
}

type MoveRow = {
  readonly plastic: Id<'pls'>
  readonly from: PlasticStatus | null
  readonly to: PlasticStatus
  readonly reason: string
  readonly actor: Cause['actor']
  readonly atMs: bigint
}
export type PlasticView = PlasticRow & { readonly history: readonly MoveRow[] }

export async function viewPlastics(db: Db, rows: readonly PlasticRow[]): Promise<PlasticView[]> {
  if (rows.length === 0) return []
  const moves = await db<MoveRow[]>`
    select plastic, from_state as "from", to_state as "to", reason, actor, at_ms as "atMs"
      from issuing.plastic_move where plastic in ${db(rows.map(({ id }) => id))}
     order by plastic, seq`
  return rows.map((row) => ({ ...row, history: moves.filter(({ plastic }) => plastic === row.id) }))
}

export async function viewPlastic(db: Db, id: Id<'pls'>): Promise<PlasticView> {
  const row = await readPlastic(db, id)
  const [view] = await viewPlastics(db, row === undefined ? [] : [row])
  if (view === undefined) throw new Error('the plastic is not there')
  return view
}
