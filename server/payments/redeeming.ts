/**
 * A till has read a code that carries a cap: the yes was given before. One call to the vault, and
 * one statement that opens the payment, uses the code up and decides the money
 * (server/payments/migrations/0008-redeem.sql). Undefined: the person is to be asked.
 */
import type { Id } from '@warifu/protocol/ids'
import type { PresentmentAsked } from '@warifu/protocol/merchant-objects'
import { bytesOfPayCode } from '@warifu/protocol/pay-code'
import { type CodeRead, readCode } from '#presentment'
import { contentFor, type Told } from './content.ts'
import { answered, codeRead, opened } from './hops.ts'
import { asked } from './merchant-hops.ts'
import { type At, instantOf, type PaymentNeeds } from './needs.ts'
import type { PaymentRow } from './row.ts'
import { timesOf } from './times.ts'

/** A yes that was given with a code, and the phone that gave it. */
export type Given = { readonly read: CodeRead; readonly terminal: Id<'trm'> }

type Sought = { readonly amount: number; readonly currency: string; readonly nowMs: number }

export async function givenBy(
  { directory, store, vault }: PaymentNeeds,
  shown: PresentmentAsked,
  { amount, currency, nowMs }: Sought,
): Promise<Given | undefined> {
  const code = shown.kind === 'code' ? bytesOfPayCode(shown.code) : undefined
  if (code === undefined) return undefined
  const hash = directory.hashOfCode(code)
  const capped = await directory.cappedFor(store.sql, { hash, amount, currency, nowMs })
  if (capped === undefined) return undefined
  const read = await readCode(vault, { ...capped, code, amount, currency, nowMs })
  return read && { read, terminal: capped.terminal }
}

type Redeeming = {
  readonly row: Told
  readonly claim: object
  readonly key: string
  readonly digest: Uint8Array
  readonly given: Given
  readonly at: At
}
type Reply = { readonly code: string; readonly answer: PaymentRow }

export async function redeem(
  needs: PaymentNeeds,
  { row, claim, key, digest, given: { read, terminal }, at }: Redeeming,
): Promise<Reply> {
  const { sql } = needs.store
  const { nowMs, holdUntilMs, day, month } = timesOf(at.nowMs)
  const instant = instantOf(nowMs)
  const { card, cardholder, factors } = read
  const about = { cardholder, presentment: 'code', card, deadlineMs: nowMs } as const
  const content = await contentFor(needs, sql, row, about)
  const hops = [
    ...opened(codeRead(instant, terminal), instantOf(needs.now()), read),
    answered(instant),
  ]
  const given = {
    terminal,
    cardholder,
    card,
    content: { ...content, factors: [...factors] },
    content_digest: Buffer.from(read.contentDigest).toString('hex'),
    factors: [...factors],
    event: needs.mint('evt', row.lane),
    created_event: needs.mint('evt', row.lane),
    created_request: at.requestId,
    created_hops: asked(instant, 'code'),
  }
  const [reply] = await sql<Reply[]>`
    select code, answer from payments.redeem(
      ${sql.json(JSON.parse(JSON.stringify(row)))}, ${sql.json(JSON.parse(JSON.stringify(claim)))},
      ${key}, ${digest},
      (${needs.mint('req')}, 'redeemCode', ${sql.json(hops)})::payments.entry,
      ${sql.json(given)}, ${nowMs}, ${holdUntilMs}, ${day}, ${month})`
  if (!reply) throw new Error('payments.redeem answered nothing')
  return reply
}
