/**
 * The rows of what is verified for an application: a row for each try of a method, with its state,
 * its deadline and a log of everything that happened to it.
 */
import type { Id } from '@warifu/protocol/ids'
import type { Method, verificationStates } from '@warifu/protocol/issuing-objects'
import type { Db, Tx } from '#store'

export type VerificationState = Exclude<(typeof verificationStates)[number], 'expired'>

/** What a reviewer reads of it, and what later steps need: never a secret. */
export type Detail = { readonly [name: string]: string | null }

export type Verification = {
  readonly id: Id<'ver'>
  readonly application: Id<'app'>
  readonly method: Method
  /** What is verified, as it may be shown: a number, a document, a card, a subject; masked. */
  readonly destination: string
  readonly state: VerificationState
  readonly reason: string | null
  readonly detail: Detail
  readonly createdMs: bigint
  readonly deadlineMs: bigint
}

export type Log = {
  readonly what: string
  readonly by: 'cardholder' | 'issuer' | Id<'opr'>
  readonly atMs: number
}

const columns = (db: Db) => db`
  id, application, method, destination, state, reason, detail, created_ms as "createdMs",
  deadline_ms as "deadlineMs"`

export async function insertVerification(
  tx: Tx,
  row: Omit<Verification, 'createdMs' | 'deadlineMs'> & { readonly deadlineMs: number },
  log: Log,
): Promise<void> {
  const { id, application, method, destination, state, reason, detail, deadlineMs } = row
  await tx`
    insert into issuing.verification
      (id, application, method, destination, state, reason, detail, created_ms, deadline_ms)
    values (${id}, ${application}, ${method}, ${destination}, ${state}, ${reason},
            ${tx.json(detail)}, ${log.atMs}, ${deadlineMs})`
  await keepLog(tx, id, log)
}

export async function keepLog(tx: Tx, id: Id<'ver'>, { what, by, atMs }: Log): Promise<void> {
  await tx`
    insert into issuing.verification_log (verification, seq, at_ms, what, by)
    select ${id}, coalesce(max(seq), 0) + 1, ${atMs}, ${what}, ${by}
      from issuing.verification_log where verification = ${id}`
}

export async function readVerification(db: Db, id: Id<'ver'>): Promise<Verification | undefined> {
  const [row] = await db<Verification[]>`
    select ${columns(db)} from issuing.verification where id = ${id}`
  return row
}

/** What was verified, or is being verified, for an application; oldest first. */
export async function listVerifications(db: Db, application: Id<'app'>): Promise<Verification[]> {
  return db<Verification[]>`
    select ${columns(db)} from issuing.verification
     where application = ${application} order by created_ms, id`
}

export type LogRow = { readonly atMs: bigint; readonly what: string; readonly by: string }

export async function logOf(db: Db, id: Id<'ver'>): Promise<LogRow[]> {
  return db<LogRow[]>`
    select at_ms as "atMs", what, by from issuing.verification_log
     where verification = ${id} order by seq`
}

type Move = {
  readonly id: Id<'ver'>
  readonly from: 'sent' | 'in_review'
  readonly to: 'verified' | 'refused' | 'exhausted'
  readonly reason?: string
}

/** Ends a verification; false where it had ended before. */
export async function moveVerification(tx: Tx, move: Move, log: Log): Promise<boolean> {
  const { id, from, to, reason = null } = move
  const [row] = await tx`
    update issuing.verification set state = ${to}, reason = ${reason}
     where id = ${id} and state = ${from} returning id`
  if (row !== undefined) await keepLog(tx, id, log)
  return row !== undefined
}

export type VerificationView = Omit<Verification, 'state' | 'detail'> & {
  readonly status: Verification['state'] | 'expired'
}

export function viewOf(verification: Verification, nowMs: number): VerificationView {
  const { state, detail: _, ...rest } = verification
  const isOver = state === 'sent' && verification.deadlineMs <= nowMs
  return { ...rest, status: isOver ? 'expired' : state }
}
