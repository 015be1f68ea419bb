/** What this room asks for. Time comes with each call. */
import type { Id, Mint } from '@warifu/protocol/ids'
import type { Store, Tx } from '#store'
import type { Directory } from '#terminals'
import type { VaultClient } from '#vault-client'
import type { CreditBureau } from './credit-bureau.ts'

/** A card came in the place of another. */
export type Following = {
  readonly from: Id<'crd'>
  readonly to: Id<'crd'>
  /** Of the new card. */
  readonly last4: string
  /** Does the program let merchants' tokens go on? Else they end. */
  readonly keeps: boolean
  readonly nowMs: number
}

export type Needs = {
  readonly store: Store
  readonly vault: Pick<VaultClient, 'call'>
  readonly mint: Mint
  /** Keeps a number that was verified, so that its owner can be found by it. */
  readonly directory: Pick<Directory, 'keep'>
  /** A lane for an account that is born. */
  readonly lane: () => number
  /** Asks the credit bureau; a throw means that there was no answer. */
  readonly creditBureau: CreditBureau
  /** Fetches a revocation list. */
  readonly fetchBytes: (url: string) => Promise<Uint8Array>
  /** Whoever knows cards by their ids is told that one came in the place of another. */
  readonly follow: (tx: Tx, following: Following) => Promise<void>
}
