/** What the desk and its parts work with. */
import type { Warifu } from '@warifu/sdk/sdk'
import type { Book } from './book.ts'
import type { Entering } from './entering.ts'

export type DeskNeeds = {
  readonly book: Book
  readonly warifu: Pick<Warifu, 'payments' | 'tokens' | 'sales'>
  readonly entering: Entering
  readonly nowMs: () => number
  /** Told after every change of an order. */
  readonly onChange: (number: number) => void
  /** Told whether the platform answered the last time it was asked. */
  readonly onReachable: (is: boolean) => void
}
