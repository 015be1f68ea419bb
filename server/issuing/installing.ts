/** The doors for whoever carries a card to its phone: what may be installed, and that it was. */
import { type Answer, done, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { Scheme } from '@warifu/protocol/schemes'
import { setCardPrint } from '#ledger'
import type { Db, Tx } from '#store'
import { lockApplication, moveApplication, readApplication, stateAt } from './application.ts'
import type { CardView } from './card-view.ts'
import { carryOut, viewOne } from './holding.ts'
import type { Needs } from './needs.ts'
import { readProgram } from './program.ts'
import { takeOver } from './replacing.ts'

/** A card that waits to be installed on the terminal that applied for it. */
export type Installable = {
  readonly application: Id<'app'>
  readonly card: Id<'crd'>
  readonly cardholder: Id<'chl'>
  readonly scheme: Scheme
  readonly bin: string
  /** `YYYY-MM`, from the approval: the same whenever it is asked. */
  readonly expires: string
  readonly approvedMs: number
}

export type Pull = {
  readonly application: Id<'app'>
  readonly terminal: Id<'trm'>
  readonly cardholder: Id<'chl'>
}

export async function installable(db: Db, pull: Pull, nowMs: number): Promise<Answer<Installable>> {
  const application = await readApplication(db, pull.application)
  if (application?.cardholder !== pull.cardholder) return refused('not_found')
  const state = stateAt(application, nowMs)
  if (state === 'expired') return refused('application_expired')
  const { card, approvedMs } = application
  const isOurs = application.terminal === pull.terminal
  if (state !== 'approved' || card === null || approvedMs === null || !isOurs)
    return refused('application_state')
  const program = await readProgram(db, application.program)
  if (program === undefined) throw new Error('an application without program')
  const expires = monthAfter(Number(approvedMs), program.validityMonths)
  const { id, cardholder, scheme } = application
  const facts = { bin: program.bin, expires, approvedMs: Number(approvedMs) }
  return done({ application: id, card, cardholder, scheme, ...facts })
}

/** The month that lies so many months after this instant (UTC). */
export function monthAfter(ms: number, months: number): string {
  const start = new Date(ms)
  return new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + months))
    .toISOString()
    .slice(0, 7)
}

export type Made = {
  readonly application: Id<'app'>
  readonly card: Id<'crd'>
  readonly last4: string
  readonly expires: string
  readonly nowMs: number
}

/** The card was made and sealed. */
export async function provision(needs: Needs, tx: Tx, made: Made): Promise<Answer<undefined>> {
  const { application, card, last4, expires, nowMs } = made
  const locked = await lockApplication(tx, application)
  if (locked === undefined || stateAt(locked, nowMs) !== 'approved')
    return refused('application_state')
  await tx`update issuing.card set last4 = ${last4}, expires = ${expires} where id = ${card}`
  await setCardPrint(tx, card, { last4, expires })
  const cause = { reason: 'sealed_to_terminal', actor: 'terminal', nowMs } as const
  const step = { id: card, to: 'provisioned', event: 'card.provisioned', cause } as const
  const refusal = await carryOut(needs, tx, step)
  if (refusal !== undefined) throw new Error('an approved application with a card beyond approved')
  return done(undefined)
}

export type Installed = {
  readonly application: Id<'app'>
  readonly card: Id<'crd'>
  readonly nowMs: number
}

/** The terminal said, signed, what it installed: the card pays from now on. */
export async function activate(
  needs: Needs,
  tx: Tx,
  { application, card, nowMs }: Installed,
): Promise<Answer<CardView>> {
  const locked = await lockApplication(tx, application)
  if (locked === undefined || stateAt(locked, nowMs) !== 'approved')
    return refused('application_state')
  await moveApplication(tx, { id: application, to: 'installed' })
  const cause = { reason: 'installed', actor: 'terminal', nowMs } as const
  const { terminal } = locked
  const step = { id: card, to: 'active', event: 'card.active', cause, terminal } as const
  const refusal = await carryOut(needs, tx, step)
  if (refusal !== undefined) throw new Error('an installation of a card that was not provisioned')
  const { replaces } = locked
  if (replaces !== null) await takeOver(needs, tx, { from: replaces, to: card, nowMs })
  return done(await viewOne(tx, card, nowMs))
}
