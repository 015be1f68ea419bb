/** What the room asks for, and the few names that all of its files share. */

import type { Answer } from '@warifu/protocol/errors'
import type { Id, Mint } from '@warifu/protocol/ids'
import type { Db, Store, Tx } from '#store'
import type { TerminalCall } from '#terminals'
import type { VaultClient } from '#vault-client'

/** Who is paid, from the registry. */
export type Payee = {
  readonly id: Id<'mer'>
  readonly name: string
  readonly store: Id<'str'>
  readonly place: string
}

export type PaymentNeeds = {
  readonly store: Store
  readonly vault: VaultClient
  readonly mint: Mint
  /** Keyed derivation under the server's own key: 32 bytes for these words. */
  readonly derive: (...words: readonly string[]) => Uint8Array
  /** A payee of the merchants' registry; undefined where the store is not the merchant's. */
  readonly payeeOf: (db: Db, merchant: Id<'mer'>, store?: Id<'str'>) => Promise<Payee | undefined>
  /** Up to which amount the terminal's signature alone may approve for this cardholder. */
  readonly signatureOnlyMax: (db: Db, cardholder: Id<'chl'>) => Promise<bigint>
  /** Does a terminal's write once (`terminals.once`). */
  readonly once: <G, T>(
    call: TerminalCall,
    gather: () => Promise<Answer<G>>,
    record: (tx: Tx, gathered: G) => Promise<Answer<T>>,
  ) => Promise<Answer<T>>
}

/** The request that something is done for: its id and the instant it came. */
export type At = { readonly requestId: Id<'req'>; readonly nowMs: number }

export const instantOf = (ms: number): string => new Date(ms).toISOString()
