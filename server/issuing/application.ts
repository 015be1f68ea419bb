/** The rows of applications; they change by a table of moves. */
import { createHash } from 'node:crypto'
import { jcsBytes } from '@warifu/crypto/jcs'
import type { Id } from '@warifu/protocol/ids'
import { type ApplicationStatus, applicationMoves, sourcesOf } from '@warifu/protocol/moves'
import type { Applicant } from '@warifu/protocol/objects'
import type { Scheme } from '@warifu/protocol/schemes'
import type { Db, Tx } from '#store'
import type { Decision, Report } from './rules.ts'
import { listVerifications, type VerificationView, viewOf } from './verification.ts'

export const APPLICATION_MS = 30 * 24 * 60 * 60 * 1000

export type Application = {
  readonly id: Id<'app'>
  readonly cardholder: Id<'chl'>
  /** The one that applied, and the only one that may install the card. */
  readonly terminal: Id<'trm'>
  readonly program: Id<'prg'>
  readonly scheme: Scheme
  readonly facts: Applicant
  readonly state: ApplicationStatus
  readonly version: number
  readonly decision: Decision | null
  readonly card: Id<'crd'> | null
  /** The card in whose place this one comes; it was approved from the start then. */
  readonly replaces: Id<'crd'> | null
  /** What the bureau said, where it was asked. */
  readonly report: Report | null
  readonly createdMs: bigint
  readonly deadlineMs: bigint
  readonly approvedMs: bigint | null
}

const columns = (db: Db) => db`
  id, cardholder, terminal, program, scheme, facts, state, version, decision, card, replaces,
  report,
  created_ms as "createdMs", deadline_ms as "deadlineMs", approved_ms as "approvedMs"`

export async function readApplication(db: Db, id: Id<'app'>): Promise<Application | undefined> {
  const [row] = await db<Application[]>`
    select ${columns(db)} from issuing.application where id = ${id}`
  return row
}

/** The same, held until the transaction ends: whoever decides looks here first. */
export async function lockApplication(tx: Tx, id: Id<'app'>): Promise<Application | undefined> {
  const [row] = await tx<Application[]>`
    select ${columns(tx)} from issuing.application where id = ${id} for no key update`
  return row
}

/** The state at this time: an open application past its deadline has expired, swept or not. */
export function stateAt({ state, deadlineMs }: Application, nowMs: number): ApplicationStatus {
  const mayExpire = sourcesOf(applicationMoves, 'expired').includes(state)
  return mayExpire && deadlineMs <= nowMs ? 'expired' : state
}

/**
 * SHA-256 of what was applied for (RFC 8785): what a certificate's key signs, and nothing that
 * changes later.
 */
export const digestOf = ({ id, cardholder, program, scheme, facts }: Application): string =>
  createHash('sha256')
    .update(jcsBytes({ application: id, cardholder, program, scheme, applicant: facts }))
    .digest('base64url')

export type ApplicationMove = {
  readonly id: Id<'app'>
  readonly to: ApplicationStatus
  readonly decision?: Decision
  /** Set with the move to `approved`. */
  readonly approved?: { readonly card: Id<'crd'>; readonly atMs: number }
}

/** Moves an application; answers with its new version, undefined where the move is not allowed. */
export async function moveApplication(tx: Tx, move: ApplicationMove): Promise<number | undefined> {
  const decision = move.decision === undefined ? null : tx.json(move.decision)
  const [row] = await tx<{ version: number }[]>`
    update issuing.application
       set state = ${move.to}, version = version + 1,
           decision = coalesce(${decision}::jsonb, decision),
           card = coalesce(${move.approved?.card ?? null}, card),
           approved_ms = coalesce(${move.approved?.atMs ?? null}::bigint, approved_ms)
     where id = ${move.id} and state = any(${sourcesOf(applicationMoves, move.to)})
    returning version`
  return row?.version
}

/** An application as its owner reads it. */
export type ApplicationView = Application & { readonly verifications: readonly VerificationView[] }

export async function viewApplication(
  db: Db,
  application: Application,
  nowMs: number,
): Promise<ApplicationView> {
  const rows = await listVerifications(db, application.id)
  const verifications = rows.map((row) => viewOf(row, nowMs))
  return { ...application, state: stateAt(application, nowMs), verifications }
}
