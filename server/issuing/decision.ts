/**
 * From what was verified to a yes, a no or a person: the rules decide, and everything that follows
 * (account, card, event) is written in the transaction of the decision.
 */
import { type Answer, done, refused } from '@warifu/protocol/errors'
import { type Id, laneOf } from '@warifu/protocol/ids'
import { append, type EventItem } from '#events'
import { openAccount, putCard } from '#ledger'
import type { Tx } from '#store'
import {
  type Application,
  type ApplicationView,
  listVerifications,
  lockApplication,
  moveApplication,
  stateAt,
  viewApplication,
} from './application.ts'
import { insertCard } from './card.ts'
import type { Needs } from './needs.ts'
import { type Program, readProgram } from './program.ts'
import { type Decision, decide, factsOf, smallestLimit } from './rules.ts'

const stateOf = { approve: 'approved', review: 'in_review', refuse: 'refused' } as const

/** Decides where every method that the program asks for is verified; else leaves all as it is. */
export async function decideWhenVerified(
  needs: Needs,
  tx: Tx,
  { id, nowMs }: { readonly id: Id<'app'>; readonly nowMs: number },
): Promise<ApplicationView> {
  const { application, program } = await lockWithProgram(tx, id)
  const verified = (await listVerifications(tx, id)).filter(({ state }) => state === 'verified')
  const isReady = program.verificationMethods.every((asked) =>
    verified.some(({ method }) => method === asked),
  )
  if (!isReady) return viewApplication(tx, application, nowMs)
  const decision = decide(program.rules, factsOf(application.facts, nowMs))
  return settle(needs, tx, { application, program, decision, nowMs })
}

async function lockWithProgram(tx: Tx, id: Id<'app'>) {
  const application = await lockApplication(tx, id)
  const program = application && (await readProgram(tx, application.program))
  if (application === undefined || program === undefined)
    throw new Error('an application without row or program')
  return { application, program }
}

type Settling = {
  readonly application: Application
  readonly program: Program
  readonly decision: Decision
  readonly nowMs: number
}

async function settle(needs: Needs, tx: Tx, settling: Settling): Promise<ApplicationView> {
  const { application, decision, nowMs } = settling
  const { id, cardholder } = application
  const to = stateOf[decision.result]
  const card = decision.result === 'approve' ? await grant(needs, tx, settling) : undefined
  const approved = card === undefined ? {} : { approved: { card, atMs: nowMs } }
  const version = await moveApplication(tx, { id, to, decision, ...approved })
  if (version === undefined) throw new Error(`no way to ${to} from ${application.state}`)
  const event: EventItem = {
    id: needs.mint('evt'),
    audience: cardholder,
    type: `application.${to}`,
    subject: id,
    sequence: version,
    data: { result: decision.result, reason: decision.reason, card: card ?? null },
  }
  await append(tx, [event], nowMs)
  const { application: after } = await lockWithProgram(tx, id)
  return viewApplication(tx, after, nowMs)
}

/** Account and card of an approved application; the card pays nothing until it is installed. */
async function grant(
  { mint, lane }: Needs,
  tx: Tx,
  { application, program, decision, nowMs }: Settling,
): Promise<Id<'crd'>> {
  if (decision.limit === null) throw new Error('approved without a limit')
  const account = mint('acc', lane())
  const card = mint('crd', laneOf(account))
  const creditLimit = BigInt(decision.limit)
  await openAccount(tx, { id: account, currency: program.currency, creditLimit, nowMs })
  const { id, cardholder, program: programId } = application
  const cause = { reason: 'application_approved', actor: 'issuer', nowMs } as const
  await insertCard(
    tx,
    { id: card, account, cardholder, program: programId, application: id },
    cause,
  )
  const { perTransaction, perDay, perMonth, signatureOnlyMax } = program
  const limits = { perTransaction, perDay, perMonth, signatureOnlyMax }
  await putCard(tx, { card, account, active: false, ...limits })
  return card
}

export type Verdict = { readonly result: 'approve' | 'refuse'; readonly limit?: number | undefined }

/** A person decides what the rules left to one. The rule that asked for it stays on record. */
export async function decideByPerson(
  needs: Needs,
  { id, verdict }: { readonly id: Id<'app'>; readonly verdict: Verdict },
  nowMs: number,
): Promise<Answer<ApplicationView>> {
  return needs.store.transaction(async (tx) => {
    const application = await lockApplication(tx, id)
    if (application === undefined) return refused('not_found')
    if (stateAt(application, nowMs) !== 'in_review') return refused('application_state')
    const { program } = await lockWithProgram(tx, id)
    const granted = verdict.limit ?? smallestLimit(program.rules)
    const limit = verdict.result === 'approve' ? granted : null
    if (limit === undefined) return refused('field_invalid', 'limit')
    const decision: Decision = {
      result: verdict.result,
      reason: 'needs_a_person',
      rule: application.decision?.rule ?? program.rules.length,
      limit,
    }
    return done(await settle(needs, tx, { application, program, decision, nowMs }))
  })
}
