/**
 * Money that the shop takes itself: cash in the drawer, a transfer that has arrived. The shop's own
 * book is the truth of it; the platform's list of sales is told, as often as it takes, once.
 */
import { ApiError } from '@warifu/sdk/api-call'
import type { Act, Purchase } from './book.ts'
import type { DeskNeeds } from './desk-needs.ts'
import { isSilence } from './silence.ts'
import { linesOf } from './telling.ts'

export const isOwn = ({ asked }: Pick<Purchase, 'asked'>): boolean =>
  asked === 'cash' || asked === 'transfer'

type Own = Purchase & { readonly asked: 'cash' | 'transfer' }
const asOwn = (purchase: Purchase): Own | undefined =>
  purchase.asked === 'cash' || purchase.asked === 'transfer'
    ? { ...purchase, asked: purchase.asked }
    : undefined

/** Tells the platform of what has come in and is not in its list yet. */
export async function tellOfSale({ book, warifu }: DeskNeeds, purchase: Purchase): Promise<void> {
  const own = asOwn(purchase)
  if (own?.status !== 'captured' || own.sale !== null || own.refusal !== null) return
  const { number, asked: kind, amount, currency, idempotency_key: idempotencyKey } = own
  const atMs = own.arrived_ms ?? own.created_ms
  try {
    const { id } = await warifu.sales.create(
      {
        ...{ kind, amount, currency, lines: [...linesOf(own)] },
        merchant_reference: `order ${number}`,
        // Whole seconds: what has just come in is not of the future by a clock that is a bit late.
        received_at: new Date(Math.floor(atMs / 1000) * 1000).toISOString(),
        ...(own.transfer_reference === null ? {} : { transfer_reference: own.transfer_reference }),
        metadata: { place: own.place },
      },
      { idempotencyKey },
    )
    book.told(number, id)
  } catch (error) {
    if (isSilence(error) || !(error instanceof ApiError)) throw error
    book.keepOut(number, error.code)
  }
}

/** Written down first at the platform, where it is known; its no is kept to. */
export async function giveBackOwn(
  { book, warifu, nowMs }: DeskNeeds,
  { act, purchase }: { readonly act: Act; readonly purchase: Purchase },
): Promise<void> {
  const { id, number, amount, idempotency_key: idempotencyKey } = act
  const left = purchase.captured - purchase.refunded
  const due = amount ?? left
  if (due < 1 || due > left) return book.settleAct(id, 'amount_above_captured', nowMs())
  try {
    if (purchase.sale !== null)
      await warifu.sales.refund(purchase.sale, { amount: due }, { idempotencyKey })
    const isGiven = book.giveBack(number, due, nowMs())
    book.settleAct(id, isGiven ? 'done' : 'amount_above_captured', nowMs())
  } catch (error) {
    if (isSilence(error) || !(error instanceof ApiError)) throw error
    book.settleAct(id, error.code, nowMs())
  }
}
