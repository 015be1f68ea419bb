/**
 * Identification, try by try. Ids are made of the signed request, so that a retry names the same
 * code and the same attempt. What a method is, stands in methods.ts; here is what all share.
 */
import { type Answer, done, errors, type Refusal, refused } from '@warifu/protocol/errors'
import { type Id, timeOf } from '@warifu/protocol/ids'
import type { Language } from '@warifu/protocol/language'
import type { Db, Tx } from '#store'
import { idOfCall, type TerminalCall, type Work } from '#terminals'
import {
  type Application,
  type ApplicationView,
  lockApplication,
  readApplication,
  stateAt,
} from './application.ts'
import { decideWhenVerified } from './decision.ts'
import { methodTable } from './methods.ts'
import type { Needs } from './needs.ts'
import { readProgram } from './program.ts'
import type { Begun, Proof, Method as Row } from './starting.ts'
import {
  insertVerification,
  keepLog,
  listVerifications,
  moveVerification,
  readVerification,
  type VerificationView,
  viewOf,
} from './verification.ts'

export type StartingVerification = {
  readonly call: TerminalCall
  readonly application: Id<'app'>
  readonly proof: Proof
  readonly language: Language
  readonly nowMs: number
}
type Gathered = { readonly id: Id<'ver'>; readonly begun: Begun; readonly deadlineMs: number }

export const startVerification = (
  needs: Needs,
  starting: StartingVerification,
): Work<Gathered, VerificationView> => ({
  gather: async () => {
    const { call, application, proof, language, nowMs } = starting
    const found = await ownApplication(needs.store.sql, starting, application)
    if (!found.ok) return found
    const refusal = await whyNot(needs.store.sql, found.value, proof.method)
    if (refusal !== undefined) return refused(refusal)
    const id = idOfCall('ver', call, timeOf(application))
    // The proof is of the method that names the row.
    const row = methodTable[proof.method] as Row
    const deadlineMs = nowMs + row.minutes * 60_000
    const given = { id, call, application: found.value, proof, language, deadlineMs, nowMs }
    const begun = await row.start(needs, given)
    return begun.ok ? done({ id, begun: begun.value, deadlineMs }) : begun
  },
  record: (tx, gathered) => keep(needs, tx, { ...starting, ...gathered }),
})

type Asked = { readonly call: TerminalCall; readonly nowMs: number }

/** The application of the calling cardholder, where something can still be done for it. */
async function ownApplication(
  db: Db,
  { call, nowMs }: Asked,
  id: Id<'app'>,
): Promise<Answer<Application>> {
  const application = await readApplication(db, id)
  if (application?.cardholder !== call.cardholder) return refused('not_found')
  const state = stateAt(application, nowMs)
  if (state === 'expired') return refused('application_expired')
  return state === 'submitted' ? done(application) : refused('application_state')
}

/** Why this method may not be tried now. */
async function whyNot(
  db: Db,
  { id, program }: Application,
  method: Proof['method'],
): Promise<Refusal | undefined> {
  const asksFor = (await readProgram(db, program))?.verificationMethods ?? []
  const before = (await listVerifications(db, id)).filter((one) => one.method === method)
  const isDone = before.some(({ state }) => state === 'verified' || state === 'in_review')
  if (!asksFor.includes(method) || isDone) return 'application_state'
  return before.length < methodTable[method].tries ? undefined : 'verification_exhausted'
}

