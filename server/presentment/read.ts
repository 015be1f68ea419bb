/** What a presentment answers with, whatever the way in. */
import type { Id } from '@warifu/protocol/ids'
import type { ActionKind } from '@warifu/protocol/next-action'
import type { KeyName } from '@warifu/protocol/vault'

/** What the vault found: whose card it is, what was approved, and by which factors. */
export type Read = {
  readonly card: Id<'crd'>
  /** SHA-256(JCS(content)) of what the presenter signed, to be compared with the approval. */
  readonly contentDigest: Uint8Array
  /** The number in what was signed; left out where the way has none. */
  readonly matchNumber?: string
  /** The yes was given before, by an answer of its own; only its content is compared now. */
  readonly given?: true
  readonly factors: readonly ('terminal_signature' | 'user_verification')[]
  readonly signedWith: KeyName
  readonly openedWith: KeyName
}

/** Something is still missing: the payment waits for this step, and the terminal is told so. */
export type Next = {
  readonly next: ActionKind
  /** What it was signed and closed with, for the record. */
  readonly keys: Pick<Read, 'signedWith' | 'openedWith'>
  /** Kept with the terminal's answer, and told to it. */
  readonly told?: Readonly<Record<string, unknown>>
}

export const isNext = (found: Read | Next): found is Next => 'next' in found
