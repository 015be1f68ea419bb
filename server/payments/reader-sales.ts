/**
 * S3, conducted: a yes makes the sale's key and offer; each message of the reader is a step; and
 * however a sale ends, both sides are told and the vault is, so that nothing of it is held.
 */
import { isPayment } from '@warifu/protocol/approval-content'
import { type Answer, done, errors, type Refusal, refused } from '@warifu/protocol/errors'
import type { Id } from '@warifu/protocol/ids'
import type { SaleEnding } from '@warifu/protocol/vault-reader'
import type { GoOn, Heard } from '#approvals'
import { type Next, type Read, readReader } from '#presentment'
import { finish } from './finishing.ts'
import { offered, unoffered } from './hops.ts'
import { platformActs } from './merchant-hops.ts'
import { instantOf, type PaymentNeeds } from './needs.ts'
import type { PaymentRow } from './row.ts'
import { dueStep, goOn, rowOf } from './stepping.ts'
import type { Presented } from './way.ts'

/** The person said yes: the key pair of this sale, and its offer to the reader at their phone. */
export async function offerSale(needs: PaymentNeeds, heard: Heard): Promise<Answer<GoOn>> {
  const { approval, requestId, nowMs } = heard
  const { content, terminal } = approval
  if (!isPayment(content)) throw new Error('a sale is a payment')
  const payment = content.subject.id
  const row = await rowOf(needs.store.sql, payment)
  if (row === undefined) return refused('not_found')
  const at = instantOf(nowMs)
  const step = { payment, name: 'answerApproval', requestId, nowMs }
  const reader = await needs.readers.at(needs.store.sql, terminal)
  const none = (): GoOn => (tx) => {
    const hops = unoffered(at, terminal)
    return endDeclined(tx, needs, { ...step, hops, because: 'reader_unknown' })
  }
  if (reader === undefined) return done(none())
  const expires_at = instantOf(row.deadline_ms)
  const reply = await needs.vault.call('make_offer', { content, terminal, reader, expires_at })
  if (!reply.ok && reply.refusal !== 'sale_over') return done(none())
  if (!reply.ok) return refused('payment_state')
  const { offer } = reply.output
  const hops = offered(at, terminal, instantOf(needs.now()))
  return done(async (tx) => {
    const to = dueStep(needs, row, { kind: 'read_card', nowMs })
    await goOn(tx, needs, { ...step, hops, from: ['approve'], to })
    // Kept also where the payment has ended meanwhile: then the sweep has the vault forget it.
    await needs.readers.keep(tx, { payment, terminal, reader, offer }, nowMs)
  })
}

/** What its terminal reads of a sale: the offer, and what is waited for. */
export async function readerSaleOf(
  { store: { sql }, readers }: PaymentNeeds,
  terminal: Id<'trm'>,
  payment: Id<'pay'>,
) {
  const [row, sale] = await Promise.all([rowOf(sql, payment), readers.saleFor(sql, payment)])
  if (row === undefined || sale === undefined || sale.terminal !== terminal) return undefined
  return { row, sale, due: waitedFor(row) }
}

function waitedFor({ status, action, action_by: by, action_deadline_ms: ms }: PaymentRow) {
  const isWaiting = status === 'requires_action' && action !== null && by !== null && ms !== null
  return isWaiting ? { kind: action, by, deadlineMs: ms } : undefined
}

type Ended = {
  readonly payment: Id<'pay'>
  readonly because: Refusal
  readonly name: string
  readonly hops: ReturnType<typeof unoffered>
  readonly requestId: Id<'req'>
  readonly nowMs: number
}

async function endDeclined(
  db: Parameters<typeof finish>[0],
  needs: PaymentNeeds,
  { payment, because, name, hops, requestId, nowMs }: Ended,
): Promise<void> {
  const at = { requestId, nowMs }
  const from = ['requires_action'] as const
  await finish(db, needs, { payment, to: 'declined', because, from, name, hops, at })
}

