/**
 * Asking a person who did not begin. The request that made the payment only wrote down by what they
 * are to be found; the clock finds and asks them. So a merchant's request costs the same, and is
 * answered the same, for people we know and for people we do not.
 */
import { type Id, laneOf } from '@warifu/protocol/ids'
import type { Hop } from '@warifu/protocol/objects'
import { type AskedHow, ask } from '#approvals'
import type { Tx } from '#store'
import { contentFor } from './content.ts'
import { reached } from './hops.ts'
import { asStepped, instantOf, type PaymentNeeds } from './needs.ts'
import { numberAskedFor } from './numbers.ts'
import type { PaymentRow } from './row.ts'

/** By what somebody is to be found, as the payment's request left it. Hashes, in hex. */
export type Claim =
  | { readonly kind: 'phone'; readonly number: string }
  | { readonly kind: 'code'; readonly code: string }
  /** What a till heard: no hash, it is good for half an hour and moves nothing. */
  | { readonly kind: 'beacon'; readonly code: string }

/** Whom to ask, where, and about which card if only one comes into question. */
export type Reached = {
  readonly terminal: Id<'trm'>
  readonly cardholder: Id<'chl'>
  readonly card?: Id<'crd'>
}

type Finder<K extends Claim['kind']> = (
  needs: PaymentNeeds,
  tx: Tx,
  found: { readonly claim: Extract<Claim, { readonly kind: K }>; readonly payment: PaymentRow },
) => Promise<Reached | undefined>

/** Who is meant, by the kind of what they are to be found by. */
const finders: { readonly [K in Claim['kind']]: Finder<K> } = {
  phone: ({ directory }, tx, { claim }) => directory.byNumber(tx, Buffer.from(claim.number, 'hex')),
  beacon: async ({ devices }, tx, { claim, payment: { id, created_ms } }) => {
    const code = Buffer.from(claim.code, 'hex')
    const whose = await devices.hear(tx, { payment: id, code, atMs: created_ms })
    const isActive = whose !== undefined && (await devices.isActive(whose.terminal))
    return isActive ? whose : undefined
  },
  code: ({ directory }, tx, { claim, payment: { id, created_ms } }) =>
    directory.redeem(tx, { hash: Buffer.from(claim.code, 'hex'), payment: id, atMs: created_ms }),
}

// The finder of a claim's kind takes claims of this kind.
const finderOf = (kind: Claim['kind']) => finders[kind] as Finder<Claim['kind']>

/** Asks about one payment that waits for it. Safe on every process at once. */
export async function askAbout(
  needs: PaymentNeeds,
  payment: Id<'pay'>,
  nowMs: number,
): Promise<void> {
  await needs.store.transaction(async (tx) => {
    const taken = await take(tx, payment)
    if (taken === undefined) return
    const { claim, row } = taken
    if (row.status !== 'requires_action') return
    const found = await finderOf(claim.kind)(needs, tx, { claim, payment: row })
    const how = found === undefined ? 'unknown' : await askOne(tx, needs, { row, found, nowMs })
    const hops = reached(instantOf(nowMs), how === 'asked')
    await notePrivately(tx, needs, { payment, name: 'ask', outcome: how, hops, nowMs })
  })
}

type Taken = { readonly claim: Claim; readonly row: PaymentRow }

async function take(tx: Tx, payment: Id<'pay'>): Promise<Taken | undefined> {
  const lane = laneOf(payment)
  const [waiting] = await tx<{ claim: Claim }[]>`
    delete from payments.asking where lane = ${lane} and payment = ${payment} returning claim`
  if (waiting === undefined) return undefined
  const [found] = await tx<{ row: PaymentRow }[]>`
    select to_jsonb(p) as row from payments.payment p
     where p.lane = ${lane} and p.id = ${payment} for no key update`
  if (found === undefined) throw new Error('somebody was to be asked about no payment')
  return { claim: waiting.claim, row: found.row }
}

type One = { readonly row: PaymentRow; readonly found: Reached; readonly nowMs: number }

/** Opens the approval, gives the notice, and makes the payment theirs. */
async function askOne(tx: Tx, needs: PaymentNeeds, { row, found, nowMs }: One): Promise<AskedHow> {
  const { terminal, cardholder, card } = found
  const { action_deadline_ms: deadlineMs } = row
  const presentment = asStepped(row.presentment)
  if (deadlineMs === null || presentment === undefined)
    throw new Error('nobody is asked about a payment without steps')
  const about = { cardholder, presentment, deadlineMs, ...(card === undefined ? {} : { card }) }
  const content = await contentFor(needs, tx, row, about)
  const receiptDueMs = nowMs + needs.receiptMs
  const number = numberAskedFor(needs, row)
  const { lines } = row
  const asking = { content, lines, terminal, cardholder, number, receiptDueMs, nowMs }
  const how = await ask(tx, needs, asking)
  if (how === 'asked')
    await tx`
      select payments.reach(
        ${row.lane}::smallint, ${row.id}, ${terminal}, ${content.approval})`
  return how
}

type Note = {
  readonly payment: Id<'pay'>
  readonly name: string
  readonly outcome: string
  readonly hops: readonly Hop[]
  readonly nowMs: number
}

/** What no merchant reads: it would tell who is a customer of ours. */
export async function notePrivately(tx: Tx, needs: PaymentNeeds, note: Note): Promise<void> {
  await tx`
    select payments.note_private(
      ${laneOf(note.payment)}::smallint, ${note.payment},
      (${needs.mint('req')}, ${note.name}, ${tx.json([...note.hops])})::payments.entry,
      ${note.outcome}, ${note.nowMs})`
}
