/** What this room asks for. Time comes with each call. */
import type { Mint } from '@warifu/protocol/ids'
import type { Store } from '#store'
import type { Directory } from '#terminals'
import type { VaultClient } from '#vault-client'

export type Needs = {
  readonly store: Store
  readonly vault: Pick<VaultClient, 'call'>
  readonly mint: Mint
  /** Keeps a number that was verified, so that its owner can be found by it. */
  readonly directory: Pick<Directory, 'keep'>
  /** A lane for an account that is born. */
  readonly lane: () => number
}
