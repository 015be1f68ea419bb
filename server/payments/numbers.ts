/**
 * The two digits that a till shows and its customer enters or picks: made with the payment, whoever
 * is found, so that a till learns nothing by them.
 */
import type { NumberAsked } from '@warifu/protocol/approval-objects'
import type { Presentment } from '@warifu/protocol/objects'
import { numberOf } from '#presentment'
import { asStepped, type PaymentNeeds } from './needs.ts'
import type { PaymentRow } from './row.ts'

type Chance = Pick<PaymentNeeds, 'random'>
type Asking = Pick<PaymentNeeds, 'random' | 'numberBy'>

/** 00 to 99, each as likely as the others: bytes from 200 up are drawn again. */
function twoDigits({ random }: Chance): string {
  for (;;) {
    const [byte = 255] = random(1)
    if (byte < 200) return String(byte % 100).padStart(2, '0')
  }
}

/** The number of a new payment; null where its way has none. */
export function newNumber(needs: Chance, presentment: Presentment): string | null {
  const stepped = asStepped(presentment)
  return stepped === undefined || numberOf(stepped) === null ? null : twoDigits(needs)
}

/** How the person is asked for it. */
export function numberAskedFor(
  needs: Asking,
  { presentment, match_number: number }: Pick<PaymentRow, 'presentment' | 'match_number'>,
): NumberAsked | null {
  const stepped = asStepped(presentment)
  const how = stepped === undefined ? null : numberOf(stepped)
  if (number === null || how === null) return null
  if ((needs.numberBy ?? how) === 'enter') return { ask: 'enter' }
  const choices = new Set([number])
  while (choices.size < 3) choices.add(twoDigits(needs))
  // Sorted: the place of a choice says nothing.
  return { ask: 'pick', choices: [...choices].sort() }
}
