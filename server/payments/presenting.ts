/**
 * A terminal presents its card: one call to the vault, one statement to PostgreSQL, whoever dies
 * in between. The vault is asked first and knows no money; the statement decides, batched.
 */
import { type Answer, done, type Refusal, refused } from '@warifu/protocol/errors'
import { type Id, laneOf } from '@warifu/protocol/ids'
import { paymentMoves, sourcesOf } from '@warifu/protocol/moves'
import type { Hop } from '@warifu/protocol/objects'
import { isNext, type Read } from '#presentment'
import { type Batcher, createBatcher, retried } from '#store'
import type { TerminalCall } from '#terminals'
import { answered, opened, refusedAtDoor, refusedByVault } from './hops.ts'
import { type At, instantOf, type PaymentNeeds, pushedWays } from './needs.ts'
import type { PresentedRow } from './row.ts'
import { takeStep } from './stepping.ts'
import { timesOf } from './times.ts'
import type { Presented, Way } from './way.ts'
import { wayOf } from './ways.ts'

type Ask = {
  readonly payment: Id<'pay'>
  readonly call: TerminalCall
  readonly way: Way
  readonly read: Read
  readonly hops: readonly Hop[]
  readonly at: At
}

export type Presenter = (presented: Presented) => Promise<Answer<PresentedRow>>

export function createPresenter(needs: PaymentNeeds): Presenter {
  const batcher: Batcher<Ask, PresentedRow> = createBatcher({
    maxSize: 64,
    maxInFlight: 2,
    keysOf: (ask) => [ask.payment, ask.call.terminal],
    send: (asks) => retried(() => authorize(needs, asks)),
  })
  return async (presented) => {
    const { call, payment, body, requestId, nowMs } = presented
    const at = { requestId, nowMs }
    const way = wayOf(body)
    const before = way.hops(instantOf(nowMs), call.terminal, body)
    const found = await way.read(needs, presented)
    if (!found.ok) {
      await noteRefusal(needs, { payment, at, hops: refusedByVault(before), code: found.refusal })
      return found
    }
    if (isNext(found.value))
      return takeStep(needs, presented, { way, next: found.value, hops: before })
    const read = found.value
    const hops = opened(before, instantOf(nowMs), read.openedWith)
    const answer = await batcher.ask({ payment, call, way, read, hops, at })
    if (answer.code === 'ok') await way.afterwards?.(needs, payment, at)
    // The statement answers with `ok` or codes of the errors table only.
    if (answer.code === 'ok') return done(answer)
    const refusal = answer.code as Refusal
    await way.refused?.(needs, presented, refusal)
    return refused(refusal)
  }
}

/** One round trip for the whole batch (server/payments/migrations/0002-authorize.sql). */
async function authorize(needs: PaymentNeeds, asks: readonly Ask[]): Promise<PresentedRow[]> {
  const { sql } = needs.store
  const { nowMs, holdUntilMs, day, month } = timesOf(Math.max(...asks.map((ask) => ask.at.nowMs)))
  const rows = await sql<{ ord: number; answer: PresentedRow }[]>`
    select ord, answer from payments.authorize(
      ${sql.json(asks.map((ask, i) => asRow(needs, ask, i + 1)))}, ${nowMs}, ${holdUntilMs},
      ${day}, ${month}, ${sourcesOf(paymentMoves, 'authorized')})
     order by ord`
  return rows.map((row) => row.answer)
}

const asRow = (needs: PaymentNeeds, { payment, call, way, read, hops, at }: Ask, ord: number) => ({
  ord,
  payment,
  lane: laneOf(payment),
  request: at.requestId,
  event: needs.mint('evt', laneOf(payment)),
  terminal: call.terminal,
  terminal_lane: laneOf(call.terminal),
  counter: Number(call.counter),
  digest: Buffer.from(call.digest).toString('hex'),
  evidence: call.request,
  content_digest: Buffer.from(read.contentDigest).toString('hex'),
  factors: [...read.factors],
  match_number: read.matchNumber ?? null,
  given: read.given === true,
  presentments: [...way.presentments],
  actions: [...way.actions],
  card: read.card,
  card_lane: laneOf(read.card),
  hops: [...hops],
  last_hop: answered(instantOf(at.nowMs)),
})

type Refused = {
  readonly payment: Id<'pay'>
  readonly at: At
  readonly hops: readonly Hop[]
  readonly code: Refusal
}

/** A presentation that came no further than the server's door. */
export const turnAway = (
  needs: PaymentNeeds,
  payment: Id<'pay'>,
  { code, ...at }: At & { readonly code: Refusal },
): Promise<void> =>
  noteRefusal(needs, { payment, at, code, hops: refusedAtDoor(instantOf(at.nowMs)) })

/**
 * What was refused before money stands in the timeline too; a flood of it does not (100 rows). Of
 * a person who was asked, a merchant learns nothing by it.
 */
async function noteRefusal(
  needs: PaymentNeeds,
  { payment, at, hops, code }: Refused,
): Promise<void> {
  const { sql } = needs.store
  await sql`
    insert into payments.timeline (lane, payment, request, at_ms, name, outcome, hops, private)
    select p.lane, p.id, ${at.requestId}, ${at.nowMs}, 'presentCard', ${code},
           ${sql.json([...hops])}, p.presentment = any(${[...pushedWays]})
      from payments.payment p
     where p.lane = ${laneOf(payment)} and p.id = ${payment}
       and (select count(*) < 100 from payments.timeline t
             where t.lane = p.lane and t.payment = p.id)`
}
