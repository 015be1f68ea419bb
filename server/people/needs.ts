/** What this room asks for. Time comes with each call. */
import type { Mint } from '@warifu/protocol/ids'
import type { Store } from '#store'
import type { VaultClient } from '#vault-client'

export type Needs = {
  readonly store: Store
  readonly vault: Pick<VaultClient, 'call'>
  readonly mint: Mint
  readonly random: (size: number) => Uint8Array
}
