/**
 * What is left to a person: applications that the rules did not decide, and identity documents.
 * The rule that asked for the person stays on record. A limit above the program's threshold needs a
 * second person, who asks for the very same.
 */
import { type Answer, done, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import { askSecond, type Waiting } from '#people'
import type { Tx } from '#store'
import { type ApplicationView, lockApplication, stateAt, viewApplication } from './application.ts'
import { decideWhenVerified, lockWithProgram, settle } from './decision.ts'
import type { Needs } from './needs.ts'
import type { Program } from './program.ts'
import { type Decision, type Reason, smallestLimit } from './rules.ts'
import { keepLog, moveVerification, readVerification } from './verification.ts'

export type Verdict = {
  readonly result: 'approve' | 'refuse'
  /** Of credit; the smallest of the program's rules where it is left out. */
  readonly limit?: number | undefined
  /** Read by the applicant; a refusal names its own. */
  readonly reason?: Reason | undefined
}

export type Deciding = {
  readonly id: Id<'app'>
  readonly verdict: Verdict
  /** Who decides; nobody where the sandbox plays the person, and then alone. */
  readonly by: Id<'opr'> | null
  readonly nowMs: number
}

export type Decided = {
  readonly application: ApplicationView
  /** The decision waits for a second person. */
  readonly waiting: Waiting | null
}

export async function decideByPerson(
  needs: Needs,
  { id, verdict, by, nowMs }: Deciding,
): Promise<Answer<Decided>> {
  return needs.store.transaction(async (tx): Promise<Answer<Decided>> => {
    const found = await lockApplication(tx, id)
    if (found === undefined) return refused('not_found')
    if (stateAt(found, nowMs) !== 'in_review') return refused('application_state')
    const { application, program } = await lockWithProgram(tx, id)
    const limit = verdict.result === 'approve' ? limitOf(program, verdict.limit) : null
    if (limit === undefined) return refused('field_invalid', 'limit')
    const reason = verdict.reason ?? 'needs_a_person'
    if (
      by !== null &&
      limit !== null &&
      program.secondAbove !== null &&
      limit > program.secondAbove
    ) {
      const content = { result: verdict.result, limit, reason }
      const asked = { id: needs.mint('req'), act: 'application.decide', subject: id, content }
      const waiting = await askSecond(tx, { ...asked, by, nowMs })
      if (waiting !== undefined)
        return done({ application: await viewApplication(tx, application, nowMs), waiting })
    }
    const rule = application.decision?.rule ?? program.rules.length
    const decision: Decision = { result: verdict.result, reason, rule, limit }
    const settled = await settle(needs, tx, { application, program, decision, nowMs })
    return done({ application: settled, waiting: null })
  })
}

/** The limit that a person grants: none where the card has no credit of its own. */
function limitOf({ funding, account, rules }: Program, asked?: number): number | null | undefined {
  if (funding === 'debit' || account === 'issued_card')
    return asked === undefined ? null : undefined
  return asked ?? smallestLimit(rules)
}

export type Judging = {
  readonly id: Id<'ver'>
  readonly result: 'accept' | 'refuse'
  readonly reason?: string | undefined
  readonly by: Id<'opr'> | null
  readonly nowMs: number
}

/** A person has looked at an identity document. */
export async function judgeDocument(
  needs: Needs,
  { id, result, reason, by, nowMs }: Judging,
): Promise<Answer<ApplicationView>> {
  return needs.store.transaction(async (tx): Promise<Answer<ApplicationView>> => {
    const verification = await readVerification(tx, id)
    if (verification === undefined) return refused('not_found')
    const application = await lockApplication(tx, verification.application)
    if (application === undefined) throw new Error('a verification without application')
    if (stateAt(application, nowMs) !== 'submitted') return refused('application_state')
    const to = result === 'accept' ? 'verified' : 'refused'
    const log = { what: to, by: by ?? 'issuer', atMs: nowMs } as const
    const why = reason ?? 'document_refused'
    const move = { id, from: 'in_review', to, ...(to === 'refused' && { reason: why }) } as const
    if (!(await moveVerification(tx, move, log))) return refused('application_state')
    await forgetNumber(tx, id)
    return done(await decideWhenVerified(needs, tx, { id: application.id, nowMs }))
  })
}

/** After the review nobody needs the document's number any more: its end stays. */
async function forgetNumber(tx: Tx, id: Id<'ver'>): Promise<void> {
  await tx`
    update issuing.verification set detail = detail - 'document_number' - 'mrz' where id = ${id}`
}

/** Notes that somebody has read a document; who looks at people's papers is on record. */
export const noteReading = (tx: Tx, id: Id<'ver'>, by: Id<'opr'>, nowMs: number): Promise<void> =>
  keepLog(tx, id, { what: 'read', by, atMs: nowMs })