/** A message of the reader's, handed on by its terminal. Nobody else's can end this payment. */
export async function readSale(
  needs: PaymentNeeds,
  presented: Presented,
): Promise<Answer<Read | Next>> {
  const { call, payment } = presented
  const { sql } = needs.store
  const row = await rowOf(sql, payment)
  if (row === undefined) return refused('not_found')
  if (row.terminal !== call.terminal) return refused('already_claimed')
  const sale = row.presentment === 'reader' ? await needs.readers.saleFor(sql, payment) : undefined
  if (sale === undefined) return refused('payment_state')
  const found = sale.isCurrent
    ? await readReader(needs.vault, {
        terminal: call.terminal,
        request: call.request,
        anyCardholder: needs.anyCardholder,
        program: row.program,
        rulesOf: (card) => needs.readerRules(sql, card),
      })
    : refused('reader_unknown')
  if (!found.ok && endsSale(found.refusal)) await stopSale(needs, presented, found.refusal)
  return found
}

/** Whoever could not be believed ends nothing, and a replay is an alarm, not an end. */
const harmless: ReadonlySet<Refusal> = new Set<Refusal>([
  'signature_invalid',
  'statement_invalid',
  'terminal_unknown',
  'terminal_not_active',
  'ksn_replayed',
  'sale_replayed',
])
const endsSale = (refusal: Refusal): boolean => !harmless.has(refusal)

/** Failure to both sides; the key, the context and every copy are gone with it. */
export async function stopSale(
  needs: PaymentNeeds,
  { payment, nowMs }: Pick<Presented, 'payment' | 'nowMs'>,
  because: Refusal,
): Promise<void> {
  const hops = platformActs(instantOf(nowMs), 'endSale')
  // A row of its own in the timeline, beside that of the request.
  const ended = { payment, because, name: 'endSale', hops, requestId: needs.mint('req'), nowMs }
  await endDeclined(needs.store.sql, needs, ended)
  await endInVault(needs, payment, 'declined')
}

/** The sale's context is gone once a PIN was right, so a decline of the money ends it too. */
export async function afterMoney(
  needs: PaymentNeeds,
  presented: Presented,
  code: Refusal,
): Promise<void> {
  if (errors[code].type === 'card_error') await stopSale(needs, presented, code)
}

async function endInVault(
  needs: PaymentNeeds,
  payment: Id<'pay'>,
  because: SaleEnding,
): Promise<void> {
  const reply = await needs.vault.call('end_sale', { sale: payment, because })
  if (reply.ok) await needs.readers.markEnded(needs.store.sql, payment)
}

const BATCH = 100
const endingOf: Readonly<Partial<Record<PaymentRow['status'], SaleEnding>>> = {
  declined: 'declined',
  cancelled: 'cancelled',
  expired: 'expired',
}

/** Has the vault forget sales whose payment is over, and ends those that the vault has lost. */
export async function sweepSales(needs: PaymentNeeds, nowMs: number): Promise<void> {
  const open = await needs.readers.open(needs.store.sql, BATCH)
  await Promise.all(open.map((payment) => sweepOne(needs, payment, nowMs)))
}

async function sweepOne(needs: PaymentNeeds, payment: Id<'pay'>, nowMs: number): Promise<void> {
  const row = await rowOf(needs.store.sql, payment)
  if (row === undefined) throw new Error('an offer without a payment')
  if (row.status !== 'requires_action')
    return endInVault(needs, payment, endingOf[row.status] ?? 'authorized')
  const reply = await needs.vault.call('read_sale', { sale: payment })
  // `authorized`: its PIN was right, and its money is on the way, or its terminal will ask again.
  if (!reply.ok || reply.output.state === 'open' || reply.output.state === 'authorized') return
  const hops = platformActs(instantOf(nowMs), 'endSale')
  const ended = { payment, because: 'sale_over', name: 'endSale', hops, nowMs } as const
  await endDeclined(needs.store.sql, needs, { ...ended, requestId: needs.mint('req') })
}
