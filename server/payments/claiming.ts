/** A terminal opens a payment's link: the first one wins and is told what it will sign. */
import type { PaymentContent } from '@warifu/protocol/approval-content'
import { type Answer, done, type Refusal, refused } from '@warifu/protocol/errors'
import { laneOf } from '@warifu/protocol/ids'
import type { OrderLine } from '@warifu/protocol/sealed'
import { contentOf, open } from '#approvals'
import type { Db, Tx } from '#store'
import type { TerminalCall } from '#terminals'
import { contentFor } from './content.ts'
import { linkPlace } from './creating.ts'
import { finish } from './finishing.ts'
import { claimed, denied } from './hops.ts'
import { type At, instantOf, type PaymentNeeds } from './needs.ts'
import type { PaymentRow } from './row.ts'

export type Claimed = {
  readonly content: PaymentContent
  readonly lines: readonly OrderLine[]
  readonly returnUrl: string | null
}

export function claimPayment(
  needs: PaymentNeeds,
  call: TerminalCall,
  ask: At & { readonly secret: Uint8Array; readonly presentment: 'wallet' | 'sim' },
): Promise<Answer<Claimed>> {
  const work = {
    gather: () => gather(needs, call, ask),
    record: (tx: Tx, gathered: Claimed) => record({ tx, call, gathered, at: ask, needs }),
  }
  return needs.once(call, work, ask.nowMs)
}

/** Reads the payment behind the link and writes down what would be shown. */
async function gather(
  needs: PaymentNeeds,
  { cardholder }: TerminalCall,
  { secret, presentment }: { readonly secret: Uint8Array; readonly presentment: 'wallet' | 'sim' },
): Promise<Answer<Claimed>> {
  const { sql } = needs.store
  const row = await paymentByLink(sql, secret)
  if (!row) return refused('not_found')
  const about = { cardholder, presentment, deadlineMs: row.deadline_ms }
  return done({
    lines: row.lines,
    returnUrl: row.return_url,
    content: await contentFor(needs, sql, row, about),
  })
}

async function paymentByLink(db: Db, secret: Uint8Array): Promise<PaymentRow | undefined> {
  const { hash, lane } = linkPlace(secret)
  const [found] = await db<{ row: PaymentRow }[]>`
    select to_jsonb(p) as row
      from payments.link l
      join payments.payment p on p.lane = store.lane_of(l.payment) and p.id = l.payment
     where l.lane = ${lane} and l.hash = ${hash}`
  return found?.row
}

type Recording = {
  readonly tx: Tx
  readonly needs: PaymentNeeds
  readonly call: TerminalCall
  readonly gathered: Claimed
  readonly at: At
}

async function record({ tx, needs, call, gathered, at }: Recording): Promise<Answer<Claimed>> {
  const { content } = gathered
  const lane = laneOf(content.subject.id)
  const [reply] = await tx<{ code: string; answer: PaymentRow }[]>`
    select code, answer from payments.claim(
      ${lane}::smallint, ${content.subject.id}, ${call.terminal}, ${content.presentment},
      ${content.approval}, ${needs.mint('evt', lane)},
      (${at.requestId}, 'claimPayment',
       ${tx.json(claimed(instantOf(at.nowMs), call.terminal))})::payments.entry,
      ${at.nowMs})`
  if (!reply) throw new Error('payments.claim answered nothing')
  if (reply.code === 'ok') {
    const { terminal, cardholder } = call
    const { lines } = gathered
    await open(tx, { content, lines, terminal, cardholder, nowMs: at.nowMs })
    return done(gathered)
  }
  // Opened before by this same terminal: what it was shown then is what it may sign.
  const first =
    reply.code === 'seen' && reply.answer.approval !== null
      ? await contentOf(tx, reply.answer.approval, call.terminal)
      : undefined
  if (first) return done({ ...gathered, content: first })
  // The function answers with codes of this table only.
  return refused(reply.code as Refusal)
}

/** The cardholder says no. */
export function denyPayment(
  needs: PaymentNeeds,
  call: TerminalCall,
  ask: At & { readonly payment: PaymentRow['id'] },
): Promise<Answer<PaymentRow>> {
  const work = {
    gather: async () => {
      const [row] = await needs.store.sql<{ terminal: string | null }[]>`
        select terminal from payments.payment
         where lane = ${laneOf(ask.payment)} and id = ${ask.payment}`
      if (!row) return refused('not_found')
      return row.terminal === call.terminal ? done(null) : refused('already_claimed')
    },
    record: (tx: Tx) =>
      finish(tx, needs, {
        payment: ask.payment,
        to: 'declined',
        because: 'approval_denied',
        from: ['requires_action'],
        name: 'denyPayment',
        hops: denied(instantOf(ask.nowMs), call.terminal),
        at: ask,
      }),
  }
  return needs.once(call, work, ask.nowMs)
}
