/** A terminal's status moves, by the table of moves, and its owner is told. */
import { type Id, laneOf } from '@warifu/protocol/ids'
import { sourcesOf, type TerminalStatus, terminalMoves } from '@warifu/protocol/moves'
import { append } from '#events'
import type { Tx } from '#store'
import type { Needs } from './needs.ts'

type Minting = Pick<Needs, 'mint'>
type Moved = Extract<TerminalStatus, 'active' | 'replaced' | 'removed'>

type Move = {
  readonly id: Id<'trm'>
  readonly to: Moved
  readonly data?: { readonly by?: Id<'trm'> }
}

/** What a phone is told, from then on, that was ended by its owner. */
export const endedAs = (status: TerminalStatus | undefined) =>
  status === 'replaced' || status === 'removed' ? (`terminal_${status}` as const) : undefined

/** False where the move is not allowed from the present status. */
async function move(
  tx: Tx,
  { mint }: Minting,
  { id, to, data = {} }: Move,
  nowMs: number,
): Promise<boolean> {
  const [row] = await tx<{ version: number; cardholder: Id<'chl'> }[]>`
    update terminals.terminal set status = ${to}, version = version + 1
     where lane = ${laneOf(id)} and id = ${id}
       and status = any(${sourcesOf(terminalMoves, to)}) returning version, cardholder`
  if (row === undefined) return false
  const event = { id: mint('evt', laneOf(id)), audience: row.cardholder, subject: id, data }
  await append(tx, [{ ...event, type: `terminal.${to}`, sequence: row.version }], nowMs)
  return true
}

/** A phone that waited is in; one whose place was taken is in again. */
export const letIn = (tx: Tx, needs: Minting, id: Id<'trm'>, nowMs: number) =>
  move(tx, needs, { id, to: 'active' }, nowMs)
export const replaceTerminal = (tx: Tx, needs: Minting, id: Id<'trm'>, nowMs: number) =>
  move(tx, needs, { id, to: 'replaced' }, nowMs)

type Removal = { readonly id: Id<'trm'>; readonly by: Id<'trm'> }

/** By another phone of its owner. */
export const removeTerminal = (tx: Tx, needs: Minting, { id, by }: Removal, nowMs: number) =>
  move(tx, needs, { id, to: 'removed', data: { by } }, nowMs)

/** The next number in what is told of a terminal. */
export async function nextVersion(tx: Tx, id: Id<'trm'>): Promise<number> {
  const [row] = await tx<{ version: number }[]>`
    update terminals.terminal set version = version + 1
     where lane = ${laneOf(id)} and id = ${id} returning version`
  if (row === undefined) throw new Error('the terminal is not there')
  return row.version
}
