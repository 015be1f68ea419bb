/**
 * Opening and ending approvals. `open` writes down what a terminal is shown that began itself, by a
 * link; `ask` goes to a person who did not begin, so a mute or a back-off may hold it back.
 */
import { createHash } from 'node:crypto'
import { jcsBytes } from '@warifu/crypto/jcs'
import type { ApprovalContent } from '@warifu/protocol/approval-content'
import type { NumberAsked } from '@warifu/protocol/approval-objects'
import { type Id, laneOf, type Mint } from '@warifu/protocol/ids'
import type { ApprovalStatus } from '@warifu/protocol/moves'
import type { OrderLine } from '@warifu/protocol/sealed'
import { append } from '#events'
import type { Db, Tx } from '#store'

export type NewApproval = {
  readonly content: ApprovalContent
  readonly lines?: readonly OrderLine[]
  readonly terminal: Id<'trm'>
  readonly cardholder: Id<'chl'>
  readonly nowMs: number
}

/** SHA-256(JCS(content)): what the terminal signs and the money statement compares. */
export const contentDigest = (content: ApprovalContent): Buffer =>
  createHash('sha256').update(jcsBytes(content)).digest()

const numberIn = (content: ApprovalContent): string | null =>
  'match_number' in content ? content.match_number : null

/** Opens an approval, on the caller's transaction. Its id carries its subject's lane. */
export async function open(
  db: Db,
  { content, lines = [], terminal, cardholder, nowMs }: NewApproval,
  asked: { readonly number: NumberAsked | null } | null = null,
): Promise<void> {
  await db`
    insert into approvals.approval
      (lane, id, subject_kind, subject, terminal, cardholder, digest, content, factors, state,
       created_ms, deadline_ms, asked, lines, match_number, number_asked)
    values (${laneOf(content.approval)}, ${content.approval}, ${content.subject.kind},
            ${content.subject.id}, ${terminal}, ${cardholder}, ${contentDigest(content)},
            ${db.json(content)}, ${content.factors}, 'pending', ${nowMs},
            ${Date.parse(content.deadline_at)}, ${asked !== null}, ${db.json([...lines])},
            ${numberIn(content)}, ${asked?.number ? db.json(asked.number) : null})`
}

export type Asking = NewApproval & {
  /** How the person is asked for the number in the content; null where there is none. */
  readonly number: NumberAsked | null
  /** When the terminal should have signed that it was shown. */
  readonly receiptDueMs: number
}
/** `muted`, `open`, `too_soon`: nobody was asked, and nobody outside is told. */
export type AskedHow = 'asked' | 'muted' | 'open' | 'too_soon'

/** Whose room acts on the deadline by itself: a payment on its steps', the rest on their own. */
const hasOwnDeadline = { payment: true, mandate: true, increment: true, terminal: false } as const

/** Asks a person who did not begin: the row, what the clock waits for, the notice. */
export async function ask(
  tx: Tx,
  { mint }: { readonly mint: Mint },
  asking: Asking,
): Promise<AskedHow> {
  const { content, cardholder: audience, nowMs } = asking
  const held = await whyNot(tx, asking)
  if (held !== null) return held
  await open(tx, asking, { number: asking.number })
  const { approval, subject, deadline_at } = content
  const lane = laneOf(approval)
  await tx`
    insert into approvals.waiting (lane, approval, what, due_ms)
    values (${lane}, ${approval}, 'receipt', ${asking.receiptDueMs})`
  if (!hasOwnDeadline[subject.kind])
    await tx`
      insert into approvals.waiting (lane, approval, what, due_ms)
      values (${lane}, ${approval}, 'answer', ${Date.parse(deadline_at)})`
  const data = { kind: subject.kind, about: subject.id, deadline_at }
  const event = { id: mint('evt', lane), audience, subject: approval, sequence: 1 }
  await append(tx, [{ ...event, type: 'approval.asked', data }], nowMs)
  return 'asked'
}

type Held = Exclude<AskedHow, 'asked'> | null

async function whyNot(tx: Tx, { content, cardholder, nowMs }: Asking): Promise<Held> {
  if (!('payee' in content)) return null
  // The person's questions are opened one after the other: this row's lock lasts as long as `tx`.
  await tx`
    insert into approvals.person (cardholder) values (${cardholder})
    on conflict (cardholder) do update set cardholder = excluded.cardholder`
  const [row] = await tx<{ held: Held }[]>`
    select approvals.why_not_ask(${cardholder}, ${content.payee.id}, ${content.subject.kind},
                                 ${nowMs}) as held`
  return row?.held ?? null
}

export type Ending = {
  readonly approval: Id<'apr'>
  readonly state: Exclude<ApprovalStatus, 'pending' | 'approved'>
  readonly because?: string
  readonly nowMs: number
}

export type Ended = {
  readonly approval: Id<'apr'>
  readonly cardholder: Id<'chl'>
  readonly state: Exclude<ApprovalStatus, 'pending'>
}

/** Ends a pending approval without a yes; undefined where it had ended before. */
export async function close(
  db: Db,
  { approval, state, because, nowMs }: Ending,
): Promise<Ended | undefined> {
  const [row] = await db<{ cardholder: Id<'chl'> | null }[]>`
    select approvals.close(${laneOf(approval)}::smallint, ${approval}, ${state},
                           ${because ?? null}, ${nowMs}) as cardholder`
  return row?.cardholder ? { approval, cardholder: row.cardholder, state } : undefined
}

/** Tells the person's other screens that a question is over. */
export async function tellEnded(
  tx: Tx,
  { mint }: { readonly mint: Mint },
  { approval: subject, cardholder: audience, state }: Ended,
  nowMs: number,
): Promise<void> {
  const event = { id: mint('evt', laneOf(subject)), audience, subject, sequence: 2 }
  await append(tx, [{ ...event, type: 'approval.ended', data: { status: state } }], nowMs)
}
