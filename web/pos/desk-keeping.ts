/** Cards that are kept for the next time, as tokens of this shop; and forgotten when wanted. */
import { ApiError } from '@warifu/sdk/api-call'
import type { Purchase } from './book.ts'
import type { CustomerRow } from './book-schema.ts'
import type { DeskNeeds } from './desk-needs.ts'
import { isSilence } from './silence.ts'

/** A customer who paid by telephone need not be rung the next time: a token stands for the card. */
export async function keepCustomer(
  { book, warifu, nowMs }: DeskNeeds,
  purchase: Purchase,
): Promise<void> {
  const { number, to_keep, phone, payment, idempotency_key: key } = purchase
  if (to_keep === 0 || phone === null || payment === null || !isPaid(purchase)) return
  const body = { source: { kind: 'payment', payment } } as const
  try {
    const made = await warifu.tokens.create(body, { idempotencyKey: `token ${key}` })
    const { token, card, id: token_id } = made
    if (token === null) return
    book.keepCustomer({ phone, token, last4: card.last4, number, token_id, kept_ms: nowMs() })
  } catch (error) {
    // Refused: the card cannot be kept, and the customer is rung again. Silence: asked again.
    if (isSilence(error) || !(error instanceof ApiError)) throw error
    book.leaveCustomer(number)
  }
}

const isPaid = ({ status }: Purchase): boolean =>
  status === 'authorized' || status === 'captured' || status === 'settled'

/** Deletes at the platform what the shop has forgotten; false where it does not answer. */
export async function forgetTokens(needs: DeskNeeds): Promise<boolean> {
  for (const customer of needs.book.forgetting()) {
    try {
      await forgetToken(needs, customer)
    } catch (error) {
      if (!isSilence(error)) throw error
      return false
    }
  }
  return true
}

async function forgetToken({ book, warifu }: DeskNeeds, customer: CustomerRow): Promise<void> {
  const { phone } = customer
  try {
    const id = customer.token_id ?? (await nameOf({ book, warifu }, customer))
    if (id !== undefined) await warifu.tokens.delete(id, { idempotencyKey: `forget ${id}` })
  } catch (error) {
    // It is not there (any more): that is what was wanted.
    if (isSilence(error) || !(error instanceof ApiError)) throw error
  }
  book.forgotten(phone)
}

/** Of a card that was kept before its token's name was: asked again, the first answer tells it. */
async function nameOf(
  { book, warifu }: Pick<DeskNeeds, 'book' | 'warifu'>,
  { phone, number }: CustomerRow,
) {
  const purchase = book.byNumber(number)
  if (purchase === undefined || purchase.payment === null) return undefined
  const source = { kind: 'payment', payment: purchase.payment } as const
  const { id } = await warifu.tokens.create(
    { source },
    { idempotencyKey: `token ${purchase.idempotency_key}` },
  )
  book.nameToken(phone, id)
  return id
}
