/**
 * From what was verified to a yes, a no or a person: the rules decide, and everything that follows
 * (account, card, event) is written in the transaction of the decision. Where a bureau is to be
 * asked first, the application waits in `deciding`: nobody is called inside a transaction.
 */
import type { Id } from '@warifu/protocol/ids'
import type { ApplicationStatus } from '@warifu/protocol/moves'
import { append, type EventItem } from '#events'
import type { Tx } from '#store'
import {
  type Application,
  type ApplicationView,
  lockApplication,
  moveApplication,
  viewApplication,
} from './application.ts'
import { grant } from './granting.ts'
import type { Needs } from './needs.ts'
import { holdProgram, type Program } from './program.ts'
import { type Decision, decide, factsOf, noReport, type Report } from './rules.ts'
import { listVerifications } from './verification.ts'

const stateOf = { approve: 'approved', review: 'in_review', refuse: 'refused' } as const

type Asked = { readonly id: Id<'app'>; readonly nowMs: number }

/** Decides where enough methods are verified; else leaves all as it is. */
export async function decideWhenVerified(
  needs: Needs,
  tx: Tx,
  { id, nowMs }: Asked,
): Promise<ApplicationView> {
  const { application, program } = await lockWithProgram(tx, id)
  const verified = (await listVerifications(tx, id)).filter(({ state }) => state === 'verified')
  const counted = program.verificationMethods.filter((asked) =>
    verified.some(({ method }) => method === asked),
  )
  if (counted.length < program.verificationNeeded) return viewApplication(tx, application, nowMs)
  const about = { application, program, nowMs }
  if (program.bureau) {
    await move(needs, tx, { ...about, to: 'deciding', data: {} })
    return viewOne(tx, about)
  }
  return decideByRules(needs, tx, { ...about, report: noReport })
}

type Deciding = {
  readonly application: Application
  readonly program: Program
  readonly nowMs: number
}

export const decideByRules = (
  needs: Needs,
  tx: Tx,
  { report, ...about }: Deciding & { readonly report: Report },
): Promise<ApplicationView> => {
  const { application, program, nowMs } = about
  const decision = decide(program.rules, factsOf(application.facts, nowMs, report))
  return settle(needs, tx, { ...about, decision })
}

export async function lockWithProgram(tx: Tx, id: Id<'app'>) {
  const application = await lockApplication(tx, id)
  if (application === undefined) throw new Error('an application without row')
  return { application, program: await holdProgram(tx, application.program) }
}

export async function settle(
  needs: Needs,
  tx: Tx,
  settling: Deciding & { readonly decision: Decision },
): Promise<ApplicationView> {
  const { decision, ...about } = settling
  const { result, reason, limit } = decision
  const to = stateOf[result]
  const card = result === 'approve' ? await grant(needs, tx, { ...about, limit }) : undefined
  const data = { result, reason, card: card ?? null }
  await move(needs, tx, { ...about, to, decision, data, ...(card && { card }) })
  return viewOne(tx, about)
}

type Moving = Deciding & {
  readonly to: Extract<ApplicationStatus, 'deciding' | 'approved' | 'in_review' | 'refused'>
  readonly decision?: Decision
  readonly card?: Id<'crd'>
  readonly data: Record<string, string | null>
}

async function move({ mint }: Needs, tx: Tx, moving: Moving): Promise<void> {
  const { application, to, decision, card, data, nowMs } = moving
  const { id, cardholder } = application
  const approved = card === undefined ? {} : { approved: { card, atMs: nowMs } }
  const version = await moveApplication(tx, { id, to, ...(decision && { decision }), ...approved })
  if (version === undefined) throw new Error(`no way to ${to} from ${application.state}`)
  const event: EventItem = {
    id: mint('evt'),
    audience: cardholder,
    type: `application.${to}`,
    subject: id,
    sequence: version,
    data,
  }
  await append(tx, [event], nowMs)
}

async function viewOne(tx: Tx, { application, nowMs }: Deciding): Promise<ApplicationView> {
  return viewApplication(tx, (await lockWithProgram(tx, application.id)).application, nowMs)
}
