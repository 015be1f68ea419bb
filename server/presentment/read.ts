/** What a presentment answers with, whatever the way in. */
import type { Id } from '@warifu/protocol/ids'
import type { KeyName } from '@warifu/protocol/vault'

/** What the vault found: whose card it is, what was approved, and by which factors. */
export type Read = {
  readonly card: Id<'crd'>
  /** SHA-256(JCS(content)) of what the presenter signed, to be compared with the approval. */
  readonly contentDigest: Uint8Array
  readonly factors: readonly ('terminal_signature' | 'user_verification')[]
  readonly signedWith: KeyName
  readonly openedWith: KeyName
}
