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
import { presentmentAsked } from '@warifu/protocol/merchant-objects'
import { orderLine } from '@warifu/protocol/sealed'
import { ApiError, NoAnswer } from '@warifu/sdk/api-call'
import type { Warifu, WarifuEvent } from '@warifu/sdk/sdk'
import { Type } from 'typebox'
import type { Act, Book, NewAct, NewPurchase, Purchase } from './book.ts'
import { rowOf } from './book-schema.ts'

export type DeskNeeds = {
  readonly book: Book
  readonly warifu: Pick<Warifu, 'payments' | 'tokens'>
  readonly nowMs: () => number
  /** Told after every change of an order. */
  readonly onChange: (number: number) => void
  /** Told whether the platform answered the last time it was asked. */
  readonly onReachable: (is: boolean) => void
}

export type Desk = {
  readonly sell: (purchase: NewPurchase) => Promise<Purchase>
  /** Answers with the act as it stands: `answer` is null while nobody knows. */
  readonly act: (act: NewAct) => Promise<Act>
  /** Something happened to a payment: reads what is true now. */
  readonly hear: (event: WarifuEvent) => Promise<void>
  /** Asks again for all that has no answer. */
  readonly resume: () => Promise<void>
  /** Reads the truth of every order that may have changed while nobody listened. */
  readonly refreshWaiting: () => Promise<void>
}

export function createDesk(needs: DeskNeeds): Desk {
  const { book } = needs
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
    hear: async ({ subject }) => {
      const number = book.byPayment(subject)?.number
      if (number !== undefined) await look(number)
    },
    resume: async () => void (await Promise.all(book.unanswered().map(settle))),
    refreshWaiting: async () => void (await Promise.all(book.waiting().map(look))),
  }
}

type Turns = <T>(number: number, work: () => Promise<T>) => Promise<T>

/** One thing at a time for each order: an older reading is never written over a newer one. */
function createTurns(): Turns {
  const last = new Map<number, Promise<unknown>>()
  return async (number, work) => {
    const turn = (last.get(number) ?? Promise.resolve()).then(work, work)
    last.set(number, turn)
    try {
      return await turn
    } finally {
      if (last.get(number) === turn) last.delete(number)
    }
  }
}

/** Asks for everything of this order that has no answer, and reads it anew if it is in doubt. */
async function settleOrder(needs: DeskNeeds, number: number): Promise<void> {
  const { book, onChange, onReachable } = needs
  try {
    await askForPayment(needs, known(book.byNumber(number)))
    for (const act of book.openActs(number)) await askForAct(needs, act)
    if (known(book.byNumber(number)).doubt === 1) await refresh(needs, number)
    await keepCustomer(needs, number)
    book.doubt(number, false)
    onReachable(true)
  } catch (error) {
    if (!isSilence(error)) throw error
    book.doubt(number, true)
    onReachable(false)
  } finally {
    onChange(number)
  }
}

/** Nobody knows yet whether it was done. The SDK has tried more than once. */
const isSilence = (error: unknown): boolean =>
  error instanceof NoAnswer ||
  (error instanceof ApiError &&
    (error.outcome === 'unknown' || error.status >= 500 || error.status === 429))

async function askForPayment(needs: DeskNeeds, purchase: Purchase): Promise<void> {
  if (purchase.status !== 'asking') return
  const { book, warifu, nowMs } = needs
  const { number, amount, currency, lines, idempotency_key: idempotencyKey } = purchase
  book.noteTry(number)
  try {
    const created = await warifu.payments.create(
      {
        amount,
        currency,
        lines: rowOf(Type.Array(orderLine), JSON.parse(lines)),
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

/** A customer who paid by telephone need not be rung the next time: a token stands for the card. */
async function keepCustomer({ book, warifu }: DeskNeeds, number: number): Promise<void> {
  const { to_keep, phone, payment, status, idempotency_key: key } = known(book.byNumber(number))
  if (to_keep === 0 || phone === null || payment === null || !isPaid(status)) return
  const body = { source: { kind: 'payment', payment } } as const
  try {
    const { token, card } = await warifu.tokens.create(body, { idempotencyKey: `token ${key}` })
    if (token !== null) book.keepCustomer({ phone, token, last4: card.last4 }, number)
  } catch (error) {
    // Refused: the card cannot be kept, and the customer is rung again. Silence: asked again.
    if (isSilence(error) || !(error instanceof ApiError)) throw error
    book.leaveCustomer(number)
  }
}

const isPaid = (status: Purchase['status']): boolean =>
  status === 'authorized' || status === 'captured' || status === 'settled'

async function askForAct(needs: DeskNeeds, act: Act): Promise<void> {
  const { book, warifu } = needs
  const { number, kind, amount, idempotency_key: idempotencyKey } = act
  const { payment } = known(book.byNumber(number))
  if (payment === null) return book.settleAct(act.id, 'payment_state')
  try {
    if (kind === 'cancel') await warifu.payments.cancel(payment, { idempotencyKey })
    else
      await warifu.payments.refund(payment, amount === null ? {} : { amount }, { idempotencyKey })
    await refresh(needs, number)
    book.settleAct(act.id, 'done')
  } catch (error) {
    if (isSilence(error) || !(error instanceof ApiError)) throw error
    await refresh(needs, number)
    book.settleAct(act.id, error.code)
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
