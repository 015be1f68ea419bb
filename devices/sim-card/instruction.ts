/** What an instruction is to the card, and what may come of one. */
import type { Command, Status } from '@warifu/crypto/apdu'
import type { SimCard } from './state.ts'

/** The card afterwards, with data (`word`: a warning beside them) or with a bare status word. */
export type Done =
  | { readonly card: SimCard; readonly data: Uint8Array; readonly word?: Status }
  | { readonly card: SimCard; readonly word: number }
  | Status

export type Instruction = {
  readonly name: string
  readonly cla: 0x00 | 0x80
  /**
   * What is spent before anything secret is compared: a try. It is on the disk before `run` is
   * called, so power that goes in between leaves the try spent.
   */
  readonly spend?: (card: SimCard, command: Command) => SimCard | Status
  readonly run: (card: SimCard, command: Command) => Done
}
