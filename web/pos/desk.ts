/**
 * The desk: what the shop does with an order, in the one order that never charges twice.
 *
 *   write it down with its key → ask the platform → write down the answer
 *
 * Whatever was asked and has no answer is asked again under the same key: after a cut cable by the
 * clock, after a crash at the next start. The platform does it once and gives its first answer, so
 * after a repetition the truth is read anew. Nothing is called refused that was not refused.
 */
import type { Body } from '@warifu/protocol/contract'
import { type Id, isId } from '@warifu/protocol/ids'
import { presentmentAsked } from '@warifu/protocol/merchant-objects'
import { ApiError } from '@warifu/sdk/api-call'
import type { Outcome } from '@warifu/sdk/communication-module'
import type { WarifuEvent } from '@warifu/sdk/sdk'
import type { Act, NewAct, NewPurchase, Purchase } from './book.ts'
import { rowOf } from './book-schema.ts'
import { forgetTokens, keepCustomer } from './desk-keeping.ts'
import type { DeskNeeds } from './desk-needs.ts'
import { giveBackOwn, isOwn, tellOfSale } from './desk-own.ts'
import { isEntered } from './entering.ts'
import { isSilence } from './silence.ts'
import { linesOf } from './telling.ts'
import { createTurns } from './turns.ts'

export type Desk = {
  readonly sell: (purchase: NewPurchase) => Promise<Purchase>
  /** Answers with the act as it stands: `answer` is null while nobody knows. */
  readonly act: (act: NewAct) => Promise<Act>
  /** A transfer has come; false where none is expected (any more). */
  readonly arrive: (number: number, reference: string | null) => Promise<boolean>
  /** The card that is kept for this number is of no use from now on; false: there is none. */
  readonly forget: (phone: string) => Promise<boolean>
  /** Something happened to a payment: reads what is true now. */
  readonly hear: (event: WarifuEvent) => Promise<void>
  /** The entry device has something new of this order. */
  readonly lookAtDevice: (number: number) => Promise<void>
  /** Asks again for all that has no answer. */
  readonly resume: () => Promise<void>
  /** Reads the truth of every order that may have changed while nobody listened. */
  readonly refreshWaiting: () => Promise<void>
}

export function createDesk(needs: DeskNeeds): Desk {
  const { book, entering, nowMs } = needs
  const inTurn = createTurns()
  const settle = (number: number) => inTurn(number, () => settleOrder(needs, number))
  const look = (number: number) => {
    book.doubt(number, true)
    return settle(number)
  }
  return {
    sell: async (purchase) => {
      const { number } = book.add(purchase)
      needs.onChange(number)
      await settle(number)
      return known(book.byNumber(number))
    },
    act: async (act) => {
      const { number, draft } = book.addAct(act)
      await settle(number)
      return known(book.act(draft))
    },
    arrive: async (number, reference) => {
      const isNew = book.arrive(number, { reference, nowMs: nowMs() })
      if (isNew) await settle(number)
      return isNew || known(book.byNumber(number)).arrived_ms !== null
    },
    forget: async (phone) => {
      if (book.customer(phone) === undefined) return false
      book.forgetCustomer(phone)
      needs.onReachable(await forgetTokens(needs))
      return true
    },
    hear: async ({ subject }) => {
      const number = book.byPayment(subject)?.number
      if (number !== undefined) await look(number)
    },
    lookAtDevice: async (number) => {
      if (entering.at(number) === null) await settle(number)
      else needs.onChange(number)
    },
    resume: async () => {
      const open = book.unanswered().filter((number) => entering.at(number) === null)
      await Promise.all(open.map(settle))
      await forgetTokens(needs)
    },
    refreshWaiting: async () => void (await Promise.all(book.waiting().map(look))),
  }
}

/** Asks for everything of this order that has no answer, and reads it anew if it is in doubt. */
async function settleOrder(needs: DeskNeeds, number: number): Promise<void> {
  const { book, onChange, onReachable } = needs
  const now = () => known(book.byNumber(number))
  try {
    const isHeard = await askForMoney(needs, now())
    for (const act of book.openActs(number)) await askForAct(needs, act)
    const { doubt, status } = now()
    // What is authorised is captured by the platform itself, in moments that may go unheard.
    if (doubt === 1 || status === 'authorized') await refresh(needs, number)
    await keepCustomer(needs, now())
    book.doubt(number, false)
    if (isHeard) onReachable(true)
  } catch (error) {
    if (!isSilence(error)) throw error
    book.doubt(number, true)
    onReachable(false)
  } finally {
    onChange(number)
  }
}

