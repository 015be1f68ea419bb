/** The rows of arrivals: further phones of a person on their way in. */
import type { Arrival as Wire } from '@warifu/protocol/arrival-contract'
import type { Id, Mint } from '@warifu/protocol/ids'
import type { Language } from '@warifu/protocol/language'
import { type ArrivalStatus, arrivalMoves, sourcesOf } from '@warifu/protocol/moves'
import type { ProofMethod } from '@warifu/protocol/vault-arrivals'
import { append } from '#events'
import type { Db, Tx } from '#store'
import { nextVersion } from '#terminals'
import { cardsToPull } from './moving.ts'

export type ArrivalRow = {
  readonly terminal: Id<'trm'>
  readonly cardholder: Id<'chl'>
  readonly from: Id<'trm'> | null
  readonly purpose: Wire['purpose']
  readonly way: Wire['way']
  readonly state: ArrivalStatus
  readonly approval: Id<'apr'> | null
  readonly dueMs: bigint | null
  readonly createdMs: bigint
  /** Of whoever began it: what is sent about it is in this one. */
  readonly language: Language
}
export type ArrivalView = ArrivalRow & {
  readonly proved: readonly ProofMethod[]
  readonly cards: readonly Id<'crd'>[]
}

const columns = (db: Db) => db`
  terminal, cardholder, from_terminal as "from", purpose, way, state, approval,
  due_ms as "dueMs", created_ms as "createdMs", language`

export async function readArrival(db: Db, id: Id<'trm'>): Promise<ArrivalRow | undefined> {
  const [row] = await db<ArrivalRow[]>`
    select ${columns(db)} from provisioning.arrival where terminal = ${id}`
  return row
}

/** Those that come beside this terminal, or in its place; newest first. */
export const arrivalsTo = (db: Db, from: Id<'trm'>): Promise<ArrivalRow[]> => db<ArrivalRow[]>`
  select ${columns(db)} from provisioning.arrival where from_terminal = ${from}
   order by created_ms desc limit 20`

export const dueArrivals = (db: Db, nowMs: number): Promise<ArrivalRow[]> => db<ArrivalRow[]>`
  select ${columns(db)} from provisioning.arrival
   where state in ('proving', 'waiting', 'limited') and due_ms <= ${nowMs}
   order by due_ms limit 50`

/** Replaced phones that the vault still knows. */
export const toForget = (db: Db): Promise<ArrivalRow[]> => db<ArrivalRow[]>`
  select ${columns(db)} from provisioning.arrival
   where state = 'done' and purpose = 'replace' and not forgotten order by created_ms limit 50`

export async function viewArrival(db: Db, row: ArrivalRow): Promise<ArrivalView> {
  const proofs = await db<{ method: ProofMethod }[]>`
    select distinct method from provisioning.proof where terminal = ${row.terminal} and passed`
  const proved = proofs.map(({ method }) => method).sort()
  return { ...row, proved, cards: await cardsToPull(db, row.terminal) }
}

/** A new one, or one begun anew in the place of one that came to nothing. */
export async function insertArrival(
  tx: Tx,
  needs: { readonly mint: Mint },
  row: ArrivalRow,
): Promise<void> {
  const { terminal, cardholder, from, purpose, way, state, approval, dueMs, createdMs } = row
  const { language } = row
  await tx`
    insert into provisioning.arrival
      (terminal, cardholder, from_terminal, purpose, way, state, approval, due_ms, created_ms,
       language)
    values (${terminal}, ${cardholder}, ${from}, ${purpose}, ${way}, ${state}, ${approval},
            ${dueMs}, ${createdMs}, ${language})
    on conflict (terminal) do update
      set from_terminal = excluded.from_terminal, purpose = excluded.purpose, way = excluded.way,
          state = excluded.state, approval = excluded.approval, due_ms = excluded.due_ms,
          created_ms = excluded.created_ms, language = excluded.language`
  await tell(tx, needs, row, Number(createdMs))
}

export type ArrivalMove = { readonly to: ArrivalStatus; readonly dueMs: number | null }

/** Moves it and tells its owner; undefined where the move is not allowed. */
export async function moveArrival(
  tx: Tx,
  needs: { readonly mint: Mint },
  terminal: Id<'trm'>,
  { to, dueMs }: ArrivalMove,
  nowMs: number,
): Promise<ArrivalRow | undefined> {
  const [row] = await tx<ArrivalRow[]>`
    update provisioning.arrival set state = ${to}, due_ms = ${dueMs}
     where terminal = ${terminal} and state = any(${sourcesOf(arrivalMoves, to)})
    returning ${columns(tx)}`
  if (row !== undefined) await tell(tx, needs, row, nowMs)
  return row
}

async function tell(
  tx: Tx,
  { mint }: { readonly mint: Mint },
  { terminal: subject, cardholder: audience, from, purpose, way, state }: ArrivalRow,
  nowMs: number,
): Promise<void> {
  const sequence = await nextVersion(tx, subject)
  const data = { status: state, purpose, way, from }
  const event = { id: mint('evt'), audience, type: 'terminal.arriving', subject } as const
  await append(tx, [{ ...event, sequence, data }], nowMs)
}
