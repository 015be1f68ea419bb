/**
 * The slot into which a chip card is put: power, and one answer to each command (ISO/IEC 7816-4).
 * A real slot is a PC/SC reader (devices/pcsc); here the emulated payment card lies in it.
 */
import { ATR, type PaymentCard, paymentCard } from '@warifu/devices/payment-card'

export type CardSlot = {
  /** Answer to reset (ISO/IEC 7816-3 §8). */
  readonly atr: Uint8Array
  readonly transmit: (apdu: Uint8Array) => Promise<Uint8Array>
}

/** What a reader does with the card in its slot; each gives the next command, or none. */
export type SlotUser = {
  readonly inserted: () => Uint8Array | undefined
  readonly answered: (byte: number, isLast: boolean) => Uint8Array | undefined
}

/** A card was put in: it is asked until the reader asks nothing more. Its answers are wiped. */
export async function useCard(slot: CardSlot, { inserted, answered }: SlotUser): Promise<void> {
  for (let command = inserted(); command !== undefined; ) {
    const answer = await slot.transmit(command)
    let next: Uint8Array | undefined
    for (const [at, byte] of answer.entries()) next = answered(byte, at === answer.length - 1)
    answer.fill(0)
    command = next
  }
}

export type EmulatedSlot = CardSlot & {
  /** The card as it is now: what its chip counts goes on. */
  readonly card: () => PaymentCard
}

/** SIMULATOR: a payment card in this process, which speaks a chip's bytes. */
export function emulatedSlot(card: PaymentCard): EmulatedSlot {
  let state = card
  return {
    atr: ATR,
    transmit: async (apdu) => {
      const step = paymentCard(state, apdu)
      state = step.state
      return step.reply
    },
    card: () => state,
  }
}