/** By the way that was chosen. False where the platform was not asked. */
async function askForMoney(needs: DeskNeeds, purchase: Purchase): Promise<boolean> {
  if (isEntered(purchase)) return await learnFromDevice(needs, purchase)
  if (isOwn(purchase)) await tellOfSale(needs, purchase)
  else await askForPayment(needs, purchase)
  return purchase.status !== 'expected'
}

async function learnFromDevice(needs: DeskNeeds, purchase: Purchase): Promise<boolean> {
  const { book, warifu, entering, nowMs } = needs
  const { number, status, tries } = purchase
  if (status !== 'asking') return true
  if (tries === 0) book.noteTry(number)
  const isNew = tries === 0
  const outcome = isNew ? await entering.begin(purchase) : await entering.outcomeOf(purchase)
  if (outcome === undefined) return false
  const payment = paymentIn(outcome)
  if (payment !== undefined) book.apply(number, await warifu.payments.get(payment), nowMs())
  else if (outcome.state === 'failed_nothing_charged') book.refuse(number, outcome.code)
  else book.end(number)
  return payment !== undefined
}

const paymentIn = (outcome: Outcome) =>
  'payment' in outcome && isId('pay', outcome.payment) ? outcome.payment : undefined

async function askForPayment(needs: DeskNeeds, purchase: Purchase): Promise<void> {
  if (purchase.status !== 'asking') return
  const { book, warifu, nowMs } = needs
  const { number, amount, currency, idempotency_key: idempotencyKey } = purchase
  book.noteTry(number)
  try {
    const created = await warifu.payments.create(
      {
        amount,
        currency,
        lines: [...linesOf(purchase)],
        merchant_reference: `order ${number}`,
        ...placeOf(purchase),
        ...presentmentOf(purchase),
      },
      { idempotencyKey },
    )
    const isFirst = purchase.tries === 0
    const payment = isFirst ? created : await warifu.payments.get(created.id)
    book.apply(number, payment, nowMs())
  } catch (error) {
    if (isSilence(error) || !(error instanceof ApiError)) throw error
    book.refuse(number, error.code)
  }
}

/** In the shop a person waits at the counter; on the web they may still look for their phone. */
const placeOf = ({ place, return_url }: Purchase) => ({
  expires_in: place === 'till' ? 300 : 900,
  metadata: { place },
  ...(return_url === null ? {} : { return_url }),
})

const presentmentOf = ({ presentment }: Purchase): Pick<Body<'createPayment'>, 'presentment'> =>
  presentment === null ? {} : { presentment: rowOf(presentmentAsked, JSON.parse(presentment)) }

async function askForAct(needs: DeskNeeds, act: Act): Promise<void> {
  const { book, entering, nowMs } = needs
  const { id, number, kind } = act
  const purchase = known(book.byNumber(number))
  if (kind === 'refund' && isOwn(purchase)) return await giveBackOwn(needs, { act, purchase })
  if (purchase.payment !== null) return await askPlatform(needs, act, purchase.payment)
  const isWaiting = purchase.status === 'expected' || (await entering.cancel(number))
  const isOver = kind === 'cancel' && isWaiting && book.end(number)
  book.settleAct(id, isOver ? 'done' : 'payment_state', nowMs())
}

async function askPlatform(
  needs: DeskNeeds,
  { id, number, kind, amount, idempotency_key: idempotencyKey }: Act,
  payment: Id<'pay'>,
): Promise<void> {
  const { book, warifu, nowMs } = needs
  try {
    if (kind === 'cancel') await warifu.payments.cancel(payment, { idempotencyKey })
    else
      await warifu.payments.refund(payment, amount === null ? {} : { amount }, { idempotencyKey })
    await refresh(needs, number)
    book.settleAct(id, 'done', nowMs())
  } catch (error) {
    if (isSilence(error) || !(error instanceof ApiError)) throw error
    await refresh(needs, number)
    book.settleAct(id, error.code, nowMs())
  }
}

async function refresh({ book, warifu, nowMs }: DeskNeeds, number: number): Promise<void> {
  const { payment } = known(book.byNumber(number))
  if (payment !== null) book.apply(number, await warifu.payments.get(payment), nowMs())
}

function known<T>(found: T | undefined): T {
  if (found === undefined) throw new Error('the book does not have what was just written into it')
  return found
}
