/** The rows of applications and of what is verified for them; both change by tables of moves. */
import type { Id } from '@warifu/protocol/ids'
import { type ApplicationStatus, applicationMoves, sourcesOf } from '@warifu/protocol/moves'
import type { Applicant } from '@warifu/protocol/objects'
import type { Scheme } from '@warifu/protocol/schemes'
import { maskPhone } from '#people'
import type { Db, Tx } from '#store'
import type { Decision } from './rules.ts'

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
  readonly createdMs: bigint
  readonly deadlineMs: bigint
  readonly approvedMs: bigint | null
}

const columns = (db: Db) => db`
  id, cardholder, terminal, program, scheme, facts, state, version, decision, card,
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

export type Verification = {
  readonly id: Id<'ver'>
  readonly application: Id<'app'>
  readonly method: 'phone'
  readonly destination: string
  readonly state: 'sent' | 'verified' | 'exhausted'
  readonly deadlineMs: bigint
}

export async function readVerification(db: Db, id: Id<'ver'>): Promise<Verification | undefined> {
  const [row] = await db<Verification[]>`
    select id, application, method, destination, state, deadline_ms as "deadlineMs"
      from issuing.verification where id = ${id}`
  return row
}

/** What was verified, or is being verified, for an application; oldest first. */
export async function listVerifications(db: Db, application: Id<'app'>): Promise<Verification[]> {
  return db<Verification[]>`
    select id, application, method, destination, state, deadline_ms as "deadlineMs"
      from issuing.verification where application = ${application} order by created_ms, id`
}

export async function moveVerification(
  tx: Tx,
  id: Id<'ver'>,
  to: 'verified' | 'exhausted',
): Promise<void> {
  await tx`update issuing.verification set state = ${to} where id = ${id} and state = 'sent'`
}

export type VerificationView = Omit<Verification, 'state' | 'destination'> & {
  readonly status: Verification['state'] | 'expired'
  /** Masked. */
  readonly destination: string
}

export function viewOf(verification: Verification, nowMs: number): VerificationView {
  const { state, destination, ...rest } = verification
  const isOver = state === 'sent' && verification.deadlineMs <= nowMs
  return { ...rest, status: isOver ? 'expired' : state, destination: maskPhone(destination) }
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
