/** From how a customer pays to what the book keeps of it and what the platform is asked for. */
import type { PresentmentAsked } from '@warifu/protocol/merchant-objects'
import { type Read, refusal } from './asked.ts'
import type { Purchase } from './book.ts'
import type { PayWay } from './browser/wire.ts'
import type { Till } from './till.ts'

export type Way = Pick<Purchase, 'asked' | 'presentment' | 'phone' | 'to_keep' | 'received'>

const blank: Way = { asked: null, presentment: null, phone: null, to_keep: 0, received: null }
const way = (over: Partial<Way>): Read<Way> => ({ ok: true, value: { ...blank, ...over } })
const shown = (presentment: PresentmentAsked) => ({ presentment: JSON.stringify(presentment) })

export function wayOf(
  { book }: Pick<Till, 'book'>,
  pay: PayWay | undefined,
  amount: number,
): Read<Way> {
  switch (pay?.kind) {
    case undefined:
      return way({})
    case 'code':
    case 'beacon':
      return way({ asked: pay.kind, ...shown(pay) })
    case 'reader':
      return way({ asked: pay.kind, ...shown(pay), phone: pay.phone })
    case 'phone':
      return way({ asked: pay.kind, ...shown(pay), phone: pay.phone, to_keep: 1 })
    case 'saved':
      return savedWay(book.customer(pay.phone)?.token, pay.phone)
    case 'moto':
      return way({ asked: pay.kind, ...(pay.phone && { phone: pay.phone, to_keep: 1 }) })
    case 'cash':
      return cashWay(pay.received ?? amount, amount)
    case 'device':
    case 'transfer':
      return way({ asked: pay.kind })
  }
}

/** By the token of the card that they paid with before. */
const savedWay = (token: string | undefined, phone: string): Read<Way> =>
  token === undefined
    ? refusal(409, 'token_unknown', 'pay.phone: no card is kept for this number', 'pay.phone')
    : way({ asked: 'saved', phone, ...shown({ kind: 'token', token }) })

const cashWay = (received: number, amount: number): Read<Way> =>
  received < amount
    ? refusal(400, 'field_invalid', `pay.received: ${amount} at least`, 'pay.received')
    : way({ asked: 'cash', received })
