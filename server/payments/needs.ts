/** What the room asks for, and the few names that all of its files share. */

import type { Answer, Refusal } from '@warifu/protocol/errors'
import type { Id, Mint } from '@warifu/protocol/ids'
import type { Db, Store } from '#store'
import type { TerminalCall, Work } from '#terminals'
import type { Tokens } from '#tokens'
import type { VaultClient } from '#vault-client'

export type Owner = { readonly cardholder: Id<'chl'>; readonly terminal: Id<'trm'> }

export type RefusedEntry = {
  readonly merchant: Id<'mer'>
  readonly device: Id<'edv'>
  readonly refusal: Refusal
  readonly nowMs: number
}

export type PaymentNeeds = {
  readonly store: Store
  readonly vault: VaultClient
  readonly mint: Mint
  /** Keyed derivation under the server's own key: 32 bytes for these words. */
  readonly derive: (...words: readonly string[]) => Uint8Array
  /** Up to which amount the terminal's signature alone may approve for this cardholder. */
  readonly signatureOnlyMax: (db: Db, cardholder: Id<'chl'>) => Promise<bigint>
  readonly tokens: Pick<Tokens, 'make' | 'askMandate'>
  /** Whose card it is, and the phone on which they are asked; undefined where there is none. */
  readonly ownerOf: (db: Db, card: Id<'crd'>) => Promise<Owner | undefined>
  /** What the vault refused of an entry device, so that its merchant hears of it. */
  readonly alarm: (refused: RefusedEntry) => Promise<void>
  /** Does a terminal's write once (`terminals.once`). */
  readonly once: <G, T>(call: TerminalCall, work: Work<G, T>, nowMs: number) => Promise<Answer<T>>
}

/** The request that something is done for: its id and the instant it came. */
export type At = { readonly requestId: Id<'req'>; readonly nowMs: number }

export const instantOf = (ms: number): string => new Date(ms).toISOString()
