/**
 * A card in the place of another: lost, stolen, damaged, or near its end. It comes by an
 * application of its own, approved from the start, so that it is installed like any card. A lost or
 * stolen card is stopped at once; any other pays until the new one does, and ends in that instant.
 */
import { type Answer, done, type Refusal, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { ReplacementReason } from '@warifu/protocol/issuing-objects'
import { append } from '#events'
import { inheritSpending } from '#ledger'
import type { Tx } from '#store'
import type { TerminalCall, Work } from '#terminals'
import {
  APPLICATION_MS,
  type ApplicationView,
  lockApplication,
  viewApplication,
} from './application.ts'
import { type CardRow, readCard } from './card.ts'
import { succeed } from './granting.ts'
import { carryOut, lastCause } from './holding.ts'
import type { Following, Needs } from './needs.ts'
import { holdProgram, type Program, readProgram } from './program.ts'
import type { Decision } from './rules.ts'

export type Replacing = {
  readonly call: TerminalCall
  readonly card: Id<'crd'>
  readonly reason: ReplacementReason | 'renewal'
  readonly nowMs: number
}

export const replace = (needs: Needs, replacing: Replacing): Work<undefined, ApplicationView> => ({
  gather: async () => done(undefined),
  record: async (tx, _) => {
    const { call, reason, nowMs } = replacing
    const named = await readCard(tx, replacing.card)
    if (named?.cardholder !== call.cardholder) return refused('not_found')
    const program = await holdProgram(tx, named.program)
    const card = await lockCard(tx, replacing.card)
    if (card === undefined) return refused('not_found')
    if (card.state !== 'active' && card.state !== 'suspended') return refused('card_not_active')
    if (reason === 'lost' || reason === 'stolen')
      await stopAtOnce(needs, tx, { card, reason, nowMs })
    const open = await openReplacement(tx, card.id)
    if (open !== undefined) return again(tx, open, replacing)
    const refusal = reason === 'renewal' ? whyNotRenew(program, card, nowMs) : undefined
    if (refusal !== undefined) return refused(refusal)
    const id = await insert(needs, tx, { card, program }, replacing)
    const made = await lockApplication(tx, id)
    if (made === undefined) throw new Error('the application just made is not there')
    return done(await viewApplication(tx, made, nowMs))
  },
})

type Gone = { readonly card: CardRow; readonly reason: 'lost' | 'stolen'; readonly nowMs: number }

/** Also where it was frozen before, or where another card is on its way already. */
async function stopAtOnce(needs: Needs, tx: Tx, { card, reason, nowMs }: Gone): Promise<void> {
  if ((await lastCause(tx, card.id))?.reason === reason) return
  const cause = { reason, actor: 'cardholder', nowMs } as const
  await carryOut(needs, tx, { id: card.id, to: 'suspended', event: 'card.suspended', cause })
}

async function lockCard(tx: Tx, id: Id<'crd'>): Promise<CardRow | undefined> {
  await tx`select 1 from issuing.card where id = ${id} for no key update`
  return readCard(tx, id)
}

async function openReplacement(tx: Tx, card: Id<'crd'>): Promise<Id<'app'> | undefined> {
  const [row] = await tx<{ id: Id<'app'> }[]>`
    select id from issuing.application where replaces = ${card} and state = 'approved'`
  return row?.id
}

/** What was asked for before is still on its way: to this phone, or to another one. */
async function again(
  tx: Tx,
  id: Id<'app'>,
  { call, nowMs }: Replacing,
): Promise<Answer<ApplicationView>> {
  const open = await lockApplication(tx, id)
  if (open?.terminal !== call.terminal) return refused('application_state')
  return done(await viewApplication(tx, open, nowMs))
}

const DAY_MS = 24 * 60 * 60 * 1000

function whyNotRenew(
  { renewDays }: Program,
  { expires }: CardRow,
  nowMs: number,
): Refusal | undefined {
  if (expires === null) throw new Error('a card without end')
  return nowMs >= endOf(expires) - renewDays * DAY_MS ? undefined : 'card_not_renewable'
}

/** The instant at which a card's last month is over (UTC). */
export function endOf(expires: string): number {
  const [year = 0, month = 0] = expires.split('-').map(Number)
  return Date.UTC(year, month)
}

type Replaced = { readonly card: CardRow; readonly program: Program }

async function insert(
  needs: Needs,
  tx: Tx,
  { card, program }: Replaced,
  { call, reason, nowMs }: Replacing,
): Promise<Id<'app'>> {
  const id = needs.mint('app')
  const decision: Decision = { result: 'approve', reason: 'in_its_place', rule: 0, limit: null }
  // The card's id is written when it is made; the check wants it with the time of approval.
  await tx`
    insert into issuing.application
      (id, cardholder, terminal, counter, program, scheme, facts, state, decision, replaces,
       created_ms, deadline_ms)
    select ${id}, cardholder, ${call.terminal}, ${call.counter}, program, scheme, facts,
           'submitted', ${tx.json(decision)}, ${card.id}, ${nowMs}, ${nowMs + APPLICATION_MS}
      from issuing.application
     where id = (select application from issuing.card where id = ${card.id})`
  const from = card.id
  const made = await succeed(needs, tx, { program, application: id, from, reason, nowMs })
  await tx`
    update issuing.application
       set state = 'approved', version = version + 1, card = ${made}, approved_ms = ${nowMs}
     where id = ${id}`
  const about = { audience: card.cardholder, type: 'application.approved', subject: id } as const
  const data = { result: 'approve', reason: 'in_its_place', card: made, replaces: card.id }
  await append(tx, [{ id: needs.mint('evt'), ...about, sequence: 2, data }], nowMs)
  return id
}

/** The new card is installed: the old one ends, and whoever knew it follows or stops. */
export async function takeOver(
  needs: Needs,
  tx: Tx,
  { from, to, nowMs }: Omit<Following, 'keeps' | 'last4'>,
): Promise<void> {
  const old = await lockCard(tx, from)
  const program = old && (await readProgram(tx, old.program))
  if (old === undefined || program === undefined) throw new Error('nothing to take over')
  await inheritSpending(tx, { from, to })
  await tx`update issuing.card set replaced_by = ${to} where id = ${from}`
  const cause = { reason: 'replaced', actor: 'issuer', nowMs } as const
  // Closed or expired in between: then it stays that.
  await carryOut(needs, tx, { id: from, to: 'replaced', event: 'card.replaced', cause })
  const last4 = (await readCard(tx, to))?.last4 ?? ''
  await needs.follow(tx, { from, to, last4, keeps: program.keepsTokens, nowMs })
}
