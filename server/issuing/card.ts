/** Cards: their states by the table of moves, each move a row of history with reason and actor. */
import { type Id, laneOf } from '@warifu/protocol/ids'
import type { ControlsObject } from '@warifu/protocol/issuing-objects'
import { type CardStatus, cardMoves, sourcesOf } from '@warifu/protocol/moves'
import { standings } from '#ledger'
import type { Db, Tx } from '#store'
import { listTerminals } from '#terminals'

export type CardRow = {
  readonly id: Id<'crd'>
  readonly account: Id<'acc'>
  readonly cardholder: Id<'chl'>
  readonly program: Id<'prg'>
  readonly state: CardStatus
  readonly version: number
  readonly last4: string | null
  readonly expires: string | null
  /** The cardholder's own bounds. */
  readonly own: ControlsObject | null
  readonly replaces: Id<'crd'> | null
  readonly replacedBy: Id<'crd'> | null
  readonly createdMs: bigint
}

export type NewCard = Pick<CardRow, 'id' | 'account' | 'cardholder' | 'program' | 'replaces'> & {
  readonly application: Id<'app'>
}

/** Who moved a card and why, in words that its owner reads in the history. */
export type Cause = {
  readonly reason: string
  readonly actor: 'cardholder' | 'issuer' | 'terminal' | Id<'opr'>
  readonly nowMs: number
}

export async function insertCard(tx: Tx, card: NewCard, cause: Cause): Promise<void> {
  if (laneOf(card.id) !== laneOf(card.account)) throw new Error('a card lies in its account’s lane')
  await tx`
    insert into issuing.card
      (id, account, cardholder, program, application, state, replaces, created_ms)
    values (${card.id}, ${card.account}, ${card.cardholder}, ${card.program}, ${card.application},
            'approved', ${card.replaces}, ${cause.nowMs})`
  await keepMove(tx, { id: card.id, from: null, to: 'approved', version: 1 }, cause)
}

export type CardMove = { readonly card: Id<'crd'>; readonly to: CardStatus }

/** Moves a card; answers with its new version, undefined where the move is not allowed. */
export async function moveCard(
  tx: Tx,
  { card, to }: CardMove,
  cause: Cause,
): Promise<number | undefined> {
  const [row] = await tx<{ from: CardStatus; version: number }[]>`
    update issuing.card c set state = ${to}, version = c.version + 1
      from (select id, state from issuing.card where id = ${card} for no key update) before
     where c.id = before.id and before.state = any(${sourcesOf(cardMoves, to)})
    returning before.state as "from", c.version`
  if (row === undefined) return undefined
  await keepMove(tx, { id: card, to, ...row }, cause)
  return row.version
}

type Kept = {
  readonly id: Id<'crd'>
  readonly from: CardStatus | null
  readonly to: CardStatus
  readonly version: number
}

async function keepMove(tx: Tx, { id, from, to, version }: Kept, cause: Cause): Promise<void> {
  await tx`
    insert into issuing.card_move (card, seq, from_state, to_state, reason, actor, at_ms)
    values (${id}, ${version}, ${from}, ${to}, ${cause.reason}, ${cause.actor}, ${cause.nowMs})`
}

const columns = (db: Db) => db`
  id, account, cardholder, program, state, version, last4, expires, own, replaces,
  replaced_by as "replacedBy", created_ms as "createdMs"`

export async function readCard(db: Db, id: Id<'crd'>): Promise<CardRow | undefined> {
  const [row] = await db<CardRow[]>`select ${columns(db)} from issuing.card where id = ${id}`
  return row
}

export type CardPage = {
  readonly cardholder: Id<'chl'>
  readonly limit: number
  readonly before: string | undefined
}

/** The cards of a cardholder, newest first. */
export async function listCards(db: Db, page: CardPage): Promise<CardRow[]> {
  const { cardholder, limit, before } = page
  return db<CardRow[]>`
    select ${columns(db)} from issuing.card
     where cardholder = ${cardholder}
       and (${before ?? null}::text is null or id < ${before ?? null})
     order by id desc limit ${limit}`
}

/**
 * Up to which amount this cardholder's terminal may pay without the passkey. Before a card is
 * chosen, the smallest bound of the active ones holds; without a card, nothing does.
 */
export async function signatureOnlyMax(db: Db, cardholder: Id<'chl'>): Promise<bigint> {
  const active = await db<{ id: Id<'crd'> }[]>`
    select id from issuing.card where cardholder = ${cardholder} and state = 'active'`
  const bounds = await standings(
    db,
    active.map(({ id }) => id),
  )
  const [first, ...others] = bounds.map((bound) => bound.signatureOnlyMax)
  return others.reduce((least, next) => (next < least ? next : least), first ?? 0n)
}

/** Whose active card it is, and on which terminal they are asked; undefined where there is none. */
export async function ownerOf(
  db: Db,
  card: Id<'crd'>,
): Promise<{ readonly cardholder: Id<'chl'>; readonly terminal: Id<'trm'> } | undefined> {
  const [owner] = await db<{ cardholder: Id<'chl'> }[]>`
    select cardholder from issuing.card where id = ${card} and state = 'active'`
  if (owner === undefined) return undefined
  const terminals = await listTerminals(db, owner.cardholder)
  const newest = terminals.find(({ status }) => status === 'active')
  return newest && { cardholder: owner.cardholder, terminal: newest.id }
}
