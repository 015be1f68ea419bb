/** A card in a slot of the reader's own: what the kernel asks, it answers, until that is done. */
import type { CardSlot } from '@warifu/devices/card-slot'

/** What a reader does with the card in its slot; each gives the next command, or none. */
export type SlotUser = {
  readonly inserted: () => Uint8Array | undefined
  readonly answered: (byte: number, isLast: boolean) => Uint8Array | undefined
}

/** A card was put in: it is asked until the reader asks nothing more. Its answers are wiped. */
export async function useCard(
  slot: Pick<CardSlot, 'transmit'>,
  { inserted, answered }: SlotUser,
): Promise<void> {
  for (let command = inserted(); command !== undefined; ) {
    const answer = await slot.transmit(command)
    let next: Uint8Array | undefined
    for (const [at, byte] of answer.entries()) next = answered(byte, at === answer.length - 1)
    answer.fill(0)
    command = next
  }
}
