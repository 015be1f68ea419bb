/**
 * A terminal presents its card: one call to the vault, one statement to PostgreSQL, whoever dies
 * in between. The vault is asked first and knows no money; the statement decides, batched.
 */
import { type Answer, done, type Refusal, refused } from '@warifu/protocol/errors'
import { type Id, laneOf } from '@warifu/protocol/ids'
import { paymentMoves, sourcesOf } from '@warifu/protocol/moves'
import type { Hop } from '@warifu/protocol/objects'
import { isNext, type Read } from '#presentment'
import { type Batcher, createBatcher, retried, rowsText } from '#store'
import type { TerminalCall } from '#terminals'
import { refusedLast } from './hop.ts'
import { goneOn, refusedAtDoor } from './hops.ts'
import { type At, instantOf, type PaymentNeeds, pushedWays } from './needs.ts'
import type { PresentedRow } from './row.ts'
import { takeStep } from './stepping.ts'
import { timesOf } from './times.ts'
import { hopsTo, type Presenting } from './told-hops.ts'
import type { Presented, Way } from './way.ts'
import { wayOf } from './ways.ts'

type Ask = {
  readonly payment: Id<'pay'>
  readonly call: TerminalCall
  readonly way: Way
  readonly of: Presenting
  readonly read: Read
  /** When the vault had answered, after the request came. */
  readonly ms: number
  readonly at: At
}

export type Presenter = (presented: Presented) => Promise<Answer<PresentedRow>>

export function createPresenter(needs: PaymentNeeds): Presenter {
  const batcher: Batcher<Ask, PresentedRow> = createBatcher({
    maxSize: needs.batchSize,
    maxInFlight: 2,
    keysOf: (ask) => [ask.payment, ask.call.terminal],
    send: (asks) => retried(() => authorize(needs, asks)),
  })
  return async (presented) => {
    const { call, payment, body, requestId, nowMs } = presented
    const at = { requestId, nowMs }
    const way = wayOf(body)
    const of = way.of(body)
    const before = () => hopsTo(of, instantOf(nowMs), call.terminal)
    const found = await way.read(needs, presented)
    if (!found.ok) {
      await noteRefusal(needs, { payment, at, hops: refusedLast(before()), code: found.refusal })
      return found
    }
    const openedMs = needs.now()
    if (isNext(found.value)) {
      const hops = goneOn(before(), instantOf(openedMs), found.value.keys)
      return takeStep(needs, presented, { way, next: found.value, hops })
    }
    const ms = Math.max(0, openedMs - nowMs)
    const answer = await batcher.ask({ payment, call, way, of, read: found.value, ms, at })
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
  const [row] = await sql<{ answers: PresentedRow[] }[]>`
    select payments.authorize(
      ${rowsText(asks.map((ask, i) => asRow(needs, ask, i + 1)))}::text::payments.presented[],
      ${linesOf(asks, ({ call }) => call.request)}, ${linesOf(asks, wayTold)}, ${nowMs},
      ${holdUntilMs}, ${day}, ${month}, ${sourcesOf(paymentMoves, 'authorized')}) as answers`
  return row?.answers ?? []
}

/** The fields of `payments.presented`, in their order. */
const asRow = (needs: PaymentNeeds, { payment, call, way, read, at }: Ask, ord: number) => [
  ord,
  payment,
  laneOf(payment),
  at.requestId,
  needs.mint('evt', laneOf(payment)),
  call.terminal,
  laneOf(call.terminal),
  Number(call.counter),
  hexOf(call.digest),
  hexOf(read.contentDigest),
  read.factors.join('|'),
  read.matchNumber ?? null,
  read.given === true,
  way.presentments.join('|'),
  way.actions.join('|'),
  read.card,
  laneOf(read.card),
]

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

const wayTold = ({ call, of, read, ms }: Ask) => {
  const { openedWith: key, signedWith: signed } = read
  return { of, terminal: call.terminal, key, signed, ms }
}

/** JSON has no line breaks of its own. */
const linesOf = (asks: readonly Ask[], what: (ask: Ask) => object): string =>
  asks.map((ask) => JSON.stringify(what(ask))).join('\n')

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
