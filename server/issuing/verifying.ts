/**
 * Identification by phone: a one-time code that the vault makes, counts and compares. Ids are
 * made of the signed request, so that a retry names the same code and the same attempt.
 */
import { type Answer, done, type Refusal, refused } from '@warifu/protocol/errors'
import { type Id, timeOf } from '@warifu/protocol/ids'
import { queueMessage, readPhone } from '#people'
import type { Db, Tx } from '#store'
import { idOfCall, type TerminalCall, type Work } from '#terminals'
import {
  type Application,
  type ApplicationView,
  listVerifications,
  lockApplication,
  moveVerification,
  readApplication,
  readVerification,
  stateAt,
  type VerificationView,
  viewOf,
} from './application.ts'
import { decideWhenVerified } from './decision.ts'
import type { Needs } from './needs.ts'
import { readProgram } from './program.ts'

const CODE_MS = 10 * 60 * 1000
const CODE_TRIES = 5
/** How many codes one application may have sent; each is a message that somebody pays for. */
const CODES = 5

export type StartingVerification = {
  readonly call: TerminalCall
  readonly application: Id<'app'>
  readonly method: 'phone'
  readonly phone: string
  readonly nowMs: number
}
type Sending = {
  readonly id: Id<'ver'>
  readonly destination: string
  readonly code: string
  readonly deadlineMs: number
}

export const startVerification = (
  needs: Needs,
  starting: StartingVerification,
): Work<Sending, VerificationView> => ({
  gather: async () => {
    const { call, application, method } = starting
    const found = await ownApplication(needs.store.sql, starting, application)
    const refusal = found.ok ? await whyNot(needs.store.sql, found.value, method) : found.refusal
    if (refusal !== undefined) return refused(refusal)
    const destination = readPhone(starting.phone)
    if (destination === undefined) return refused('field_invalid', 'phone')
    const id = idOfCall('ver', call, timeOf(application))
    const deadlineMs = starting.nowMs + CODE_MS
    const expires_at = new Date(deadlineMs).toISOString()
    const asked = { verification: id, tries: CODE_TRIES, expires_at }
    const made = await needs.vault.call('make_code', asked)
    if (!made.ok) return refused('code_exhausted')
    return done({ id, destination, code: made.output.code, deadlineMs })
  },
  record: (tx, sending) => send(needs, tx, { ...starting, ...sending }),
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

/** Why no code may be sent for this method now. */
async function whyNot(
  db: Db,
  { id, program }: Application,
  method: 'phone',
): Promise<Refusal | undefined> {
  const asksFor = (await readProgram(db, program))?.verificationMethods ?? []
  const before = await listVerifications(db, id)
  const isVerified = before.some((one) => one.method === method && one.state === 'verified')
  const mayStart = asksFor.includes(method) && !isVerified && before.length < CODES
  return mayStart ? undefined : 'application_state'
}

async function send(
  { mint }: Needs,
  tx: Tx,
  sending: StartingVerification & Sending,
): Promise<Answer<VerificationView>> {
  const { id, application, method, destination, code, nowMs } = sending
  const locked = await lockApplication(tx, application)
  if (locked === undefined || stateAt(locked, nowMs) !== 'submitted')
    return refused('application_state')
  const refusal = await whyNot(tx, locked, method)
  if (refusal !== undefined) return refused(refusal)
  await tx`
    insert into issuing.verification
      (id, application, method, destination, state, created_ms, deadline_ms)
    values (${id}, ${application}, ${method}, ${destination}, 'sent', ${nowMs},
            ${sending.deadlineMs})`
  const body = `Warifu: ${code} is your code. It is good for ten minutes. Tell it to nobody.`
  const message = { id: mint('msg'), channel: 'sms', recipient: destination, body } as const
  await queueMessage(tx, message, nowMs)
  const kept = await readVerification(tx, id)
  if (kept === undefined) throw new Error('the verification just made is not there')
  return done(viewOf(kept, nowMs))
}

export type AnsweringVerification = {
  readonly call: TerminalCall
  readonly verification: Id<'ver'>
  readonly code: string
  readonly nowMs: number
}
type Checked = {
  readonly application: Id<'app'>
  readonly destination: string
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
    const found = await ownApplication(needs.store.sql, answering, verification.application)
    if (!found.ok) return found
    if (verification.state === 'exhausted') return refused('code_exhausted')
    const { attempt, atMs } = await keepAttempt(needs.store.sql, answering)
    const now = new Date(Number(atMs)).toISOString()
    const said = await needs.vault.call('check_code', { verification: id, attempt, code, now })
    const refusal = said.ok ? undefined : codeRefusal(said.refusal)
    const { application, destination } = verification
    return done({ application, destination, refusal })
  },
  record: async (tx, { application, destination, refusal }) => {
    const { verification: id, nowMs } = answering
    const locked = await lockApplication(tx, application)
    if (locked === undefined || stateAt(locked, nowMs) !== 'submitted')
      return refused('application_state')
    if (refusal === 'code_exhausted') await moveVerification(tx, id, 'exhausted')
    if (refusal !== undefined) return refused(refusal)
    await moveVerification(tx, id, 'verified')
    const { cardholder } = locked
    await needs.directory.keep(tx, { e164: destination, cardholder, nowMs })
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
