/**
 * A chip card in the slot: the reader's kernel (EMV Book 3) asks, the card's answers stand in the
 * entry's own bytes and nowhere else, and are wiped with them. The kernel keeps views, not copies.
 */
import { type Kernel, type Outcome, payByChip, type Terminal } from '@warifu/devices/emv-kernel'
import type { EntryContext } from '@warifu/protocol/entry-device'
import { numericOf } from '@warifu/protocol/money'
import { isCardNumber, isDigit } from './digits.ts'
import { cleared, type Entry, typed, view } from './entry-memory.ts'

/** Where a card's answer begins in the field `chip`, behind those before it. */
export type Chip = { readonly kernel: Kernel; readonly from: number }

export type Turn =
  | { readonly kind: 'asks'; readonly apdu: Uint8Array; readonly chip: Chip }
  | { readonly kind: 'done'; readonly outcome: Outcome }

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'))

/** Keypad, stripe and chip; PIN enciphered online (9F33, EMV Book 4 annex A2). Our own scheme. */
const terminal: Terminal = {
  country: '0392',
  capabilities: bytes('e04000'),
  aids: [bytes('f057415249465501')],
}
const NO_CURRENCY = '999'

export function beginChip(
  { amount, currency }: Omit<EntryContext, 'entry'>,
  { nowMs, random }: { readonly nowMs: number; readonly random: (length: number) => Uint8Array },
): Turn {
  const numeric = (currency === null ? undefined : numericOf(currency)) ?? NO_CURRENCY
  const kernel = payByChip(terminal, {
    amountMinor: amount ?? 0,
    currency: numeric.padStart(4, '0'),
    date: new Date(nowMs).toISOString().slice(2, 10).replaceAll('-', ''),
    unpredictableNumber: random(4),
  })
  return turnOf({ kernel, from: 0 }, kernel.next())
}

/** The card's answer is whole: what stands in the field behind `from`. */
export function answerChip({ kernel, from }: Chip, entry: Entry): Turn {
  const all = view(entry, 'chip')
  return turnOf({ kernel, from: all.length }, kernel.next(all.subarray(from)))
}

const turnOf = (chip: Chip, step: IteratorResult<Uint8Array, Outcome>): Turn =>
  step.done === true
    ? { kind: 'done', outcome: step.value }
    : { kind: 'asks', apdu: step.value, chip }

/** The number (5A, compressed numeric) into its field, for the PIN block; undefined: not one. */
export function takeNumber(
  entry: Entry,
  { values }: Extract<Outcome, { kind: 'online' }>,
): Entry | undefined {
  let filled = cleared(entry, 'pan')
  for (const byte of values.get(0x5a) ?? [])
    for (const nibble of [byte >> 4, byte & 0x0f])
      if (isDigit(0x30 | nibble)) filled = typed(filled, 'pan', 0x30 | nibble)
  return isCardNumber(view(filled, 'pan')) ? filled : undefined
}