async function keep(
  needs: Needs,
  tx: Tx,
  starting: StartingVerification & Gathered,
): Promise<Answer<VerificationView>> {
  const { id, application, proof, begun, deadlineMs, nowMs } = starting
  const locked = await lockApplication(tx, application)
  if (locked === undefined || stateAt(locked, nowMs) !== 'submitted')
    return refused('application_state')
  const refusal = await whyNot(tx, locked, proof.method)
  if (refusal !== undefined) return refused(refusal)
  const { state, destination, detail, reason = null, also } = begun
  const row = { id, application, method: proof.method, destination, state, reason, detail }
  const log = { what: reason ?? state, by: 'cardholder', atMs: nowMs } as const
  await insertVerification(tx, { ...row, deadlineMs }, log)
  await also?.(tx, nowMs)
  if (state === 'refused') return refused(refusalOf(reason), proof.method)
  if (state === 'verified') await decideWhenVerified(needs, tx, { id: application, nowMs })
  const kept = await readVerification(tx, id)
  if (kept === undefined) throw new Error('the verification just made is not there')
  return done(viewOf(kept, nowMs))
}

/** Methods refuse in their own words, each of which is in the one vocabulary. */
function refusalOf(reason: string | null): Refusal {
  if (reason === null || !Object.hasOwn(errors, reason)) throw new Error(`no refusal: ${reason}`)
  return reason as Refusal
}

export type AnsweringVerification = {
  readonly call: TerminalCall
  readonly verification: Id<'ver'>
  readonly code: string
  readonly nowMs: number
}
type Checked = {
  readonly application: Id<'app'>
  /** The number that was reached, where the code was right. */
  readonly phone: string | null
  /** The vault's no, as ours; undefined where the code was right. */
  readonly refusal: Refusal | undefined
}

export const answerVerification = (
  needs: Needs,
  answering: AnsweringVerification,
): Work<Checked, ApplicationView> => ({
  gather: async () => {
    const { verification: id, code } = answering
    const verification = await readVerification(needs.store.sql, id)
    if (verification === undefined) return refused('not_found')
    const { application, method, state, detail } = verification
    const found = await ownApplication(needs.store.sql, answering, application)
    if (!found.ok) return found
    if (method !== 'phone' && method !== 'voice') return refused('application_state')
    if (state === 'exhausted') return refused('code_exhausted')
    const { attempt, atMs } = await keepAttempt(needs.store.sql, answering)
    const now = new Date(Number(atMs)).toISOString()
    const said = await needs.vault.call('check_code', { verification: id, attempt, code, now })
    const refusal = said.ok ? undefined : codeRefusal(said.refusal)
    return done({ application, phone: detail['phone'] ?? null, refusal })
  },
  record: async (tx, { application, phone, refusal }) => {
    const { call, verification: id, nowMs } = answering
    const locked = await lockApplication(tx, application)
    if (locked === undefined || stateAt(locked, nowMs) !== 'submitted')
      return refused('application_state')
    const log = { what: refusal ?? 'verified', by: 'cardholder', atMs: nowMs } as const
    const ends = refusal === undefined ? 'verified' : 'exhausted'
    if (refusal === undefined || refusal === 'code_exhausted')
      await moveVerification(tx, { id, from: 'sent', to: ends }, log)
    else await keepLog(tx, id, log)
    if (refusal !== undefined) return refused(refusal)
    if (phone !== null)
      await needs.directory.keep(tx, { e164: phone, cardholder: call.cardholder, nowMs })
    return done(await decideWhenVerified(needs, tx, { id: application, nowMs }))
  },
})

/** The attempt of this signed request, and when it was first made. */
async function keepAttempt(db: Db, { call, verification, nowMs }: AnsweringVerification) {
  const attempt = idOfCall('req', call, timeOf(verification))
  await db`
    insert into issuing.attempt (id, verification, at_ms)
    values (${attempt}, ${verification}, ${nowMs}) on conflict do nothing`
  const [row] = await db<{ atMs: bigint }[]>`
    select at_ms as "atMs" from issuing.attempt where id = ${attempt}`
  if (row === undefined) throw new Error('the attempt just made is not there')
  return { attempt, atMs: row.atMs }
}

const codeRefusals = ['code_expired', 'code_exhausted'] as const
const codeRefusal = (refusal: string): Refusal =>
  codeRefusals.find((known) => known === refusal) ?? 'code_wrong'
